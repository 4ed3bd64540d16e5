# outcome: program_error
SkillError.code = "x"
print("ESCAPED")
