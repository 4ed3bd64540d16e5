jar = get_objects(kind="jar")[0]
bin_ = get_objects(kind="bin")[0]
pick(jar.name)
x, y, z = bin_.position
place_at((x, y, z + bin_.height / 2 + jar.height / 2 + 0.01))
