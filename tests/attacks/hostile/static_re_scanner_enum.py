# tries: builtins through re
# full: raised
# raw: any
# policy: accepted
import re
print("REACHED", getattr(getattr(re, "enum"), "bltns"))
