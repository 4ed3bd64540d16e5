"""Ready settings: `cpu`, with which the project's results were made; `smoke`, which shows that all works.

Settings as a file would hold them, laid below whatever file, `--set` and options say. The decision to
question: the recipe of the tiny student is here and not in the defaults of training, because those
serve models of any size.
"""

from __future__ import annotations

from typing import Any

_SLOW = {"batch_size": 8, "weight_decay": 0.0, "schedule": "linear"}
_PREFERENCES: dict[str, Any] = {
    "epochs": 1,
    "validate_each": "end",
    "optim": {**_SLOW, "learning_rate": 1e-5, "warmup": 0.1},
}
CPU: dict[str, Any] = {
    "collect": {"seeds": 150, "samples": 2, "verify_seeds": 2, "teacher_share": 0.5},
    "data": {"dpo": {"min_similarity": 0.7}},
    "student": {
        "base": {"size": "m"},
        "sft": {
            "epochs": 12,
            "validate_each": "end",
            "optim": {**_SLOW, "learning_rate": 1e-3, "beta2": 0.98, "warmup": 0.05},
        },
        "dpo": {**_PREFERENCES, "dpo": {"beta": 0.3, "losses": {"sigmoid": 1.0, "sft": 1.0}}},
        "kto": {**_PREFERENCES, "kto": {"beta": 0.1}},
    },
}
"""Two cores, 90 minutes for the main part. More seeds help more than more samples of each. Pairs whose
sides hardly resemble each other are left out: they are told apart without learning anything. In later
rounds teacher and student write one program each."""

SMOKE: dict[str, Any] = {
    "tasks": ["put_block", "close_jar"],
    "outside": ["jar_in_bin"],
    "collect": {"seeds": 8, "samples": 2, "verify_seeds": 1},
    "data": {"split": {"val_fraction": 0.2}},
    "student": {
        "base": {"size": "s", "repeat": {"steps": 3}, "pairs": {"steps": 3}, "scenes": {"steps": 3}},
        "sft": {"max_steps": 4, "optim": {"batch_size": 4}},
        "dpo": {"max_steps": 2, "optim": {"batch_size": 4}},
        "kto": {"max_steps": 2, "optim": {"batch_size": 4}},
        "max_tokens": 48,
    },
    "test": {"seeds": 2, "resamples": 200},
}
"""Two tasks, a handful of steps: the figures are bad and are meant to be."""

_GENTLE: dict[str, Any] = {"epochs": 1, "optim": {**_PREFERENCES["optim"], "beta2": None}}
"""SFT at the pace of preferences."""
_LESSONS: dict[str, Any] = {
    "dpo-plain": {
        "label": "DPO, without SFT's loss",
        "own": True,
        "settings": {"dpo": {"losses": {"sigmoid": 1.0, "sft": None}}},
    },
    "dpo-fast": {
        "label": "DPO, without SFT's loss, learning rate 5e-5",
        "own": True,
        "settings": {"dpo": {"losses": {"sigmoid": 1.0, "sft": None}}, "optim": {"learning_rate": 5e-5}},
    },
    "dpo-teacher": {"label": "DPO, the teacher's failures on the SFT data's own seeds"},
    "kto": {"label": "KTO", "stage": "kto", "own": True},
    "sft-more": {
        "label": "no failures: SFT again, on the good answers of DPO's data",
        "stage": "sft",
        "own": True,
        "settings": _GENTLE,
    },
    "sft-more-fast": {
        "label": "no failures: the same at learning rate 5e-5",
        "stage": "sft",
        "own": True,
        "settings": {**_GENTLE, "optim": {**_GENTLE["optim"], "learning_rate": 5e-5}},
    },
}
"""What `dpo` of the main part is compared with; all but one learn from the same data. That data is of seeds
that SFT has not seen, so what its good answers alone are worth is a row too."""
CONTROLS = {
    "dpo": "sft-more",
    "dpo-plain": "sft-more",
    "kto": "sft-more",
    "dpo-fast": "sft-more-fast",
}
"""Who learned from failures -> who learned from the good answers of the same data, at the same rate."""
STUDY: dict[str, dict[str, Any]] = {
    "cpu": CPU
    | {
        # The teacher's failures are mostly not the student's: told apart already, they teach it nothing.
        "on_policy": True,
        "own": {"first_seed": 500_000, "seeds": 50, "samples": 3, "verify_seeds": 2, "repairs": 0},
        "lessons": _LESSONS,
    },
    "smoke": SMOKE
    | {
        "own": {"first_seed": 500_000, "seeds": 2, "samples": 2, "verify_seeds": 1},
        "ablation_seeds": 2,
        "shares": [0.5],
        "sizes": ["s", "m"],
        "rounds": 2,
        "round_seeds": 4,
    },
}
"""For `blazer study`."""
BOOTSTRAP: dict[str, dict[str, Any]] = {
    "cpu": CPU,
    "smoke": {name: value for name, value in SMOKE.items() if name != "outside"} | {"rounds": 2},
}
"""For `blazer bootstrap`."""
