# tries: what else a library keeps under private names of a program's own classes, one after the other
# full: completed
# raw: any
# policy: accepted
from abc import ABC
from enum import Flag
class F(Flag):
    A = 1
class B(ABC):
    pass
class S(B):
    def reach(self, name):
        return getattr(super(), name)
names = ["_convert_", "_create_", "_find_new_", "_member_map_", "_value2member_map_", "_new_member_", "_find_data_type_",
         "_check_for_existing_members_", "_iter_member_", "_abc_impl", "_abc_registry_clear", "_abc_caches_clear", "_dump_registry"]
for name in names:
    for owner in (F, F.A, B, S, S()):
        if getattr(owner, name, None) is not None:
            print("REACHED", owner, name)
    try:
        print("REACHED", S().reach(name))
    except AttributeError:
        pass
