"""`reelwatch evaluate ENGINE --data DIR`: one door to all measurements."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

ENGINES = ("shots", "scale", "setting", "tags", "posters", "beats")
SPLITS = ("all", "train", "val")


def evaluate(engine: str, data: Path, split: str = "all") -> dict[str, Any]:
    """Measure `engine` on the labelled folder `data`; the result is ready for JSON.

    Keys are those of docs/models.md. Raises ValueError for an engine, split or folder that cannot be measured.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split '{split}'; choose one of {', '.join(SPLITS)}.")
    if engine == "beats":
        raise ValueError("Beats are not measured yet: no labelled beat events are at hand, and none are guessed.")
    if engine == "shots":
        measure = import_module("engines.evaluation.shots").evaluate
    elif engine in ENGINES:
        measure = getattr(import_module(f"engines.evaluation.{engine}"), f"evaluate_{engine}")
    else:
        raise ValueError(f"There is no engine '{engine}' to evaluate; choose one of {', '.join(ENGINES)}.")
    call: Callable[[Path, str], dict[str, Any]] = measure
    result: dict[str, Any] = without_nan(call(data, split))
    return result


def without_nan(value: Any) -> Any:
    """The same with None for every nan, which JSON does not know."""
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
