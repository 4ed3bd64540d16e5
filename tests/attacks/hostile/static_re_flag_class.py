# tries: the metaclass of enumerations, through a flag of re
# full: raised
# raw: any
# policy: accepted
import re
Flag = type(re.IGNORECASE)
print("REACHED", type(Flag)("E", (), {}))
