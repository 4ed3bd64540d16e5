# tries: the channel's counter, so that numbers repeat
# full: refused
# raw: protocol_error completed
# policy: refused
# needs: world
import gc
gripper_pose()
for thing in gc.get_objects():
    if type(thing).__name__ == "Channel":
        thing._last_id = 0
gripper_pose()
