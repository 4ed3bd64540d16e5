# tries: skills called by a destructor at the program's end
# full: refused
# raw: completed
# policy: refused
# needs: world
class Late:
    def __del__(self):
        pick("thing0")
late = Late()
