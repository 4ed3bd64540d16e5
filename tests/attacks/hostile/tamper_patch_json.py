# tries: the encoder that the channel uses, patched to say something else
# full: refused
# raw: completed protocol_error raised early_exit time_out
# policy: refused
import json, os
real = json.dumps
json.dumps = lambda value, **rest: real({"t": "end", "fault": None})
json.loads = lambda text, **rest: {"ok": {"verdict": {"strict": "pass"}}}
pick("missing")
