"""What runs beside the untrusted program: policy, guards, skill stubs, confinement, channel.

It is not allowed to know anything worth stealing: these files import the standard library,
RestrictedPython and each other, nothing else of Blazer. `main.py` is started as a script, in a
file system that holds little more than this directory.
"""
