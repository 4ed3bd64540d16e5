# tries: a skill's error that no skill raised
# full: raised
# raw: raised
# policy: accepted
raise Unreachable("not really")
