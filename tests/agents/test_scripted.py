"""The built-in model: reads messages alone, understands by words, slips as documented, deterministic."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from blazer.agents.chat import ChatRequest
from blazer.agents.extract import extract_program
from blazer.agents.scripted import mistakes, words
from blazer.agents.scripted.mistakes import Mistake, draw_slips, possible, possible_confusion
from blazer.agents.scripted.model import ScriptedModel, answer
from blazer.agents.scripted.phrasing import Style, draw_style
from blazer.agents.scripted.planning import confuse, follow_plan, write_plan
from blazer.agents.scripted.programs import write_program
from blazer.agents.scripted.reading import Item, read_request
from blazer.agents.scripted.understanding import Action, understand
from blazer.core.geometry import yaw_of_quat
from blazer.core.records import GripperState, Message, ObjectState, WorldState
from blazer.core.rng import stream
from blazer.prompts.messages import coder_messages, planner_messages, repair_messages
from blazer.prompts.render import state_text
from blazer.skills.docs import api_section
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import get_task, task_names
from blazer.tasks.spec import TaskInstance

PACKAGE = Path(__file__).parents[2] / "blazer/agents/scripted"
STYLES = [Style(r, p, c) for r in ("query", "name", "pasted") for p in (False, True) for c in (False, True)]  # type: ignore[arg-type]


def item(
    title: str, x: float, y: float, z: float = 0.777, size: tuple[float, float, float] = (0.05, 0.05, 0.05)
) -> Item:
    parts = title.split()
    color = parts[0] if parts[0] in words.COLORS and len(parts) > 2 else ""
    return Item(color, " ".join(parts[1 if color else 0 : -1]), parts[-1], x, y, z, 0.3, *size)


def world_of(instance: TaskInstance) -> WorldState:
    objects = tuple(
        ObjectState(
            name=body.name,
            kind=body.kind,
            color=body.color,
            position_m=body.pose.position_m,
            quat_wxyz=body.pose.quat_wxyz,
            yaw_rad=yaw_of_quat(body.pose.quat_wxyz),
            size_m=body.size_m,
        )
        for body in scene_of(instance).bodies
        if body.listed
    )
    hand = GripperState(position_m=(0.25, 0.0, 1.15), yaw_rad=0.0, opening_m=0.08, holding=None)
    return WorldState(time_s=0.0, objects=objects, gripper=hand)


def asked(task: str, seed: int) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """The planner's messages, and the coder's after the scripted plan."""
    instance = instantiate(get_task(task), seed)
    state = state_text(world_of(instance))
    planner = planner_messages(instance.instruction, state).messages
    return planner, coder_messages(instance.instruction, state, answer(planner), api_section()).messages


# --- reading -------------------------------------------------------------------------------------


def test_the_state_is_read_as_it_was_written() -> None:
    planner, coder = asked("stack_blocks", 3)
    instance = instantiate(get_task("stack_blocks"), 3)
    for messages, ask in ((planner, "plan"), (coder, "program")):
        request = read_request(messages)
        assert request.ask == ask
        assert request.instruction == instance.instruction
        assert [i.name for i in request.items] == [o.name for o in world_of(instance).objects]
        assert request.table_z == pytest.approx(0.752)
    assert read_request(coder).plan == answer(planner)


def test_a_repair_is_recognised_with_its_report() -> None:
    _, coder = asked("close_jar", 0)
    request = read_request(
        repair_messages(coder, "```python\nx\n```", "The program failed: collision").messages
    )
    assert request.ask == "repair"
    assert "collision" in request.report
    assert request.last_program == "```python\nx\n```"


# --- understanding -------------------------------------------------------------------------------

TABLE = (
    item("red block block0", 0.1, 0.2),
    item("blue block block1", 0.2, -0.2),
    item("cup cup0", 0.3, 0.1, size=(0.066, 0.066, 0.075)),
    item("green basket basket0", 0.4, 0.3, size=(0.16, 0.13, 0.07)),
    item("basket basket1", 0.1, -0.3, size=(0.16, 0.13, 0.07)),
    item("yellow target target0", 0.5, 0.0, 0.7525, (0.1, 0.1, 0.001)),
)


@pytest.mark.parametrize(
    ("instruction", "action", "things", "goal"),
    [
        ("Put the red block in the green basket.", Action.PUT_IN, ["block0"], "basket0"),
        ("Please drop the blue cube into the left basket", Action.PUT_IN, ["block1"], "basket0"),
        ("move the mug onto the square", Action.PUT_ON, ["cup0"], "target0"),
        (
            "Place the leftmost block in the basket that is closest to it.",
            Action.PUT_IN,
            ["block0"],
            "basket0",
        ),
        ("Put the rightmost block into the nearest basket", Action.PUT_IN, ["block1"], "basket1"),
        ("Put all blocks into the green basket.", Action.PUT_IN, ["block0", "block1"], "basket0"),
        ("Stack two blocks on the target", Action.STACK, ["block0", "block1"], "target0"),
        ("The cup belongs on whatever is yellow.", Action.PUT_ON, ["cup0"], "target0"),
    ],
)
def test_unseen_instructions_are_understood(
    instruction: str, action: Action, things: list[str], goal: str
) -> None:
    task = understand(instruction, TABLE)
    assert task is not None
    assert task.action is action
    assert sorted(thing.name for thing in task.things) == things
    assert task.goal is not None
    assert task.goal.name == goal


def test_something_sensible_is_done_with_words_that_mean_nothing() -> None:
    task = understand("Frobnicate the quux!", TABLE)
    assert task is not None
    assert all(min(thing.length, thing.width) < 0.08 for thing in task.things)
    assert understand("Put it there.", ()) is None


@pytest.mark.parametrize("task", task_names())
def test_every_wording_of_every_task_is_understood_alike(task: str) -> None:
    """Wordings differ, what is meant does not: same seed, same objects, for each wording."""
    spec = get_task(task)
    for seed in range(3):
        meant = set()
        for wording in spec.instructions:
            one = instantiate(spec.model_copy(update={"instructions": (wording,)}), seed)
            plain = instantiate(spec, seed)
            if one.parameters != plain.parameters:
                pytest.fail("the choice of wording changed the drawing of the task")
            items = read_request(planner_messages(one.instruction, state_text(world_of(one))).messages).items
            understood = understand(one.instruction, items)
            assert understood is not None, one.instruction
            goal = understood.goal.name if understood.goal else ""
            meant.add((understood.action, frozenset(t.name for t in understood.things), goal))
        assert len(meant) == 1, (seed, meant)


def test_no_task_is_known_by_its_name() -> None:
    source = "".join(path.read_text() for path in PACKAGE.glob("*.py"))
    for name in task_names():
        assert name not in source


def test_the_package_reads_nothing_but_messages() -> None:
    """No module of it imports tasks, worlds or the simulator."""
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not re.match(r"blazer\.(tasks|sim|sandbox|skills|store)", node.module or ""), path.name


# --- determinism ---------------------------------------------------------------------------------


async def test_equal_requests_have_equal_replies_and_samples_differ() -> None:
    _, coder = asked("put_block", 1)
    model = ScriptedModel()
    replies = [
        (await model.reply(ChatRequest(role="coder", messages=coder, sample=s))).text
        for s in (0, 0, *range(8))
    ]
    assert replies[0] == replies[1] == replies[2]
    assert len(set(replies)) > 4


async def test_tokens_are_counted() -> None:
    _, coder = asked("put_block", 1)
    reply = await ScriptedModel().reply(ChatRequest(role="coder", messages=coder))
    assert reply.prompt_tokens == pytest.approx(sum(len(m.content) for m in coder) / 4, abs=1)
    assert reply.completion_tokens == pytest.approx(len(reply.text) / 4, abs=1)


# --- plans ---------------------------------------------------------------------------------------


def test_a_coder_takes_the_objects_of_the_plan() -> None:
    task = understand("Put the red block in the green basket.", TABLE)
    assert task is not None
    other = task._replace(things=(TABLE[1],), goal=TABLE[4])
    assert follow_plan(task, write_plan(other), TABLE) == other
    assert follow_plan(task, "First I would think about it.", TABLE) == task
    assert follow_plan(task, "To move: ghost ghost9.\nGoal: none.", TABLE) == task


# --- mistakes ------------------------------------------------------------------------------------


def replies(task: str, seeds: range) -> list[str]:
    return [answer(asked(task, seed)[1]) for seed in seeds]


def test_every_kind_of_mistake_is_drawn_and_documented() -> None:
    drawn: Counter[Mistake] = Counter()
    task = understand("Put the red block in the green basket.", TABLE)
    assert task is not None
    for seed in range(800):
        drawn.update(draw_slips(stream(seed, "test"), task))
        drawn[Mistake.WRONG_OBJECT] += confuse(task, stream(seed, "plan")) != task
    assert set(+drawn) == set(Mistake)
    source = Path(mistakes.__file__).read_text()
    for kind in Mistake:
        assert re.search(rf'{kind.name} = "{kind.value}"\n    """', source), f"{kind} has no documentation"


@pytest.mark.parametrize("kind", [k for k in Mistake if k not in (Mistake.WRONG_OBJECT, Mistake.NO_CODE)])
def test_every_mistake_of_a_program_changes_it(kind: Mistake) -> None:
    task = understand("Put the red block in the green basket.", TABLE)
    assert task is not None
    changed = 0
    for style in STYLES:
        clean = write_program(task, TABLE, 0.752, style, frozenset(), stream(0, "t"))
        wrong = write_program(task, TABLE, 0.752, style, frozenset({kind}), stream(0, "t"))
        changed += clean != wrong
    assert changed >= len(STYLES) / 2 - 2


def test_a_program_without_slips_compiles_in_every_style_for_every_task() -> None:
    for name in task_names():
        request = read_request(asked(name, 2)[0])
        task = understand(request.instruction, request.items)
        assert task is not None
        for style in STYLES:
            source = write_program(task, request.items, request.table_z, style, frozenset(), stream(0, "t"))
            compile(source, name, "exec")


def test_bad_syntax_does_not_compile() -> None:
    task = understand("Put the red block in the green basket.", TABLE)
    assert task is not None
    for seed in range(20):
        slips = frozenset({Mistake.BAD_SYNTAX})
        source = write_program(task, TABLE, 0.752, draw_style(stream(seed, "s")), slips, stream(seed, "t"))
        with pytest.raises(SyntaxError):
            compile(source, "program", "exec")


def test_replies_without_code_are_rare_but_there_are_some() -> None:
    texts = [text for name in task_names("train") for text in replies(name, range(24))]
    without = sum(extract_program(text).program is None for text in texts)
    assert 0 < without < 0.05 * len(texts)


def test_a_report_rules_out_what_it_points_at() -> None:
    task = understand("Put the red block in the green basket.", TABLE)
    assert task is not None
    for seed in range(300):
        slips = draw_slips(
            stream(seed, "r"), task, "The program failed: format_fault (the reply held no program)"
        )
        assert not slips & {Mistake.NO_CODE, Mistake.BAD_SYNTAX}


def test_only_things_with_rivals_are_confused() -> None:
    alone = understand("Put the cup on the target.", TABLE)
    assert alone is not None
    assert not possible_confusion(alone)
    assert all(confuse(alone, stream(seed, "c")) == alone for seed in range(50))
    assert Mistake.WRONG_OBJECT not in possible(alone)


def test_several_things_are_carried_in_a_loop_or_one_by_one() -> None:
    task = understand("Put all blocks into the green basket.", TABLE)
    assert task is not None
    looped = write_program(task, TABLE, 0.752, Style("query", False, False), frozenset(), stream(0, "t"))
    single = write_program(task, TABLE, 0.752, Style("name", False, False), frozenset(), stream(0, "t"))
    assert looped.count("pick(") == 1
    assert "for index, block in enumerate(blocks):" in looped
    assert single.count("pick(") == 2
    slips = frozenset({Mistake.SKIPPED_STEP})
    for style in STYLES:
        short = write_program(task, TABLE, 0.752, style, slips, stream(0, "t"))
        assert len(short) < len(write_program(task, TABLE, 0.752, style, frozenset(), stream(0, "t")))
