"""About 250 broken or strange files: each ends as a programme or with a sentence, none hangs or crashes its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
JUDGE = Path(__file__).with_name("judge.py")


def judged(paths: list[Path]) -> dict[str, tuple[str, str]]:
    """Verdicts of a child process; a file that ends it is judged "died", and a new child takes the rest."""
    verdicts: dict[str, tuple[str, str]] = {}
    waiting = list(paths)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    while waiting:
        command = [sys.executable, str(JUDGE), *map(str, waiting)]
        child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
        for line in child.stdout.splitlines():
            name, kind, sentence = json.loads(line)
            verdicts[name] = (f"died ({child.returncode})" if kind == "started" else kind, sentence)
        assert verdicts, child.stderr
        waiting = [path for path in waiting if path.name not in verdicts]
    return verdicts


def test_every_bad_file_ends_with_a_programme_or_a_sentence(shared_data: Path) -> None:
    files = sorted(path for path in (shared_data / "bad").iterdir() if path.name != "sources.csv")
    verdicts = judged(files)
    assert len(verdicts) == len(files)
    kinds = Counter(kind for kind, _ in verdicts.values())
    assert set(kinds) == {"Programme", "DeliveryError"}, verdicts
    assert kinds["Programme"] > 40
    for name, (kind, sentence) in verdicts.items():
        if kind == "DeliveryError":
            assert name in sentence
            assert sentence.endswith(".")
            assert "\n" not in sentence
            assert len(sentence) < 300


def test_every_bad_file_is_taken_for_a_film_whatever_its_name(shared_data: Path, tmp_path: Path) -> None:
    """The suffix decides what is opened; here each of the files that carry none of ours pretends to be a film."""
    strange = [
        path
        for path in (shared_data / "bad").iterdir()
        if path.suffix in (".avif", ".jp2", ".j2k", ".j2c", ".m4s", ".265", ".3gp")
    ]
    for path in strange:
        (tmp_path / f"{path.stem}.mp4").symlink_to(path)
    verdicts = judged(sorted(tmp_path.iterdir()))
    assert {kind for kind, _ in verdicts.values()} <= {"Programme", "DeliveryError"}, verdicts
    assert len(verdicts) == len(strange) > 100
