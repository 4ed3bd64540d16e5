def try_pick(names):
    for name in names:
        try:
            return pick(name)
        except (GraspMissed, Unreachable) as e:
            print("failed:", e)
        except PathBlocked:
            continue
    return None
assert try_pick(["missing", "far", "blocked", "thing0"]) == "thing0"
try:
    pick()
except SkillMisuse as error:
    print(error)
try:
    pick("hit")
except SkillError as error:
    assert isinstance(error, UnexpectedContact)
