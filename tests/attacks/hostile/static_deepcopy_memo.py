# tries: the guards' own objects, collected from the memo of deepcopy
# full: completed
# raw: any
# policy: accepted
import copy
memo = {}
try:
    copy.deepcopy([getattr, setattr, print, type], memo)
except Exception:
    pass
for found in memo.values():
    if "Guards" in type(found).__name__ or (isinstance(found, dict) and "_modules" in found):
        print("REACHED", found)
raise SystemExit
