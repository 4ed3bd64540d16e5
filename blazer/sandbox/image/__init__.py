"""What the sandbox image is made of: the Dockerfile and the seccomp profile of its containers."""
