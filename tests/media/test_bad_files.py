"""About 250 broken or strange files: each ends as a programme or with a sentence, none hangs or crashes its process."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from judging import judged


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
