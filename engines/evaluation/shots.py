"""Shot detection measured on films with labelled transitions, decoded as the product decodes them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from catalog.records import Transition
from engines.evaluation.labels import LabelsError
from engines.evaluation.transitions import Scored, figures, read_truths, score
from engines.shots.detector import ShotDetector
from media.opening import open_programme, open_reader


def evaluate(data: Path, split: str = "all") -> dict[str, Any]:
    """Figures on the films that `data`/cuts.csv names, together and in `files` for each.

    Raises LabelsError where table or film is missing, media.findings.DeliveryError where a film cannot be decoded.
    """
    total, files = Scored(), {}
    for name, truth in read_truths(data, split).items():
        if not (data / name).exists():
            raise LabelsError(f"{data / name} is missing, but {data / 'cuts.csv'} lists transitions of it.")
        scored = score(truth, find_transitions(data / name))
        files[name] = {**figures(scored), **details(scored)}
        total += scored
    return {**figures(total), "files": files}


def find_transitions(film: Path) -> Sequence[Transition]:
    """What the detector finds in a film or package."""
    detector = ShotDetector()
    with closing(open_reader(open_programme(film, check=False))) as reader:
        for index, thumbnail in reader.thumbnails():
            detector.push(index, thumbnail)
        return detector.finish(reader.programme.frames)[0]


def details(scored: Scored) -> dict[str, list[str]]:
    """What was missed, and what was found wrongly with which confidence, in words."""
    return {
        "missed": [_words(each) for each in scored.missed],
        "false": [f"{_words(each)} ({each.confidence:.2f})" for each in scored.false],
    }


def _words(transition: Transition) -> str:
    return f"{transition.kind} {transition.start}" + (f"-{transition.end}" if transition.kind != "cut" else "")
