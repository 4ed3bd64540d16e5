"""A process that stores traces and prints each id once it is stored: for tests of concurrency and kills.

Usage: python -m tests.store.writer URL FIRST_SEED COUNT
"""

from __future__ import annotations

import sys

from blazer.store.store import Store
from tests.store.builders import make_trace


def main() -> None:
    where, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with Store.open(where) as store:
        for seed in range(first, first + count):
            trace = make_trace(seed=seed, program=f"x = {seed}\n" * 400)
            store.add_trace(trace)
            sys.stdout.write(trace.trace_id + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
