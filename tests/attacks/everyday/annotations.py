from typing import Dict, List, Optional, Tuple, Union
x: float = 1.0
names: List[str] = []
y: int
def f(a: int, b: Optional[Tuple[float, ...]] = None, *args: float, key: str = "k", **rest: Dict[str, int]) -> Union[int, None]:
    z: float = 2.0
    return a + len(args) + len(rest)
assert f(1, None, 2.0, 3.0, q={}) == 4
