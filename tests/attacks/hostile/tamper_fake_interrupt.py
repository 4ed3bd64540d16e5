# tries: a keyboard interrupt, as if the user had stopped it
# full: raised
# raw: raised
# policy: accepted
raise KeyboardInterrupt
