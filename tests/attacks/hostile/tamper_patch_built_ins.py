# tries: the built-ins that the guest's own code uses, patched
# full: refused
# raw: raised completed protocol_error early_exit crashed
# policy: refused
import builtins
builtins.isinstance = lambda *rest: True
builtins.len = lambda x: 0
builtins.str = lambda x: "success"
builtins.float = lambda x: 0.0
pick("missing")
