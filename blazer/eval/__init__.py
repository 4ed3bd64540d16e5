"""Measuring: success rates with intervals, and the benchmarks of tasks and of speed."""
