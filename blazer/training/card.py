"""The card of a data set: the YAML that `datasets.load_dataset` reads, and what people want to know."""

from __future__ import annotations

from blazer.training.manifest import Manifest

TITLES = {
    "sft": "verified answers (prompt, completion)",
    "dpo": "preference pairs (prompt, chosen, rejected)",
    "kto": "answers with a label (prompt, completion, label)",
    "rl": "prompts for a verifier's reward (prompt, task, seed)",
}


def card(manifest: Manifest) -> str:
    """The text of `README.md`."""
    return "\n".join([*_front(manifest), "", *_body(manifest)]) + "\n"


def _front(manifest: Manifest) -> list[str]:
    lines = ["---", "configs:"]
    for index, (kind, splits) in enumerate(manifest.counts.items()):
        lines += [f"- config_name: {kind}", *(["  default: true"] if index == 0 else [])]
        # `datasets` keeps what it loaded under a hash of this text, whatever the files hold: without the
        # digest, data built anew, or elsewhere under the same name, would be answered with the old rows.
        lines += [f"  description: digest {manifest.digest}", "  data_files:"]
        for split in splits:
            lines += [f"  - split: {split}", f"    path: {kind}/{split}.parquet"]
    return [*lines, "tags:", "- robotics", "- code", "---"]


def _body(manifest: Manifest) -> list[str]:
    style = manifest.settings.style
    lines = [
        f"# {manifest.name}",
        "",
        f"Made by Blazer {manifest.versions.blazer} from {manifest.source.traces} traces; prompts in the "
        f"style `{style}`. Every answer that counts as good was run and judged; `manifest.json` says from "
        "which traces, with which settings, and what was left out (`left_out.jsonl`, row by row).",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        f'data = load_dataset("{manifest.name}", "{next(iter(manifest.counts))}")',
        "```",
        "",
        "| config | holds | split | rows | tasks | instances |",
        "|---|---|---|---|---|---|",
    ]
    for kind, splits in manifest.counts.items():
        for split, counts in splits.items():
            numbers = f"{counts.rows} | {len(counts.tasks)} | {counts.instances}"
            lines.append(f"| `{kind}` | {TITLES[kind]} | {split} | {numbers} |")
    first, stop = manifest.evaluation_seeds
    held = ", ".join(manifest.settings.split.held_out_tasks) or "none"
    return [
        *lines,
        "",
        f"No seed of a task is in two splits; held-out tasks: {held}. Seeds {first} to {stop - 1} are kept "
        "for evaluation and are in none.",
    ]
