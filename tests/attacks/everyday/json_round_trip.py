import json
from dataclasses import asdict, dataclass

import numpy as np


@dataclass
class Waypoint:
    x: float
    y: float
    label: str = ""


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, np.ndarray):
            return o.tolist()
        if isinstance(o, np.integer):
            return int(o)
        if isinstance(o, np.floating):
            return float(o)
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


data = {"points": [asdict(Waypoint(1, 2, "a"))], "array": np.arange(3), "n": np.int64(4), "tags": {"b", "a"}}
text = json.dumps(data, cls=Encoder, indent=2, sort_keys=True)
back = json.loads(text)
assert back["array"] == [0, 1, 2] and back["tags"] == ["a", "b"] and Waypoint(**back["points"][0]).label == "a"
assert json.loads(json.dumps(Waypoint(0, 1), default=lambda o: o.__dict__)) == {"x": 0, "y": 1, "label": ""}
try:
    json.loads("{bad}")
except json.JSONDecodeError as error:
    assert error.lineno == 1 and error.pos == 1
try:
    json.dumps(object())
except TypeError as error:
    assert "not JSON serializable" in str(error)
assert json.dumps([1.5, None, True, "é"], ensure_ascii=False, separators=(",", ":")) == '[1.5,null,true,"é"]'
