# tries: a way past the policy: temporary name
# full: refused
# raw: any
# policy: refused
_tmp0 = 5
print("REACHED")
