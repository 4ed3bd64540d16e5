"""Comparing models on held-out seeds: running them, statistics, the report."""
