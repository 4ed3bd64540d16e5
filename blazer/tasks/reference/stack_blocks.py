import math

target_color = "{{ target_color }}"
count = int("{{ count }}")

target = get_objects(kind="target")[0]
blocks = get_objects(kind="block", color=target_color)
blocks.sort(key=lambda block: math.dist(block.position, target.position))

below = target
stacked = 0
for block in blocks:
    if stacked == count:
        break
    try:
        pick(block.name)
    except SkillError:
        # Hemmed in by others, perhaps: there are more blocks of the colour than are asked for.
        continue
    place_on(below.name)
    below = block
    stacked += 1
