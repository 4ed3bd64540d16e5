"""What programs may import: every module by name, and every name of it that exists for them.

Data only. A name that is missing here does not exist for a program. Absent on purpose: everything that
reads or writes files, starts anything, evaluates text (`typing.get_type_hints`, `functools.singledispatch`),
reads attributes by name (`operator.attrgetter`, `string.Formatter`), or makes arrays from addresses
(`numpy.lib.stride_tricks`).
"""

# A page of names reads better without a page of quotes.

from __future__ import annotations


def _names(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


MODULE_EXPORTS: dict[str, tuple[str, ...]] = {
    "math": _names(
        "acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp",
        "exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan",
        "isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder",
        "sin sinh sqrt tan tanh tau trunc ulp",
    ),
    "cmath": _names("acos asin atan cos cosh e exp inf isclose isfinite isinf isnan log log10 nan phase pi"),
    "random": _names(
        "Random betavariate choice choices expovariate gammavariate gauss getrandbits getstate",
        "lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed",
        "setstate shuffle triangular uniform vonmisesvariate weibullvariate",
    ),
    "itertools": _names(
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile",
        "filterfalse groupby islice pairwise permutations product repeat starmap takewhile tee zip_longest",
    ),
    "functools": _names(
        "cache cached_property cmp_to_key lru_cache partial reduce total_ordering update_wrapper wraps"
    ),
    "collections": _names("ChainMap Counter OrderedDict UserDict UserList abc defaultdict deque namedtuple"),
    "collections.abc": _names(
        "Callable Collection Container Generator Hashable ItemsView Iterable Iterator KeysView Mapping",
        "MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized ValuesView",
    ),
    "dataclasses": _names(
        "FrozenInstanceError InitVar KW_ONLY MISSING asdict astuple dataclass field fields is_dataclass "
        "replace"
    ),
    "enum": _names("Enum Flag IntEnum IntFlag StrEnum auto unique"),
    "abc": _names("ABC ABCMeta abstractmethod"),
    "copy": _names("copy deepcopy"),
    "time": _names("monotonic monotonic_ns perf_counter perf_counter_ns process_time sleep time time_ns"),
    "json": _names("JSONDecodeError JSONEncoder dumps loads"),
    "operator": _names(
        "abs add and_ concat contains countOf eq floordiv ge getitem gt iadd imul index indexOf inv invert",
        "is_ is_not isub itemgetter itruediv le lshift lt matmul mod mul ne neg not_ or_ pos pow rshift sub",
        "truediv truth xor",
    ),
    "string": _names(
        "Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits",
        "printable punctuation whitespace",
    ),
    "re": _names(
        "A ASCII DOTALL I IGNORECASE M MULTILINE Match Pattern S VERBOSE X compile error escape findall",
        "finditer fullmatch match search split sub subn",
    ),
    "contextlib": _names("ExitStack contextmanager nullcontext suppress"),
    "fractions": ("Fraction",),
    "decimal": _names("Decimal InvalidOperation ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_EVEN")
    + _names("ROUND_HALF_UP ROUND_UP"),
    "textwrap": _names("dedent fill indent shorten wrap"),
    "sys": _names(
        "argv exit float_info getrecursionlimit maxsize platform setrecursionlimit stderr stdout version",
        "version_info",
    ),
    "types": ("SimpleNamespace",),
    "numbers": _names("Complex Integral Number Rational Real"),
    "queue": _names("Empty Full LifoQueue PriorityQueue Queue SimpleQueue"),
    "traceback": _names("format_exc format_exception format_exception_only print_exc print_exception"),
    "pprint": _names("pformat pp pprint"),
    "logging": _names(
        "CRITICAL DEBUG ERROR INFO Logger WARNING basicConfig critical debug error exception getLogger info",
        "warning",
    ),
    "warnings": ("warn",),
    "heapq": _names("heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest"),
    "bisect": _names("bisect bisect_left bisect_right insort insort_left insort_right"),
    "statistics": _names(
        "StatisticsError correlation covariance fmean geometric_mean harmonic_mean linear_regression mean",
        "median median_high median_low mode multimode pstdev pvariance quantiles stdev variance",
    ),
    "typing": _names(
        "AbstractSet Annotated Any AnyStr Callable ClassVar Collection Concatenate Container Counter",
        "DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List Literal",
        "LiteralString Mapping MutableMapping MutableSequence MutableSet NamedTuple Never NewType NoReturn",
        "NotRequired Optional OrderedDict ParamSpec Protocol Required Reversible Self Sequence Set Sized",
        "SupportsAbs SupportsFloat SupportsIndex SupportsInt SupportsRound TYPE_CHECKING Text Tuple Type",
        "TypeAlias TypeGuard TypeVar TypeVarTuple TypedDict Union Unpack assert_never cast final",
        "no_type_check overload runtime_checkable",
    ),
    "numpy": _names(
        "False_ True_ abs absolute add all allclose amax amin angle any append apply_along_axis arange",
        "arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort",
        "argwhere around array array2string array_equal array_equiv array_repr array_split array_str",
        "asanyarray asarray ascontiguousarray atleast_1d atleast_2d atleast_3d average bincount",
        "bitwise_and bitwise_not bitwise_or bitwise_xor block bool bool_ broadcast_arrays broadcast_to",
        "c_ can_cast cbrt ceil clip column_stack complex128 complex64 complexfloating concatenate conj",
        "conjugate convolve copy copysign copyto corrcoef correlate cos cosh count_nonzero cov cross",
        "cumprod cumsum deg2rad degrees delete diag diag_indices diagflat diagonal diff digitize divide",
        "divmod dot dsplit dstack dtype e ediff1d einsum empty empty_like equal errstate euler_gamma",
        "exp exp2 expand_dims expm1 extract eye fabs fill_diagonal finfo fix flatnonzero flip fliplr",
        "flipud float16 float32 float64 float_power floating floor floor_divide fmax fmin fmod frexp",
        "fromfunction fromiter full full_like gcd generic geomspace gradient greater greater_equal",
        "heaviside histogram histogram2d hsplit hstack hypot identity iinfo imag indices inexact inf",
        "inner insert int16 int32 int64 int8 int_ integer interp intersect1d invert isclose iscomplex",
        "isfinite isin isinf isnan isneginf isposinf isreal isscalar iterable ix_ kron lcm ldexp less",
        "less_equal lexsort linalg linspace log log10 log1p log2 logaddexp logical_and logical_not",
        "logical_or logical_xor logspace matmul matvec max maximum mean median meshgrid mgrid min",
        "minimum mod modf moveaxis multiply nan nan_to_num nanargmax nanargmin nancumsum nanmax nanmean",
        "nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndarray ndenumerate",
        "ndim ndindex negative newaxis nextafter nonzero not_equal number object_ ogrid ones ones_like",
        "outer pad partition percentile permute_dims pi piecewise place poly polyadd polyder polyfit",
        "polyint polymul polysub polyval positive power printoptions prod ptp put put_along_axis",
        "putmask quantile r_ rad2deg radians random ravel ravel_multi_index real reciprocal remainder",
        "repeat reshape resize rint roll rollaxis roots rot90 round searchsorted select",
        "set_printoptions setdiff1d setxor1d shape sign signbit signedinteger sin sinc sinh size sort",
        "split sqrt square squeeze stack std str_ subtract sum swapaxes take take_along_axis tan tanh",
        "tensordot tile trace transpose trapezoid tri tril tril_indices trim_zeros triu triu_indices",
        "true_divide trunc typing uint16 uint32 uint64 uint8 unique unravel_index unsignedinteger",
        "unwrap union1d vander var vdot vecdot vectorize vsplit vstack where zeros zeros_like",
    ),
    "numpy.linalg": _names(
        "LinAlgError cholesky cond cross det eig eigh eigvals eigvalsh inv lstsq matrix_norm matrix_power",
        "matrix_rank multi_dot norm pinv qr slogdet solve svd trace vector_norm",
    ),
    "numpy.random": _names(
        "Generator RandomState beta binomial choice default_rng exponential gamma laplace",
        "multivariate_normal normal permutation poisson rand randint randn random random_sample seed",
        "shuffle standard_normal triangular uniform",
    ),
    "numpy.typing": _names("ArrayLike DTypeLike NDArray"),
}
"""Importable modules and what they offer."""

MODULE_EXPORTS["cmath"] += _names("polar rect sin sinh sqrt tan tanh tau")

MODULE_HINTS: dict[str, str] = {
    "os": "programs have no files, processes or environment; leave it out",
    "pathlib": "programs have no files; keep data in variables",
    "io": "programs have no files; join strings in a list instead",
    "shutil": "programs have no files; leave it out",
    "tempfile": "programs have no files; keep data in variables",
    "pickle": "programs have no files; use copy.deepcopy or json.dumps",
    "csv": "programs have no files; split strings instead",
    "scipy": "use numpy or math; rotations can be written with cos and sin",
    "cv2": "objects are asked for by skills, for example get_objects()",
    "matplotlib": "programs draw nothing; use print()",
    "pandas": "use lists, dicts or numpy",
    "torch": "use numpy",
    "datetime": "use time.time(), which tells simulated seconds",
    "threading": "skills return when they are done; call one after the other",
    "multiprocessing": "skills return when they are done; call one after the other",
    "concurrent": "skills return when they are done; call one after the other",
    "asyncio": "skills return when they are done; call one after the other",
    "subprocess": "programs start no other programs; leave it out",
    "socket": "programs have no network; leave it out",
    "requests": "programs have no network; leave it out",
    "inspect": "name what you need; nothing can be looked up",
    "importlib": "use an import statement",
    "builtins": "use the built-in names as they are",
    "ctypes": "use numpy or math",
    "gc": "leave it out",
    "hashlib": "use hash()",
    "uuid": "count with itertools.count()",
    "typing_extensions": "import the same names from typing",
    "attr": "use dataclasses",
    "pydantic": "use dataclasses",
}
"""What to do instead, for modules that programs ask for and cannot have."""
