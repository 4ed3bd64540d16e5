import numpy as np
obj = get_object("thing0")
target = np.array(obj.position) + np.array([0.0, 0.0, 0.1])
if is_reachable(position=target, yaw=np.float64(0.5)) and is_collision_free(target):
    move_gripper(target, yaw=obj.yaw)
    move_gripper(list(target), allow_contact_with=["thing0"])
    move_gripper(position=tuple(target))
    close_gripper(require_grasp=False)
    open_gripper()
pick(obj)
place_on(name="thing0")
