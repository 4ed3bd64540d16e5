class RobotError(Exception):
    """Base of all."""

    code = 1

    def __init__(self, message, *, where=None):
        super().__init__(message)
        self.where = where

    def __str__(self):
        base = super().__str__()
        return f"{base} at {self.where}" if self.where else base


class GripError(RobotError):
    code = 2


def risky(kind):
    if kind == "grip":
        raise GripError("slipped", where=(0.1, 0.2))
    if kind == "key":
        return {}["jar"]
    if kind == "type":
        return "a" + 1
    return kind


outcomes = []
for kind in ("grip", "key", "type", "fine"):
    try:
        result = risky(kind)
    except RobotError as error:
        outcomes.append((error.code, str(error)))
    except (KeyError, IndexError) as error:
        outcomes.append((type(error).__name__, error.args[0]))
    except Exception as error:
        outcomes.append(error.__class__.__name__)
    else:
        outcomes.append(result)
    finally:
        outcomes.append(".")
assert outcomes == [(2, "slipped at (0.1, 0.2)"), ".", ("KeyError", "jar"), ".", "TypeError", ".", "fine", "."]
try:
    try:
        risky("key")
    except KeyError as error:
        raise RobotError("lookup failed") from error
except RobotError as error:
    assert isinstance(error.__cause__, KeyError)
try:
    raise ValueError("a", 1)
except ValueError as error:
    error.add_note("while testing")
    assert error.args == ("a", 1) and error.__notes__ == ["while testing"]
assert issubclass(FileNotFoundError, OSError) and issubclass(ConnectionError, IOError)
