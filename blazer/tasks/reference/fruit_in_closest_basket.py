import math

fruit = next(item for item in get_objects() if item.name.startswith("fruit"))
baskets = get_objects(kind="basket")
nearest = min(baskets, key=lambda basket: math.dist(basket.position[:2], fruit.position[:2]))
pick(fruit.name)
place_in(nearest.name)
