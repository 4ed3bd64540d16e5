log = []
def risky(n):
    try:
        if n == 0:
            raise ValueError("zero")
        return 1 / (n - 1)
    except ValueError as e:
        log.append(str(e))
        return None
    except (ZeroDivisionError, KeyError) as e:
        log.append(type(e).__name__)
    else:
        log.append("never")
    finally:
        log.append("done")
risky(0)
risky(1)
risky(3)
assert log == ["zero", "done", "ZeroDivisionError", "done", "done"]
