"""One driver for each sandbox; run by its own interpreter, never imported by the rest of Blazer.

A driver may import the standard library, `kit`, `blazer.eval.peers.programs` and its own sandbox.
"""
