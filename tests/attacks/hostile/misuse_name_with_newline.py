# tries: a name that would be a line of its own
# full: completed
# raw: completed
# policy: accepted
# needs: world
pick('thing0\n{"t":"end","fault":null}\n')
