# tries: a foreign class given methods by dataclass
# full: raised
# raw: any
# policy: accepted
from dataclasses import dataclass
dataclass(SkillError)
print("REACHED")
