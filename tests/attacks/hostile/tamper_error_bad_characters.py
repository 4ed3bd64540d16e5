# tries: an exception whose text cannot be encoded
# full: raised
# raw: raised
# policy: accepted
raise ValueError("\ud800\udfff\x00\x1b[2J\u202e")
