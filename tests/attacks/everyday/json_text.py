import json
text = json.dumps({"a": [1, 2.5, None, True]}, indent=2, sort_keys=True)
assert json.loads(text)["a"][1] == 2.5
try:
    json.loads("{")
    raise AssertionError
except json.JSONDecodeError:
    pass
