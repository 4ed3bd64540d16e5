"""Figures that others published, in one place, as they published them. Never mixed with ours.

Their simulator (RLBench), objects, skill API, episodes and models are other ones: the tables stand beside
each other to show shapes, such as a student above its teacher, not to rank ours against theirs.
"""

from __future__ import annotations

from typing import NamedTuple

SOURCE = (
    "Das et al., BLAZER, arXiv:2510.08572 (2025): success table of the paper's project page, in percent; "
    "averages as printed there; the number of episodes a task is not published"
)
MARK = "theirs: RLBench, another simulator, other objects and another API"
COLUMNS = (
    "Code as Policies (CAP)",
    "VoxPoser",
    "MALMM",
    "LLaMA-70B (teacher)",
    "LLaMA-8B (base)",
    "LLaMA-8B w/ BLAZER (student)",
)


class PublishedRow(NamedTuple):
    """One task.

    Attributes:
        label: As printed.
        ours: The task here that is closest to it; "" for the average.
        percents: In the order of `COLUMNS`.
    """

    label: str
    ours: str
    percents: tuple[float, ...]


PUBLISHED = (
    PublishedRow("Basketball in Hoop", "basketball_in_hoop", (0.0, 20.0, 88.0, 70.0, 53.0, 95.0)),
    PublishedRow("Close Jar", "close_jar", (0.0, 0.0, 84.0, 99.0, 16.0, 88.0)),
    PublishedRow("Empty Container", "empty_container", (0.0, 0.0, 64.0, 40.0, 1.0, 39.0)),
    PublishedRow("Insert in Peg", "insert_onto_square_peg", (8.0, 0.0, 68.0, 86.0, 15.0, 97.0)),
    PublishedRow("Meat off Grill", "meat_off_grill", (0.0, 0.0, 92.0, 66.0, 16.0, 76.0)),
    PublishedRow("Open Bottle", "open_wine_bottle", (0.0, 0.0, 96.0, 93.0, 57.0, 98.0)),
    PublishedRow("Put Block", "put_block", (76.0, 36.0, 100.0, 93.0, 60.0, 98.0)),
    PublishedRow("Rubbish in Bin", "put_rubbish_in_bin", (0.0, 64.0, 80.0, 97.0, 10.0, 95.0)),
    PublishedRow("Stack Blocks", "stack_blocks", (0.0, 32.0, 56.0, 49.0, 0.0, 63.0)),
    PublishedRow("Average", "", (9.3, 16.9, 80.9, 77.0, 25.3, 83.2)),
)
