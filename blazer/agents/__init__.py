"""Agents: chat models by role, the state machine of an episode, and collecting runs of them."""
