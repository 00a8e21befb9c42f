"""`evaluate` on labelled pictures: the promised keys, the arithmetic, and figures on real pictures."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.evaluation import evaluate
from engines.evaluation.labels import LabelsError
from engines.evaluation.metrics import (
    area_under_roc,
    average_precision,
    expected_calibration_error,
    interval,
    macro_f1,
    within_one,
)
from engines.evaluation.six import six_probabilities

COLUMNS = ("file", "scale", "scale_votes", "agree", "place", "time", "tags", "tags_maybe", "source", "group", "split")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve drawn pictures with labels in the packs' layout; tags: forest on six, doubtful on one more."""
    rng = np.random.default_rng(5)
    (tmp_path / "images").mkdir()
    scales = ["EWS", "LS", "MLS", "MS", "MCU", "CU"] * 2
    with (tmp_path / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for i, scale in enumerate(scales):
            name = f"images/{i}.jpg"
            Image.fromarray(rng.integers(0, 255, (60, 100, 3), np.uint8)).save(tmp_path / name)
            tags = "forest|animal" if i < 6 else ""
            maybe = "forest" if i == 6 else ""
            split = "val" if i % 2 else "train"
            setting = ["ie"[i % 2], "dnx"[i % 3]]
            rows.writerow([name, scale, scale, 2 if i < 6 else 1, *setting, tags, maybe, "us", f"g{i // 2}", split])
    return tmp_path


def test_scale_has_the_promised_keys(folder: Path) -> None:
    found = evaluate("scale", folder)
    promised = {"n", "accuracy", "within_one", "macro_f1", "ece", "accuracy7", "per_source", "confusion", "agreed"}
    assert promised <= set(found)
    assert found["n"] == 10  # two of twelve are MLS
    assert found["agreed"]["n"] == 5 and {"accuracy", "within_one"} <= set(found["agreed"])
    assert np.sum(found["confusion"]["rows_are_truth"]) == 12
    json.dumps(found, allow_nan=False)


def test_setting_and_tags_have_the_promised_keys(folder: Path) -> None:
    setting = evaluate("setting", folder)
    assert setting["place"]["n"] == 12 and setting["time"]["n"] == 8 and setting["time"]["untold_n"] == 4
    tags = evaluate("tags", folder)
    assert tags["n"] == 12 and 0 <= tags["map"] <= 1
    assert tags["per_tag"]["forest"]["positives"] == 6 and tags["per_tag"]["forest"]["status"] == "measured"
    assert tags["per_tag"]["wedding"] == {"ap": None, "positives": 0, "status": "not measured"}
    assert tags["per_tag"]["nudity"]["status"] == "not offered"
    json.dumps([setting, tags], allow_nan=False)


def test_a_split_takes_its_pictures_only(folder: Path) -> None:
    assert evaluate("setting", folder, "val")["place"]["n"] == 6
    assert evaluate("tags", folder, "train")["n"] == 6


def test_posters_have_the_promised_keys(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    lines = ["file,label,group,split,imdb_score,genres,gross_usd,budget_usd"]
    for i, genres in enumerate(["Drama", "Comedy|Drama", "Action", "Western"]):
        Image.fromarray(rng.integers(0, 255, (206, 140, 3), np.uint8)).save(tmp_path / f"{i}.jpg")
        lines.append(f"{i}.jpg,{genres.split('|')[0].lower()},f{i},val,{5 + i},{genres},{i * 100},{150 if i else ''}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = evaluate("posters", tmp_path, "val")
    promised = {"genre_top1", "genre_top3", "success_accuracy", "success_auc", "rating_smse", "rating_coverage80"}
    assert promised <= set(found)
    assert found["n"] == 4 and found["success_n"] == 3
    json.dumps(found, allow_nan=False)


def test_what_cannot_be_measured_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"labels\.csv is missing"):
        evaluate("scale", tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no engine 'sound'"):
        evaluate("sound", folder)
    with pytest.raises(ValueError, match="no split 'test'"):
        evaluate("scale", folder, "test")
    with pytest.raises(ValueError, match="not measured yet"):
        evaluate("beats", folder)
    (folder / "images" / "3.jpg").write_bytes(b"torn")
    with pytest.raises(ValueError, match=r"3\.jpg could not be decoded"):
        evaluate("scale", folder)


def test_real_film_stills_are_judged_better_than_by_guessing(shared_data: Path, tmp_path: Path) -> None:
    """Eighty val stills, not seen in training; the naive answer is the commonest class of these very stills."""
    with (shared_data / "stills" / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["split"] == "val"][::6][:80]
    for row in rows:
        row["file"] = str(shared_data / "stills" / row["file"])
    with (tmp_path / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    scale = evaluate("scale", tmp_path, "val")
    assert scale["accuracy"] > scale["naive_accuracy"] + 0.15
    assert scale["within_one"] > 0.9
    setting = evaluate("setting", tmp_path, "val")
    assert setting["place"]["accuracy"] > setting["place"]["naive_accuracy"] + 0.15
    tags = evaluate("tags", tmp_path, "val")
    assert tags["map"] > 2 * tags["naive_map"]


def test_average_precision_by_hand() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(truth, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(truth, np.full(4, 0.5)) == pytest.approx(0.5)  # ties share one rank


def test_area_under_roc_by_hand() -> None:
    truth = np.array([True, True, False, False])
    assert area_under_roc(truth, np.array([0.9, 0.3, 0.5, 0.3])) == pytest.approx((2 + 0.5) / 4)


def test_figures_of_ordered_classes_by_hand() -> None:
    truth, said = np.array([0, 1, 2, 3]), np.array([0, 2, 0, 3])
    assert within_one(truth, said) == 0.75
    assert macro_f1(truth, said) == pytest.approx((2 / 3 + 0 + 0 + 1) / 4)
    right = np.array([True, False])
    assert expected_calibration_error(np.array([0.95, 0.55]), right) == pytest.approx((0.05 + 0.55) / 2)


def test_an_interval_resamples_groups_not_pictures() -> None:
    """Two groups of equal pictures: every resampling has a share of 0, 1/2 or 1."""
    values = np.array([1.0] * 50 + [0.0] * 50)
    low, high = interval(["a"] * 50 + ["b"] * 50, lambda rows: float(values[rows].mean()))
    assert (low, high) == (0.0, 1.0)


def test_the_six_scales_are_read_without_mls() -> None:
    seven = np.array([[0.1, 0.2, 0.5, 0.1, 0.1, 0.0, 0.0]], np.float32)
    np.testing.assert_allclose(six_probabilities(seven), [[0.2, 0.4, 0.2, 0.2, 0, 0]], atol=1e-6)
