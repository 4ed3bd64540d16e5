target_color = "{{ target_color }}"
jar = get_objects(kind="jar", color=target_color)[0]
lid = get_objects(kind="lid")[0]
pick(lid.name)
place_on(jar.name)
