ball = get_objects(kind="ball")[0]
hoop = get_objects(kind="hoop")[0]
pick(ball.name)
x, y, z = hoop.position
rim = z + hoop.height / 2
place_at((x, y, rim + ball.height / 2 + 0.01), hoop.yaw)
