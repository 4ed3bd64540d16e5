# tries: an error by the name of our own failures, to be tried again for ever
# full: raised
# raw: raised
# policy: accepted
class WorldCrashed(Exception):
    code = "infra_error"
class GuestLost(WorldCrashed):
    pass
raise GuestLost("the sandbox failed; nothing is known of the program")
