import math

target_meat = "{{ target_meat }}"
meat = get_objects(kind=target_meat)[0]
grill = get_objects(kind="grill")[0]
table = grill.position[2] - grill.height / 2

# Places around the grill, a hand's width from its edge: at its sides, before it, behind its lid.
places = []
for along, across in [(0, 1), (0, -1), (-1, 0), (-1, 1), (-1, -1), (1, 1), (1, -1), (1, 0)]:
    dx = along * (grill.length / 2 + 0.09)
    dy = across * (grill.width / 2 + 0.09)
    x = grill.position[0] + dx * math.cos(grill.yaw) - dy * math.sin(grill.yaw)
    y = grill.position[1] + dx * math.sin(grill.yaw) + dy * math.cos(grill.yaw)
    places.append((x, y, table + meat.height / 2 + 0.005))

pick(meat.name)
for place in places:
    above = (place[0], place[1], place[2] + 0.1)
    if is_collision_free(place) and is_collision_free(above):
        place_at(place)
        break
