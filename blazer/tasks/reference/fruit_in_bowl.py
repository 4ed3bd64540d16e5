place = "{{ place }}"
bowl = get_objects(kind="bowl")[0]
fruits = [item for item in get_objects() if item.name.startswith("fruit")]
fruits.sort(key=lambda fruit: -fruit.position[1])
fruit = fruits[["leftmost", "middle", "rightmost"].index(place)]
pick(fruit.name)
place_in(bowl.name)
