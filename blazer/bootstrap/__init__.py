"""The loop: collect, build, train, evaluate, and again with the student as coder."""
