# outcome: program_error
# raw: yes
class E(Exception):
    def __str__(self):
        raise E("again")
raise E
