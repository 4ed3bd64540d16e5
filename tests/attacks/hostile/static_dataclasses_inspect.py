# outcome: program_error
import dataclasses
print("ESCAPED", dataclasses.inspect)
