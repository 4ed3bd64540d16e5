rubbish = get_objects(kind="rubbish")[0]
bin_ = get_objects(kind="bin")[0]
pick(rubbish.name)
x, y, z = bin_.position
rim = z + bin_.height / 2
place_at((x, y, rim + rubbish.height / 2 + 0.02))
