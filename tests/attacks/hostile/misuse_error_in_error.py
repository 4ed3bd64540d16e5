# tries: a misused skill while another misuse is handled
# full: raised
# raw: raised
# policy: accepted
# needs: world
try:
    pick(1)
except SkillMisuse:
    move_gripper("there")
