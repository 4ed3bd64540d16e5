"""Where things are: the table, the workspace and the robot's base, as in RLBench's scene.

Published figures: BLAZER's prompt gives the table top and the workspace; the robot stands at the
workspace's near edge, facing +x.
"""

from __future__ import annotations

TABLE_TOP_Z_M = 0.752
WORKSPACE_X_M = (-0.075, 0.575)
WORKSPACE_Y_M = (-0.455, 0.455)
WORKSPACE_CENTER_M = (0.25, 0.0, TABLE_TOP_Z_M)
ROBOT_BASE_M = (-0.30, 0.0, TABLE_TOP_Z_M)
REACH_RADIUS_M = (0.30, 0.72)
"""Horizontal distances from the base axis within which a downward gripper reaches from the table
top up to 0.35 m above it; placements stay inside."""
