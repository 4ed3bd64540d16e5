import copy
import numpy as np
from collections import OrderedDict, defaultdict, deque, Counter, UserDict, namedtuple, ChainMap
from dataclasses import dataclass, field, replace, asdict, astuple
from enum import Enum
from functools import partial
from fractions import Fraction
from decimal import Decimal
from types import SimpleNamespace
from typing import Generic, TypeVar, NamedTuple
import random, math
T = TypeVar("T")
class Side(Enum):
    LEFT = 1
@dataclass(frozen=True)
class P:
    x: float
    tags: list = field(default_factory=list)
@dataclass(slots=True)
class Q:
    p: P
    a: object = None
q = Q(P(1.0, [1, 2]), np.arange(3))
r = copy.deepcopy(q)
r.p.tags.append(3); r.a[0] = 9
assert q.p.tags == [1, 2] and q.a[0] == 0 and type(r) is Q and r.p.x == 1.0
s = copy.copy(q); assert s.p is q.p
assert replace(q.p, x=2.0).x == 2.0 and asdict(P(1.0, [Side.LEFT])) == {"x": 1.0, "tags": [Side.LEFT]}
assert asdict(Q(P(1), {"k": (P(2),)}))["a"]["k"][0] == {"x": 2, "tags": []} and astuple(P(3)) == (3, [])
class Stack(list, Generic[T]):
    def __init__(self, *a):
        super().__init__(a); self.name = "s"
t = copy.deepcopy(Stack(1, [2])); assert t == [1, [2]] and t.name == "s" and type(t) is Stack
class G(Generic[T]):
    def __init__(self): self.v = [1]
g = copy.deepcopy(G[int]()); assert g.v == [1]
class D(dict): pass
d = D(a=[1]); d.z = 3; e = copy.deepcopy(d); assert e == {"a": [1]} and e["a"] is not d["a"] and e.z == 3
o = OrderedDict(a=1, b=2); o.move_to_end("a"); assert list(copy.copy(o)) == ["b", "a"] == list(copy.deepcopy(o))
dd = defaultdict(list); dd["x"].append(1); f = copy.deepcopy(dd); f["y"].append(2); assert f == {"x": [1], "y": [2]} and dd == {"x": [1]}
assert copy.copy(deque([1, 2], maxlen=3)).maxlen == 3 and copy.deepcopy(Counter("aab"))["a"] == 2
class U(UserDict): pass
u = U(a=[1]); w = copy.copy(u); w["b"] = 1; assert "b" not in u and w["a"] is u["a"]
assert copy.deepcopy(UserDict(a=[1])) == {"a": [1]}
assert copy.deepcopy(U(a=[1])) == {"a": [1]}
N = namedtuple("N", "a b"); n = N([1], 2); m = copy.deepcopy(n); assert m == n and m.a is not n.a and type(m) is N
class NT(NamedTuple):
    a: list
assert copy.deepcopy(NT([1])).a == [1]
ns = SimpleNamespace(a=[1]); nt = copy.deepcopy(ns); nt.a.append(2); assert ns.a == [1]
class Node:
    def __init__(self): self.me = self; self.kids = []; self.f = self.go
    def go(self): return self
k = Node(); k.kids.append(k); j = copy.deepcopy(k); assert j.me is j and j.kids[0] is j and j.f() is j and j is not k
class E(Exception):
    def __init__(self, code): super().__init__(code); self.code = code
x = copy.deepcopy(E(4)); assert x.code == 4 and x.args == (4,)
class F(float): pass
assert copy.deepcopy(F(1.5)) == 1.5
class H:
    def __init__(self): self.a = [1]
    def __deepcopy__(self, memo):
        new = type(self).__new__(type(self)); memo[id(self)] = new
        for name, v in self.__dict__.items(): setattr(new, name, copy.deepcopy(v, memo))
        return new
hh = H(); i = copy.deepcopy([hh, hh]); assert i[0] is i[1] and i[0].a is not hh.a
class S:
    _one = None
    def __new__(cls):
        if cls._one is None: cls._one = super().__new__(cls)
        return cls._one
assert copy.copy(S()) is S()
assert copy.deepcopy([math, math.sin, random.random, None, Fraction(1, 2), Decimal("1.5"), np.float64(2), {1: {2}}, frozenset([1]), print, P, Side.LEFT, lambda: 1, np.dtype(float), Ellipsis, range(3), b"x"])
ob = np.empty(2, dtype=object); ob[0] = [1]; ob[1] = None
oc = copy.deepcopy(ob); oc[0].append(2); assert ob[0] == [1] and oc[0] == [1, 2]
assert copy.deepcopy(vars(ns)) == {"a": [1]} and copy.copy(k.__dict__)["me"] is k
assert copy.deepcopy(partial(max, [1]))([2]) == [2]
for bad in (random.Random(1), np.random.default_rng(1), iter([1]), (i for i in [1])):
    try:
        copy.deepcopy(bad)
    except TypeError as error:
        print(error)
    else:
        print("NOT REFUSED", bad)
l = []; l.append(l); c = copy.deepcopy(l); assert c[0] is c
print("ok")
