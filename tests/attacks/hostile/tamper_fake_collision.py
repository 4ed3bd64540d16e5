# tries: a class of its own by the name of a skill's error
# full: raised
# raw: raised
# policy: accepted
class PathBlocked(SkillError):
    code = "PathBlocked"
    skill = "pick"
raise PathBlocked("blocked by something that is not there")
