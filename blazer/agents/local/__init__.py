"""Models that serve in this process, `hf:DIR` and `hf:org/name`: in batches, on a thread of their own."""
