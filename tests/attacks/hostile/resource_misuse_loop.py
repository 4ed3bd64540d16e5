# tries: calls that never leave the guest, without end
# full: time_out
# raw: time_out
# policy: accepted
# needs: world
while True:
    try:
        pick()
    except SkillMisuse:
        pass
