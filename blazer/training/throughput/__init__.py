"""How fast training goes: named shapes, what a token costs, what a device could do, and the run."""
