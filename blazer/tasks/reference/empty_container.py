import math

target_color = "{{ target_color }}"
tray = get_objects(kind="tray", color=target_color)[0]
items = get_objects(kind="item")

# Three places side by side along the tray, each item across it.
places = [-0.055, 0.0, 0.055]
across = tray.yaw + math.pi / 2
for item, along in zip(items, places, strict=True):
    pick(item.name)
    x, y, z = tray.position
    x = x + along * math.cos(tray.yaw)
    y = y + along * math.sin(tray.yaw)
    rim = z + tray.height / 2
    place_at((x, y, rim + item.height / 2 + 0.005), across)
