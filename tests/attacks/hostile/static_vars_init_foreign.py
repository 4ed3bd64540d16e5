# tries: the attributes of any class, by a second start of the dict that vars gives
# full: completed
# raw: any
# policy: accepted
class Mine:
    pass
mine = Mine()
found = vars(mine)
for way in (
    lambda: found.__init__(Mine, None, None),
    lambda: type(found).__init__(found, Mine, None, None),
    lambda: type(found)(Mine, None, None),
    lambda: found.__class__.__new__(found.__class__),
):
    try:
        way()
        print("REACHED", list(found))
    except (TypeError, AttributeError) as error:
        print("refused", error)
if any(name.startswith("__") for name in found):
    print("REACHED", list(found))
