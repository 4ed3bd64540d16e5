# outcome: program_error
# raw: yes
raise Unreachable("not really")
