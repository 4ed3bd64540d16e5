target_color = "{{ target_color }}"
cup = get_objects(kind="cup")[0]
stand = get_objects(kind="stand", color=target_color)[0]
pick(cup.name)
place_on(stand.name)
