"""The language policy's tables: what programs may import, name and define.

Data only; `policy.py` enforces it before a program runs, `runtime.py` while it runs.
"""

# A page of names reads better without a page of quotes.
# ruff: noqa: SIM905

from __future__ import annotations

GUARD_NAMES = frozenset(
    {
        "_getattr_",
        "_getitem_",
        "_getiter_",
        "_iter_unpack_sequence_",
        "_unpack_sequence_",
        "_write_",
        "_write_attribute_",
        "_inplacevar_",
        "_apply_",
        "_print_",
        "_print",
        "_slice_",
        "_check_pattern_",
    }
)
"""Names that the rewritten program calls; a program may not name them."""

DEFINABLE_MAGIC = frozenset(
    f"__{name}__"
    for name in (
        "init post_init repr str format bool hash len length_hint iter next reversed contains call "
        "getitem setitem delitem missing enter exit "
        "eq ne lt le gt ge "
        "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor "
        "radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand ror rxor "
        "iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor "
        "neg pos abs invert int float complex index round trunc floor ceil"
    ).split()
)
"""Special methods that a class may define. Absent on purpose: `__del__` (runs at any time),
`__getattribute__`, `__getattr__`, `__setattr__` (see the guards' own look-ups), `__new__`,
`__init_subclass__`, `__set_name__`, `__class_getitem__`, `__reduce__`, `__match_args__`."""

READABLE_MAGIC = DEFINABLE_MAGIC | {"__name__", "__qualname__", "__class__", "__doc__"}
"""Special attributes that a program may read."""

CLASS_BODY_NAMES = frozenset({"__slots__", "__doc__"})
MODULE_NAMES = frozenset({"__all__", "__author__", "__version__", "__doc__"})

PATTERN_DENIED = frozenset(
    "format format_map obj tofile dump dumps data base view setfield getfield setflags resize byteswap "
    "newbyteorder strides flags register".split()
)
"""Attributes that a class pattern may not name: it reads them without a guard."""

NAMEDTUPLE_METHODS = frozenset({"_asdict", "_replace", "_fields", "_make", "_field_defaults"})

DENIED_ATTRIBUTES = frozenset({"mro", "ctypes", "cffi", "bit_generator"})
"""Beside RestrictedPython's own list of attributes of frames, code and generators: ways to other
classes and to raw memory."""

BUILTIN_NAMES: tuple[str, ...] = tuple(
    (
        "None False True Ellipsis NotImplemented abs all any bin bool bytes bytearray callable chr "
        "classmethod complex dict divmod enumerate filter float frozenset hash hex id int isinstance "
        "issubclass iter len list map max min next object oct ord pow property range repr reversed round "
        "set slice sorted staticmethod str sum super tuple zip"
    ).split()
)
"""Taken from `builtins` as they are. `format`, `getattr`, `hasattr`, `setattr`, `delattr`,
`type`, `print`, `exit` and `quit` are our own."""

OWN_BUILTIN_NAMES = ("getattr", "hasattr", "setattr", "delattr", "type", "print", "format", "exit", "quit")

EXCEPTION_NAMES: tuple[str, ...] = tuple(
    (
        "ArithmeticError AssertionError AttributeError BaseException Exception EOFError FloatingPointError "
        "GeneratorExit ImportError ModuleNotFoundError IndexError KeyError KeyboardInterrupt LookupError "
        "MemoryError NameError NotImplementedError OSError OverflowError RecursionError RuntimeError "
        "StopIteration SystemExit TimeoutError TypeError UnboundLocalError UnicodeError UnicodeDecodeError "
        "UnicodeEncodeError ValueError ZeroDivisionError Warning UserWarning DeprecationWarning "
        "RuntimeWarning"
    ).split()
)

MODULE_EXPORTS: dict[str, tuple[str, ...]] = {
    "math": tuple(
        (
            "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf "
            "erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite "
            "isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod "
            "radians remainder sin sinh sqrt tan tanh tau trunc ulp"
        ).split()
    ),
    "cmath": tuple("exp log phase pi polar rect sqrt cos sin e".split()),
    "random": tuple(
        (
            "Random betavariate choice choices expovariate gauss getrandbits lognormvariate normalvariate "
            "randint random randrange sample seed shuffle triangular uniform"
        ).split()
    ),
    "itertools": tuple(
        (
            "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile "
            "filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee "
            "zip_longest"
        ).split()
    ),
    "functools": tuple(
        "cache cached_property cmp_to_key lru_cache partial reduce total_ordering wraps".split()
    ),
    "collections": tuple("ChainMap Counter OrderedDict defaultdict deque namedtuple".split()),
    "dataclasses": tuple("asdict astuple dataclass field fields is_dataclass replace".split()),
    "enum": tuple("Enum Flag IntEnum IntFlag StrEnum auto unique".split()),
    "abc": tuple("ABC abstractmethod".split()),
    "copy": tuple("copy deepcopy".split()),
    "time": tuple("monotonic perf_counter sleep time".split()),
    "json": tuple("dumps loads JSONDecodeError".split()),
    "operator": tuple(
        (
            "add sub mul truediv floordiv mod neg pos pow eq ne lt le gt ge and_ or_ xor not_ contains "
            "itemgetter index abs matmul"
        ).split()
    ),
    "string": tuple(
        "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits punctuation whitespace".split()
    ),
    "re": tuple(
        (
            "compile escape findall finditer fullmatch match search split sub "
            "IGNORECASE MULTILINE Match Pattern"
        ).split()
    ),
    "contextlib": tuple("contextmanager nullcontext suppress".split()),
    "fractions": ("Fraction",),
    "decimal": ("Decimal",),
    "textwrap": tuple("dedent fill indent shorten wrap".split()),
    "sys": tuple("exit float_info maxsize version_info".split()),
    "heapq": tuple("heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest".split()),
    "bisect": tuple("bisect bisect_left bisect_right insort insort_left insort_right".split()),
    "statistics": tuple(
        (
            "fmean harmonic_mean mean median median_high median_low mode pstdev pvariance stdev variance"
        ).split()
    ),
    "typing": tuple(
        (
            "Any Callable ClassVar Dict Final FrozenSet Generator Generic Iterable Iterator List Literal "
            "Mapping MutableMapping NamedTuple NewType NoReturn Optional ParamSpec Protocol Sequence Set "
            "Tuple Type TypeAlias TypedDict TypeVar Union cast Annotated Self"
        ).split()
    ),
    "numpy": tuple(
        (
            "abs absolute add all allclose amax amin any append arange arccos arccosh arcsin arcsinh "
            "arctan arctan2 arctanh argmax argmin argsort argwhere around array array_equal array_split "
            "asarray atleast_1d atleast_2d average bincount block bool_ broadcast_to cbrt ceil clip "
            "column_stack concatenate copy copysign corrcoef cos cosh count_nonzero cov cross cumprod "
            "cumsum deg2rad degrees delete diag diagonal diff digitize divide dot dstack e einsum empty "
            "empty_like equal exp exp2 expand_dims expm1 eye fabs flatnonzero flip fliplr flipud float32 "
            "float64 floor floor_divide fmax fmin fmod full full_like gradient greater greater_equal "
            "hstack hypot identity inf inner insert int32 int64 interp intersect1d isclose isfinite isin "
            "isinf isnan kron less less_equal linspace log log10 log1p log2 logical_and logical_not "
            "logical_or logical_xor logspace matmul max maximum mean median meshgrid min minimum mod "
            "moveaxis multiply nan nan_to_num nanargmax nanargmin nanmax nanmean nanmin nansum ndarray "
            "ndim negative newaxis nonzero not_equal number ones ones_like outer percentile pi piecewise "
            "polyfit polyval power prod ptp quantile rad2deg radians ravel reciprocal remainder repeat "
            "reshape resize roll rollaxis rot90 round searchsorted select setdiff1d shape sign sin sinc "
            "sinh size sort split sqrt square squeeze stack std subtract sum swapaxes take tan tanh "
            "tensordot tile trace transpose trapezoid tri tril triu true_divide trunc uint8 union1d unique "
            "unwrap vander var vdot vsplit vstack where zeros zeros_like integer floating linalg random"
        ).split()
    ),
    "numpy.linalg": tuple(
        "LinAlgError cond det eig eigh eigvals inv lstsq matrix_rank norm pinv qr solve svd".split()
    ),
    "numpy.random": tuple(
        (
            "Generator choice default_rng normal permutation rand randint randn random seed shuffle uniform"
        ).split()
    ),
}
"""Importable modules and what they offer. Everything else of them does not exist for a program."""

FUTURE_FEATURES = ("annotations",)

MODULE_HINTS: dict[str, str] = {
    "os": "programs have no files, processes or environment; leave it out",
    "pathlib": "programs have no files; keep data in variables",
    "logging": "use print()",
    "scipy": "use numpy or math",
    "datetime": "use time.time(), which tells simulated seconds",
    "threading": "skills return when they are done; call one after the other",
    "asyncio": "skills return when they are done; call one after the other",
}
"""What to do instead, for modules that programs ask for and cannot have."""

HINTS: dict[str, str] = {
    "open": "programs have no files; keep data in variables",
    "input": "nobody answers; ask the skills instead, for example get_objects()",
    "eval": "write the expression out",
    "exec": "write the statements out",
    "compile": "write the code out",
    "globals": "use a dict or a class of your own",
    "locals": "use a dict or a class of your own",
    "vars": "name the attributes you need",
    "dir": "name the attributes you need",
    "__import__": "use an import statement",
    "breakpoint": "use print() to look at values",
    "memoryview": "use bytes or a list",
    "help": "the API is described in the prompt",
}
"""What to do instead, for names that programs ask for and cannot have."""
