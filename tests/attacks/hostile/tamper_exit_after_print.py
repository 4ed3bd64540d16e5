# tries: an exit with words that sound like a verdict
# full: completed
# raw: completed
# policy: accepted
print("passed")
raise SystemExit("success")
