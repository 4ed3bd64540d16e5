# tries: calls that the world refuses, without end
# full: call_budget
# raw: call_budget
# policy: accepted
# needs: world
while True:
    try:
        get_objects(kind=1)
    except SkillError:
        pass
