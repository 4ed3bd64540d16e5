# tries: a list whose iteration never ends
# full: raised
# raw: raised time_out out_of_memory
# policy: accepted
# needs: world
class Endless(list):
    def __iter__(self):
        while True:
            yield 0.1
move_gripper(Endless([0.1, 0.2, 0.9]))
