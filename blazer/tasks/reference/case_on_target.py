case = get_objects(kind="case")[0]
target = get_objects(kind="target")[0]
pick(case.name)
place_on(target.name, target.yaw)
