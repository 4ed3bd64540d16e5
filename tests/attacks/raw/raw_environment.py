# promise: empty_environment
import os
if os.environ:
    print("ESCAPED", dict(os.environ))
