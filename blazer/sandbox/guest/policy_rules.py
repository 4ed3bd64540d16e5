"""The language policy's tables: what programs may name, define and look at.

Data only; `rewriter.py` enforces it before a program runs, `runtime.py` while it runs. What they may
import is in `exports.py`.
"""

# A page of names reads better without a page of quotes.
# ruff: noqa: SIM905

from __future__ import annotations


def _special(names: str) -> frozenset[str]:
    return frozenset(f"__{name}__" for name in names.split())


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
        "_pattern_value_",
        "_metaclass_",
    }
)
"""Names that the rewritten program calls, or that RestrictedPython's would; a program may not name them."""

METACLASS_KEYWORD = "_metaclass_"
"""What the class keyword `metaclass` is called on its way to the guard that makes classes."""

DEFINABLE_MAGIC = _special(
    "new init post_init repr str format bool hash len length_hint iter next reversed contains call bytes "
    "getitem setitem delitem missing enter exit copy deepcopy init_subclass class_getitem set_name "
    "get set delete getattr setattr delattr "
    "eq ne lt le gt ge "
    "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor "
    "radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand ror rxor "
    "iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor "
    "neg pos abs invert int float complex index round trunc floor ceil"
)
"""Special methods that a class may define. Absent on purpose: `__del__` (runs at any time),
`__getattribute__`, `__class__`, `__reduce__`, `__getstate__` and what else tells `copy` which attributes
to set, `__subclasshook__` and `__instancecheck__` (see `check_pattern`), numpy's `__array_*__` (one of
them is an address)."""

_HOOKS = _special("get set delete getattr deepcopy set_name")

READABLE_MAGIC = (DEFINABLE_MAGIC - _HOOKS) | _special(
    "name qualname class doc module dict annotations members wrapped cause context notes version"
)
"""Special attributes that a program may read; see `runtime.py` for what some of them give."""

CHANGING_MAGIC = _special(
    "new init post_init setitem delitem setattr delattr init_subclass class_getitem missing "
    "iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor"
)
"""Those whose call changes or makes an object: only for what a program may change or derive from."""

CLASS_BODY_NAMES = _special("slots match_args")
MODULE_NAMES = _special("all author version doc")
NAMESPACE_NAMES = (
    CLASS_BODY_NAMES
    | MODULE_NAMES
    | DEFINABLE_MAGIC
    | _special("module qualname annotations orig_bases classcell firstlineno static_attributes classdictcell")
    | _special("annotate annotate_func annotations_cache conditional_annotations type_params")
)
"""All that the body of a class can have left in its namespace, with what the compiler puts there."""

DENIED_ATTRIBUTES = frozenset({"mro", "ctypes", "cffi", "bit_generator", "f_generator", "ag_frame"})
"""Beside RestrictedPython's own list of attributes of frames, code and generators: ways to other
classes and to raw memory."""

NAMEDTUPLE_METHODS = frozenset({"_asdict", "_replace", "_fields", "_make", "_field_defaults"})

ARRAY_ATTRIBUTES = frozenset(
    (
        "T all any argmax argmin argpartition argsort astype choose clip compress conj conjugate copy "
        "cumprod cumsum diagonal dot dtype fill flat flatten hex imag is_integer item itemset itemsize "
        "mT max mean min nbytes ndim nonzero partition prod ptp put ravel real repeat reshape round "
        "searchsorted shape size sort squeeze std sum swapaxes take tobytes tolist trace transpose var "
        "as_integer_ratio "
        # of numpy's texts
        "capitalize casefold center count endswith find index isalnum isalpha isdigit islower isspace "
        "isupper join ljust lower lstrip partition replace rfind rjust rpartition rsplit rstrip split "
        "splitlines startswith strip swapcase title upper zfill format format_map encode"
    ).split()
)
"""Of numpy arrays and scalars. Absent on purpose: files, raw memory, views as another type."""

BUILTIN_NAMES: tuple[str, ...] = tuple(
    (
        "None False True Ellipsis NotImplemented abs all any ascii bin bool bytes bytearray callable chr "
        "classmethod complex dict divmod enumerate filter float frozenset hash hex id int isinstance "
        "issubclass iter len list map max min next object oct ord pow property range repr reversed round "
        "set slice sorted staticmethod str sum super tuple zip"
    ).split()
)
"""Taken from `builtins` as they are."""

OWN_BUILTIN_NAMES = tuple("getattr hasattr setattr delattr type print format exit quit vars dir".split())
"""Built-in names that are our own."""

EXCEPTION_NAMES: tuple[str, ...] = tuple(
    (
        "ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError "
        "BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError "
        "ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EnvironmentError "
        "Exception FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit "
        "IOError ImportError ImportWarning IndentationError IndexError InterruptedError "
        "IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError "
        "NameError NotADirectoryError NotImplementedError OSError OverflowError "
        "PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError "
        "ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError "
        "SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError "
        "UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning "
        "UserWarning ValueError Warning ZeroDivisionError"
    ).split()
)

FUTURE_FEATURES = tuple(
    "absolute_import annotations division generator_stop nested_scopes print_function unicode_literals "
    "with_statement generators".split()
)

NODE_NAMES: dict[str, str] = {
    "AsyncFunctionDef": "async def",
    "AsyncFor": "async for",
    "AsyncWith": "async with",
    "Await": "await",
    "TryStar": "except*",
    "TypeAlias": "the type statement",
    "TemplateStr": "a template string",
}
NODE_HINTS: dict[str, str] = {
    "AsyncFunctionDef": "write a plain def; skills return when they are done",
    "AsyncFor": "write a plain for; skills return when they are done",
    "AsyncWith": "write a plain with; skills return when they are done",
    "Await": "leave await out; skills return when they are done",
    "TryStar": "use except instead of except*",
    "TypeAlias": "write Name = ... instead",
    "TemplateStr": "use an f-string",
}

HINTS: dict[str, str] = {
    "open": "programs have no files; keep data in variables",
    "input": "nobody answers; ask the skills instead, for example get_objects()",
    "eval": "write the expression out; for data use json.loads",
    "exec": "write the statements out",
    "compile": "write the code out",
    "globals": "use a dict or a class of your own",
    "locals": "use a dict or a class of your own",
    "breakpoint": "use print() to look at values",
    "memoryview": "use bytes or a list",
    "help": "the API is described in the prompt",
    "ExceptionGroup": "raise one exception",
    "BaseExceptionGroup": "raise one exception",
    "reload": "leave it out",
    "raw_input": "nobody answers; ask the skills instead, for example get_objects()",
    "xrange": "use range()",
    "unicode": "use str",
    "basestring": "use str",
    "long": "use int",
    "reduce": "add: from functools import reduce",
    "unichr": "use chr()",
    "cmp": "use key= with functools.cmp_to_key, or compare directly",
}
"""What to do instead, for names that programs ask for and cannot have."""

MAGIC_HINTS: dict[str, str] = {
    "__del__": "clean up in a method of your own, or in __exit__",
    "__getattribute__": "define __getattr__ or a property",
    "__import__": "use an import statement",
    "__file__": "programs have no files; leave it out",
    "__builtins__": "use the built-in names as they are",
    "__class__": "use type(x)",
    "__traceback__": "print the error itself",
    "__mro__": "use isinstance()",
    "__bases__": "use isinstance()",
    "__base__": "use isinstance()",
    "__subclasses__": "keep a list of the classes yourself",
    "__code__": "use __name__",
    "__defaults__": "keep the values in variables of your own",
    "__dataclass_fields__": "use dataclasses.fields()",
    "__aenter__": "define __enter__; skills return when they are done",
    "__aexit__": "define __exit__; skills return when they are done",
    "__aiter__": "define __iter__; skills return when they are done",
    "__anext__": "define __next__; skills return when they are done",
    "__await__": "write a plain method; skills return when they are done",
    "__reduce__": "define __copy__",
    "__getstate__": "define __copy__",
    "__setstate__": "define __copy__",
    "__instancecheck__": "use a plain method",
    "__subclasshook__": "derive from the base class",
    "__array__": "define a method that returns the array",
    "__next": "define __next__",
    "__metaclass__": "derive from abc.ABC",
    "__dir__": "leave it out",
    "__sizeof__": "leave it out",
    "__fspath__": "programs have no files; leave it out",
}
"""What to do instead, for special names that are reserved."""

MEMBER_HINTS: dict[str, str] = {
    "operator.attrgetter": "use key=lambda x: x.name",
    "operator.methodcaller": "use lambda x: x.method()",
    "functools.singledispatch": "use isinstance() or match",
    "typing.get_type_hints": "write the types out",
    "typing.get_origin": "write the types out",
    "typing.get_args": "write the values out",
    "dataclasses.make_dataclass": "write a class with @dataclass",
    "json.dump": "programs have no files; use print(json.dumps(x))",
    "json.load": "programs have no files; use json.loads(text)",
    "numpy.load": "programs have no files; write the numbers out",
    "numpy.save": "programs have no files; use print()",
    "numpy.loadtxt": "programs have no files; write the numbers out",
    "numpy.genfromtxt": "programs have no files; write the numbers out",
    "numpy.float": "use float or np.float64",
    "numpy.int": "use int or np.int64",
    "numpy.object": "use object",
    "numpy.random.set_state": "use np.random.seed",
    "numpy.random.get_state": "use np.random.seed",
    "numpy.trapz": "use np.trapezoid",
    "numpy.product": "use np.prod",
    "numpy.matrix": "use np.array and @",
    "numpy.in1d": "use np.isin",
    "numpy.row_stack": "use np.vstack",
    "numpy.testing": "use assert np.allclose(a, b)",
    "time.strftime": "use time.time(), which tells simulated seconds",
    "time.localtime": "use time.time(), which tells simulated seconds",
    "time.ctime": "use time.time(), which tells simulated seconds",
    "sys.path": "programs have no files; leave it out",
    "sys.stdin": "nobody answers; ask the skills instead",
    "sys.modules": "use an import statement",
    "decimal.getcontext": "use Decimal.quantize or round()",
    "decimal.localcontext": "use Decimal.quantize or round()",
    "contextlib.redirect_stdout": "collect text in a list instead",
    "traceback.extract_tb": "print(error) or traceback.print_exc() instead",
    "traceback.print_stack": "print() what you want to know",
    "json.decoder": "use json.JSONDecodeError",
    "json.JSONDecoder": "use json.loads(text)",
    "logging.StreamHandler": "leave it out: loggers print as they are",
    "logging.FileHandler": "programs have no files; loggers print as they are",
    "logging.Formatter": "leave it out: loggers print as they are",
    "numpy.ma": "use masks: a[mask], np.where or np.nanmean",
    "string.Formatter": "use str.format or an f-string",
    "random.SystemRandom": "use random.Random",
}
"""What to do instead, for names that a module has and does not offer."""
