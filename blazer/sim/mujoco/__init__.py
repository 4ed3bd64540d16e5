"""The MuJoCo backend. Nothing outside this package sees a MuJoCo type."""
