"""The shot detector on real films and packages, decoded as in the product.

The shipped network was trained on some of these, so this shows that it works, not how good it is: that is in its card,
from networks that had not seen the film.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.evaluation.shots import evaluate, find_transitions
from engines.evaluation.transitions import read_truths, score


@pytest.mark.parametrize(
    ("film", "missed", "false"), [("tos_battle.webm", 1, 2), ("bikes.mp4", 0, 0), ("titanic.mp4", 0, 0)]
)
def test_films(shared_data: Path, film: str, missed: int, false: int) -> None:
    scored = score(read_truths(shared_data / "video")[film], find_transitions(shared_data / "video" / film))
    assert len(scored.missed) <= missed
    assert len(scored.false) <= false


@pytest.mark.parametrize(
    ("package", "cuts"),
    [
        ("dcp/tos_battle_smpte", [23, 53, 99, 130, 142, 180, 241, 274, 326, 368]),
        ("imf/tos_battle_app2e", [15, 30, 45, 78]),
    ],
)
def test_packages(shared_data: Path, package: str, cuts: list[int]) -> None:
    assert [each.start for each in find_transitions(shared_data / "packages" / package)] == cuts


def test_evaluate_measures_a_folder_of_films(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "bikes.mp4").symlink_to(shared_data / "video" / "bikes.mp4")
    true = [each.start for each in read_truths(shared_data / "video")["bikes.mp4"].transitions]
    rows = [f"bikes.mp4,cut,{frame},{frame}" for frame in (*true, 10)]
    (tmp_path / "cuts.csv").write_text("\n".join(["file,type,start,end", *rows]) + "\n", encoding="utf-8")
    result = evaluate(tmp_path)
    assert result["cuts"]["n"] == len(true) + 1
    assert result["files"]["bikes.mp4"]["missed"] == ["cut 10"]
    assert result["all"]["recall"] == pytest.approx(len(true) / (len(true) + 1))
