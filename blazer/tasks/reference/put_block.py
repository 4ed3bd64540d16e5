block = get_objects(kind="block")[0]
target = get_objects(kind="target")[0]
pick(block.name)
place_on(target.name)
