"""Simulation: the neutral scene, the simulator protocol, its backends, and the battery they must pass."""
