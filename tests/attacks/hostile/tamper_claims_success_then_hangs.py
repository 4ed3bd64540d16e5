# tries: success claimed, and then no end
# full: time_out
# raw: time_out
# policy: accepted
print("success")
while True:
    pass
