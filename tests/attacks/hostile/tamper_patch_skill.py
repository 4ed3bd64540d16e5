# tries: a skill's own cells, so that its name is another one on the wire
# full: refused
# raw: completed raised protocol_error
# policy: refused
# needs: world
for cell in pick.__closure__:
    if cell.cell_contents == "pick":
        cell.cell_contents = "finish"
pick("thing0")
