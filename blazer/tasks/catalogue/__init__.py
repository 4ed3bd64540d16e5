"""The parametric catalogue: an object's type, colour and parameters become a body of primitive parts.

Bodies are put together by hand-written geometry of our own; nothing is loaded from files. Conventions
that every entry keeps, and that programs rely on: the origin is the centre of the bounding box; x runs
along the length; a graspable body can be grasped at its origin, from above, with the gripper at the
body's own yaw, the fingers closing along its y axis (its width).
"""

from __future__ import annotations

from blazer.tasks.catalogue.build import TYPES, build_body, default_kind, validated_params

__all__ = ["TYPES", "build_body", "default_kind", "validated_params"]
