target_color = "{{ target_color }}"
spoke = get_objects(kind="spoke", color=target_color)[0]
ring = get_objects(kind="ring")[0]
pick(ring.name)
place_on(spoke.name, spoke.yaw)
