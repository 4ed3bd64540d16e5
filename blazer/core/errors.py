"""The error tree. Sub-packages subclass these beside the code that raises.

    BlazerError
      UsageError            what the user typed or configured is wrong; the CLI exits with 2
        ConfigError           a config file, an option or an environment variable
        UnknownNameError      a name that is not registered; lists the ones that are
      TaskError             a task cannot be built
        PlacementError        no room found for an object within the attempts allowed
        PredicateError        a goal names an unknown predicate or gives it wrong parameters
      SimulatorError        the physics backend failed; never the program's doing
      SkillError            a skill refused or failed; the text goes back to the model
        SkillMisuse           wrong name, type, shape or value of an argument
        Unreachable           no arm configuration reaches the pose
        PathBlocked           every path, or the target itself, is in collision
        UnexpectedContact     something was touched while moving that should not have been
        GraspMissed           the fingers closed on nothing, or on one side only
        SkillBudgetExceeded   too many calls or too much simulated time
      SandboxError          the sandbox, not the program, failed
        SandboxUnavailable    the tier cannot be had on this machine, or cannot prove its promises
        SandboxBusy           no guest became free before the deadline
        WorldCrashed          the trusted world process died or answered nonsense
        ProtocolFault         a line broke the channel's rules
      ModelError            a language model could not be asked
        ModelUnavailable      endpoint unreachable, or it kept failing after every retry
        ModelRefused          the endpoint refused the request for good (key, model name, quota)
        BudgetExceeded        a cap on calls, tokens or money was met
        LocalModelMissing     a model to be served in this process is not there; also a UsageError
        PromptTooLong         one request does not fit into the model's context
      StoreError            the trace store
        StoreVersionError     made by a newer Blazer
        StoreCorrupt          the file is damaged
        StoreFull             no room left on the device
        StoreReadOnly         can be read, not written
      DatasetError          training data cannot be built, read or trusted
        EmptyDataset          nothing is left for a kind or a split; also a UsageError
        DatasetExists         something else is in the directory; also a UsageError
        DatasetDamaged        files are missing, altered, or not what the manifest says
        LeakError             something is on both sides of a split, or is kept for evaluation
      TrainingError         a student cannot be trained
        OutOfMemory           the machine or the GPU has too little memory
        Diverged              the loss is no number any more, or rose far above where it began
        NoAccelerator         what was asked for needs a GPU; also a UsageError
        ModelNotFound         no such model here or on the hub; also a UsageError
        CheckpointMismatch    another training is in the directory, or a damaged one; also a UsageError
      BootstrapError        steps of the loop or of the study (tree in blazer.bootstrap.errors)
      EvaluationError       models cannot be evaluated
        EmptyEvaluation       nothing was decided for a model and task; also a UsageError
        UnfinishedEvaluation  a run stopped before its end; the same call goes on
        SeedLeak              a model was trained on seeds kept for evaluation; also a UsageError

Every message says what was wrong and what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class BlazerError(Exception):
    """Base of all errors that Blazer raises on purpose."""


class UsageError(BlazerError):
    """The caller asked for something that cannot be; nothing was written."""


class ConfigError(UsageError):
    """A config file, option or environment variable is wrong."""


class UnknownNameError(UsageError):
    """A look-up by name failed.

    Args:
        what: The kind of thing looked up, singular ("task", "model role").
        name: The name that is not there.
        known: The names that are.
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(sorted(known))
        near = get_close_matches(name, self.known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        listing = ", ".join(self.known) or "none"
        super().__init__(f"unknown {what} {name!r}.{hint} Known: {listing}")

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.what, self.name, self.known)


class TaskError(BlazerError):
    """A task cannot be built."""


class SimulatorError(BlazerError):
    """The physics backend failed; an infrastructure fault, never the program's doing."""


class SkillError(BlazerError):
    """A skill refused or failed. `code` is its wire name; `details` are plain numbers and names."""

    code: str = "skill_error"

    def __init__(self, message: str, *, skill: str = "", **details: object) -> None:
        self.skill = skill
        self.details = details
        super().__init__(message)


class SandboxError(BlazerError):
    """The sandbox itself failed; an infrastructure fault."""


class ModelError(BlazerError):
    """A language model could not be asked."""


class StoreError(BlazerError):
    """The trace store could not be read or written."""
