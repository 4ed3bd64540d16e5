# tries: an error class of the skills, changed
# full: raised
# raw: any
# policy: accepted
SkillError.code = "x"
print("REACHED")
