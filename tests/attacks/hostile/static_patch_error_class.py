# tries: a way past the policy: patch error class
# full: raised
# raw: any
# policy: accepted
SkillError.code = "x"
print("REACHED")
