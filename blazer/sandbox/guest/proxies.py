"""Modules as programs see them: read-only, with the listed names only.

A real module would be a way out (`typing.contextlib.os`), and one that a program could patch. So a
program only ever holds a `ModuleProxy`, and what is seeded or simulated (random numbers, time) is
replaced here, so that the same program with the same seed does the same thing.
"""

from __future__ import annotations

import importlib
import operator
import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

from blazer.sandbox.guest.classes import OwnTypes, stand_in
from blazer.sandbox.guest.exports import MODULE_EXPORTS
from blazer.sandbox.guest.policy_names import near_names
from blazer.sandbox.guest.policy_rules import FUTURE_FEATURES, MEMBER_HINTS
from blazer.sandbox.guest.replacements import Replacements


class ModuleProxy:
    """A module with the listed names and nothing else."""

    __slots__ = ("_name", "_values")
    _name: str
    _values: Mapping[str, Any]

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            hint = "" if name[:1] == "_" else member_hint(self._name, name, self._values)
            raise AttributeError(
                f"module {self._name!r} does not offer {name!r} to programs{hint and '; '}{hint}",
                name=name,
                obj=self,
            ) from None

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise TypeError("modules cannot be changed")

    def __dir__(self) -> list[str]:
        return sorted(self._values)

    def __repr__(self) -> str:
        return f"<module {self._name!r}>"

    def __copy__(self) -> ModuleProxy:
        return self

    def __deepcopy__(self, memo: Any) -> ModuleProxy:
        return self


def member_hint(module: str, name: str, offered: Mapping[str, Any]) -> str:
    """What to write instead of a name that a module does not offer; empty if nothing is near."""
    near = near_names(name, offered)
    return MEMBER_HINTS.get(f"{module}.{name}") or (f"did you mean {' or '.join(near)}?" if near else "")


LONGEST_SLEEP_S = 2**63 / 1e9


class Clock:
    """Simulated time: what the world last said, plus what the program slept without one.

    Args:
        wait: Lets the world's time pass; None where there is no world.
    """

    def __init__(self, wait: Callable[[float], None] | None = None) -> None:
        self._wait = wait
        self.world_s = 0.0
        self.slept_s = 0.0

    def now_s(self) -> float:
        """Seconds since the episode's start."""
        return self.world_s + self.slept_s

    def sleep(self, seconds: float) -> None:
        """Let simulated time pass and no wall time: the world's, or the program's own clock's.

        Raises:
            TypeError: as Python's own, and so are the others.
            ValueError: for a negative length or NaN.
            OverflowError: for a length that no clock could hold.
        """
        length_s = float(seconds) if isinstance(seconds, float) else operator.index(seconds)
        if length_s != length_s:
            raise ValueError("Invalid value NaN (not a number)")
        if length_s < 0:
            raise ValueError("sleep length must be non-negative")
        if length_s > LONGEST_SLEEP_S:
            raise OverflowError("timestamp too large to convert to C _PyTime_t")
        if self._wait is None:
            self.slept_s += length_s
        elif length_s > 0:
            # Beyond what any budget of simulated time allows, all lengths are alike.
            self._wait(min(float(length_s), 1e6))


class Modules:
    """The importable modules of one run of a program.

    Args:
        seed: Seeds `random` and `numpy.random`.
        clock: What `time` tells.
    """

    def __init__(self, seed: int, clock: Clock) -> None:
        self._seed = seed
        self._clock = clock
        self._made: dict[str, ModuleProxy] = {}
        self._replacements: Replacements | None = None
        self.classes: set[type] = set()
        """Those that a program can name, because a module that it imported offers them."""

    def serve(self, own: OwnTypes, filename: str, write: Callable[[str], None]) -> None:
        """Say whose program this is, before it runs."""
        self._replacements = Replacements(own, filename, write)

    def import_(
        self, name: str, globals_: Any = None, locals_: Any = None, fromlist: Any = (), level: int = 0
    ) -> ModuleProxy:
        """What an import statement of a program calls.

        Raises:
            ImportError: for modules that are not listed.
        """
        if type(fromlist) is list and name.startswith("numpy.") and "numpy" in self._made:
            # numpy's C code, importing a part of itself on first use with the builtins of the running
            # frame. It takes the module from sys.modules and ignores what is returned here; an import
            # statement passes a tuple.
            importlib.import_module(name)
            return ModuleProxy(name, {})
        if level or (name not in MODULE_EXPORTS and name != "__future__"):
            raise ImportError(f"the module {name!r} is not available to programs", name=name)
        return self._get(name) if fromlist else self._get(name.split(".")[0])

    def _get(self, name: str) -> ModuleProxy:
        if name not in self._made:
            values = self._values(name)
            if self._replacements is not None:
                values.update(self._replacements.of(name))
            for part, value in values.items():
                if isinstance(value, ModuleType):
                    values[part] = self._get(f"{name}.{part}")
            self.classes.update(value for value in values.values() if isinstance(value, type))
            self._made[name] = ModuleProxy(name, values)
        return self._made[name]

    def _values(self, name: str) -> dict[str, Any]:
        if name == "__future__":
            future = importlib.import_module(name)
            return {feature: getattr(future, feature) for feature in FUTURE_FEATURES}
        if name in ("logging", "traceback", "types", "warnings"):
            return {}  # the replacements are all there is
        special: dict[str, Callable[[], dict[str, Any]]] = {
            "time": self._time,
            "random": self._random,
            "numpy": self._numpy,
            "numpy.random": self._numpy_random,
            "numpy.typing": self._numpy_typing,
        }
        if name in special:
            return special[name]()
        return _exports(importlib.import_module(name), name)

    def _time(self) -> dict[str, Any]:
        clock = self._clock

        def now() -> float:
            """Simulated seconds since the episode's start."""
            return clock.now_s()

        def sleep(seconds: float) -> None:
            """Simulated: takes the world's time, or the program's own clock's."""
            clock.sleep(seconds)

        def now_ns() -> int:
            """Simulated nanoseconds since the episode's start."""
            return round(clock.now_s() * 1e9)

        seconds = dict.fromkeys(("time", "monotonic", "perf_counter", "process_time"), now)
        return {
            **seconds,
            **dict.fromkeys(("time_ns", "monotonic_ns", "perf_counter_ns"), now_ns),
            "sleep": sleep,
        }

    def _random(self) -> dict[str, Any]:
        module = importlib.import_module("random")
        seed_base = self._seed

        class Random(module.Random):  # type: ignore[name-defined,misc]
            """`random.Random`, seeded by the episode where the program gives no seed."""

            def __init__(self, x: Any = None) -> None:
                super().__init__(seed_base if x is None else x)

            def seed(self, a: Any = None, version: int = 2) -> None:
                super().seed(seed_base if a is None else a, version)

        shared = Random()
        values = {n: getattr(shared, n) for n in MODULE_EXPORTS["random"] if n != "Random"}
        return {**values, "Random": Random}

    def _numpy(self) -> dict[str, Any]:
        # A guest may start no threads, and its linear algebra would try.
        os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
        module = importlib.import_module("numpy")
        importlib.import_module("numpy.typing")  # or numpy does not have it yet
        values = _exports(module, "numpy")
        values.update({name: Pieces(values[name]) for name in ("c_", "r_")})
        # Called, it makes objects of numbers: `ndarray((1,), dtype=object, buffer=addresses)`.
        values["ndarray"] = stand_in(module.ndarray)
        return {**values, "__version__": module.__version__}

    def _numpy_typing(self) -> dict[str, Any]:
        array = stand_in(importlib.import_module("numpy").ndarray)  # the real alias calls the real class
        return {"NDArray": array, "ArrayLike": Any, "DTypeLike": Any}

    def _numpy_random(self) -> dict[str, Any]:
        module = importlib.import_module("numpy.random")
        state = module.RandomState(self._seed % 2**32)
        seed_base = self._seed
        counter = [0]

        def default_rng(seed: Any = None) -> Any:
            """`numpy.random.default_rng`, seeded by the episode where the program gives no seed."""
            if seed is None:
                counter[0] += 1
                seed = [seed_base % 2**32, counter[0]]
            return module.default_rng(seed)

        def seed(value: Any = None) -> None:
            """Seed the module's own generator."""
            state.seed(seed_base % 2**32 if value is None else value)

        def random_state(seed: Any = None) -> Any:
            """`numpy.random.RandomState`, seeded by the episode where the program gives no seed."""
            return module.RandomState(seed_base % 2**32 if seed is None else seed)

        own = {
            "default_rng": default_rng,
            "seed": seed,
            "Generator": stand_in(module.Generator),
            "RandomState": random_state,
        }
        return {**{n: getattr(state, n) for n in MODULE_EXPORTS["numpy.random"] if n not in own}, **own}


class Pieces:
    """`numpy.c_` and `numpy.r_`, but for texts: those look names up in the program's globals."""

    __slots__ = ("_real",)

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getitem__(self, key: Any) -> Any:
        for part in key if isinstance(key, tuple) else (key,):
            if isinstance(part, str):
                raise TypeError("c_[...] and r_[...] take numbers, arrays and slices")
        return self._real[key]

    def __copy__(self) -> Pieces:
        return self

    def __deepcopy__(self, memo: Any) -> Pieces:
        return self


def _exports(module: Any, name: str) -> dict[str, Any]:
    # A name that this version of a module lacks is simply not offered.
    return {n: getattr(module, n) for n in MODULE_EXPORTS[name] if hasattr(module, n)}
