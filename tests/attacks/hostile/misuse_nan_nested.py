# tries: NaN deep inside lists
# full: raised
# raw: raised
# policy: accepted
# needs: world
move_gripper([[0.1, [0.2, float("nan")]], 0.9])
