"""`blazer tasks [NAME]`: the tasks there are, what one says and looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from blazer.cli.output import JSON_OPTION, make_table, out, plain, print_json, program_name, say
from blazer.cli.pictures import Frame, check_place, labelled, sheet, write_png
from blazer.cli.replay import parse_size
from blazer.core.digest import digest
from blazer.core.errors import UsageError
from blazer.core.rng import MAX_SEED
from blazer.sim.backends import create_simulator
from blazer.sim.protocol import Simulator
from blazer.tasks.describe import describe, vocabulary
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import find_task, get_task, has_reference, task_names
from blazer.tasks.spec import PredicateSpec, TaskInstance, TaskSpec


def command(
    name: str = typer.Argument("", help="Show this task; a name, or a file such as my_task.json."),
    pool: str = typer.Option("", "--pool", help="List only this pool: train, ood."),
    seed: int = typer.Option(0, "--seed", min=0, max=MAX_SEED, help="Seed of the instance and the picture."),
    image: Annotated[
        Path | None, typer.Option("--image", help="Render it, .png; all tasks: a sheet.")
    ] = None,
    camera: str = typer.Option("table", "--camera", help="table, front, overhead, ..."),
    size: str = typer.Option("640x480", "--size", help="WIDTHxHEIGHT of a picture, in pixels."),
    words: bool = typer.Option(False, "--vocabulary", help="What a new task may be made of."),
    as_json: bool = JSON_OPTION,
) -> None:
    """List tasks, or show one."""
    if words:
        return _vocabulary(as_json)
    if name and pool:
        raise UsageError("give a task's name or --pool, not both")
    width, height = parse_size(size)
    check_place(image, ".png")
    specs = [find_task(name)] if name else [get_task(item) for item in task_names(pool or None)]
    if image is not None:
        _render(specs, seed, image, camera, (width, height))
    if as_json:
        print_json(_detail(specs[0], seed) if name else [_row(spec) for spec in specs])
    elif name:
        _show(out(), specs[0], instantiate(specs[0], seed))
    else:
        _list(out(), specs)
    if image is not None and not as_json:
        say(out(), f"wrote {image}")


def _row(spec: TaskSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "pool": spec.pool,
        "digest": digest(spec),
        "instructions": len(spec.instructions),
        "reference": has_reference(spec.name),
    }


def _detail(spec: TaskSpec, seed: int) -> dict[str, Any]:
    return {**describe(spec), "spec": plain(spec), "instance": plain(instantiate(spec, seed))}


def _list(console: Console, specs: list[TaskSpec]) -> None:
    table = make_table("task", "pool", "what it asks for")
    for spec in specs:
        table.add_row(spec.name, spec.pool, _first_sentence(spec.description))
    console.print(table)
    say(console, f"Next: {program_name()} tasks NAME --image task.png")


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "."


def _show(console: Console, spec: TaskSpec, instance: TaskInstance) -> None:
    console.print(Text.assemble((spec.name, "bold"), f"  {spec.title}  (pool {spec.pool}, {digest(spec)})"))
    say(console, spec.description)
    if spec.source:
        console.print(f"Source: {spec.source}", markup=False, style="dim")
    _block(console, "Instructions", spec.instructions)
    variations = [f"{v.name}: {v.kind} {_values(v.values)}" for v in spec.variations]
    _block(console, "Variations", variations)
    _block(console, "Success by the paper's condition", map(_predicate, spec.goal.paper))
    _block(
        console,
        "Strict asks further",
        [*map(_predicate, spec.goal.strict), "released, at rest, nothing disturbed"],
    )
    console.print(f"\nSeed {instance.seed}:", style="bold")
    say(console, f"  {instance.instruction}")
    table = make_table("object", "kind", "colour", "type", "position m", right=("position m",))
    for item in instance.objects:
        position = ", ".join(f"{value:.3f}" for value in item.pose.position_m)
        table.add_row(item.name, item.kind, item.color or "-", item.type, position)
    console.print(table)


def _vocabulary(as_json: bool) -> None:
    """Object types, predicates and layout constraints with their parameters."""
    known = vocabulary()
    if as_json:
        return print_json(known)
    for group, entries in known.items():
        table = make_table(group, "parameters", "what it is")
        for name, entry in entries.items():
            params = entry.get("params", entry)
            table.add_row(name, ", ".join(params), str(entry.get("doc", "")) if "params" in entry else "")
        out().print(table)


def _block(console: Console, title: str, lines: Any) -> None:
    texts = list(lines)
    if texts:
        console.print(f"\n{title}:", style="bold")
        for text in texts:
            say(console, f"  {text}")


def _values(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value) for value in values) if values else "any"


def _predicate(predicate: PredicateSpec) -> str:
    return f"{predicate.name}({', '.join(f'{key}={value}' for key, value in predicate.params.items())})"


def _render(specs: list[TaskSpec], seed: int, path: Path, camera: str, size: tuple[int, int]) -> None:
    sim = create_simulator()
    try:
        frames = [_picture(sim, spec, seed, camera, size) for spec in specs]
    finally:
        sim.close()
    write_png(path, frames[0] if len(frames) == 1 else sheet(frames, columns=3))


def _picture(sim: Simulator, spec: TaskSpec, seed: int, camera: str, size: tuple[int, int]) -> Frame:
    instance = instantiate(spec, seed)
    sim.load(scene_of(instance))
    return labelled(sim.render(camera, *size), spec.name, instance.instruction, rows=3)
