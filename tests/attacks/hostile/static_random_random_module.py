# tries: the module of the random class
# full: raised
# raw: any
# policy: accepted
import random
print("REACHED", getattr(random.Random(1), "_os"))
