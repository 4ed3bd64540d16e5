# outcome: program_error
import typing
print("ESCAPED", typing.contextlib.os)
