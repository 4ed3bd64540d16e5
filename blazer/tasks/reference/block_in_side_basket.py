side = "{{ side }}"
block = get_objects(kind="block")[0]
baskets = sorted(get_objects(kind="basket"), key=lambda basket: basket.position[1])
basket = baskets[-1] if side == "left" else baskets[0]
pick(block.name)
place_in(basket.name)
