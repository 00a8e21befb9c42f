"""The shipped compact model: its card, its answers, and that training sees pictures as inference does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engines import cards
from engines.cards import CardError, list_cards, load_card, verify
from engines.classes import GENRES, SCALES, TAGS, TAGS_NOT_OFFERED
from engines.compact import CompactModel
from engines.preprocess import FRAME_SIZE, crop_bars, squeeze, to_input
from engines.runtimes.onnxruntime_cpu import OnnxRuntimeCpu
from engines.runtimes.protocol import RuntimeFailure


def drawn(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Soft blobs of colour, so that an area filter has something to average."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    waves = rng.uniform(2, 9, (3, 2))
    picture = np.stack([np.sin(a * x * 6) + np.cos(b * y * 6) for a, b in waves], axis=-1)
    return np.clip(128 + 50 * picture, 30, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def model() -> CompactModel:
    return CompactModel.load(threads=1)


def test_the_shipped_file_is_the_one_on_its_card() -> None:
    verify("compact")
    card = load_card("compact")
    assert card.name in [c.name for c in list_cards()]
    assert card.sha256 == hashlib.sha256(card.path.read_bytes()).hexdigest()
    assert card.path.stat().st_size < 20_000_000


def test_an_altered_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = load_card("compact")
    altered = bytearray(card.path.read_bytes())
    altered[len(altered) // 2] ^= 1
    (tmp_path / card.file).write_bytes(altered)
    (tmp_path / "compact.json").write_text(json.dumps(card.as_dict()), encoding="utf-8")
    monkeypatch.setattr(cards, "MODELS", tmp_path)
    with pytest.raises(CardError, match="not the one its card describes"):
        verify("compact")
    with pytest.raises(CardError, match="There is no model 'other'; shipped models: compact"):
        load_card("other")


def test_the_documentation_gives_the_card_s_figures() -> None:
    card = load_card("compact")
    text = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    assert card.sha256[:12] in text
    metrics = card.metrics
    for figure in (
        *(metrics["scale"][pack][key] for pack in ("shot_scale", "stills") for key in ("accuracy", "macro_f1", "ece")),
        *(metrics["setting"]["stills"][head]["accuracy"] for head in ("place", "time")),
        *(metrics["tags"][pictures]["map"] for pictures in ("stills", "photos")),
        *(metrics["posters"][key] for key in ("genre_top1", "success_auc", "rating_smse")),
    ):
        assert f"{figure:.3f}" in text


def test_every_tag_says_how_far_it_can_be_trusted() -> None:
    card = load_card("compact")
    assert set(card.tags) == {*TAGS, *TAGS_NOT_OFFERED}
    for tag, figures in card.tags.items():
        if figures["status"] == "measured":
            assert figures["positives"] >= 5, tag
            assert 0 < figures["ap"] <= 1, tag
        else:
            assert figures["status"] == ("not offered" if tag in TAGS_NOT_OFFERED else "not measured"), tag
            assert figures["ap"] is None, tag


def test_probabilities_have_the_promised_shapes_and_sums(model: CompactModel) -> None:
    pictures = [drawn(360, 640), drawn(90, 240, 1), drawn(500, 300, 2)]
    judged = model.judge(pictures)
    assert judged.scale.shape == (3, len(SCALES))
    assert judged.tags.shape == (3, len(TAGS)) and model.tags == TAGS
    assert judged.features.shape == (3, 1280)
    assert judged.place.shape == judged.time.shape == (3,)
    np.testing.assert_allclose(judged.scale.sum(1), 1, atol=1e-5)
    for chances in (judged.scale, judged.tags, judged.place, judged.time):
        assert chances.dtype == np.float32 and ((chances >= 0) & (chances <= 1)).all()


def test_no_picture_is_no_error(model: CompactModel) -> None:
    assert model.judge([]).scale.shape == (0, len(SCALES))


def test_a_picture_is_judged_alike_alone_and_in_company(model: CompactModel) -> None:
    pictures = [drawn(216, 384, seed) for seed in range(20)]
    together, alone = model.judge(pictures), model.judge(pictures[17:18])
    np.testing.assert_allclose(together.scale[17:18], alone.scale, atol=1e-4)
    np.testing.assert_allclose(together.features[17:18], alone.features, atol=1e-3)


def test_black_bars_change_no_answer(model: CompactModel) -> None:
    picture = drawn(200, 480)
    barred = np.zeros((270, 480, 3), np.uint8)
    barred[35:235] = picture
    np.testing.assert_allclose(model.judge([barred]).scale, model.judge([picture]).scale, atol=1e-6)


def test_a_poster_gets_genres_success_and_an_interval(model: CompactModel) -> None:
    judged = model.poster(drawn(600, 400))
    assert tuple(judged.genres) == GENRES
    assert 0 <= judged.success <= 1
    assert 1 <= judged.rating_low < judged.rating < judged.rating_high <= 10


def test_each_head_has_a_threshold(model: CompactModel) -> None:
    for head in ("scale", "place", "time", *TAGS):
        assert 0 <= model.threshold(head) < 1
    with pytest.raises(KeyError):
        model.threshold("plot")


def test_only_symmetric_bars_are_cut() -> None:
    picture = drawn(200, 400)
    boxed = np.zeros((240, 460, 3), np.uint8)
    boxed[20:220, 30:430] = picture
    assert np.array_equal(crop_bars(boxed), picture)
    dark_floor = picture.copy()
    dark_floor[120:] = 0
    assert crop_bars(dark_floor).shape == picture.shape
    assert crop_bars(np.zeros((50, 80, 3), np.uint8)).shape == (50, 80, 3)


def test_squeezing_keeps_flat_colour_and_refuses_what_is_no_picture() -> None:
    flat = np.full((333, 777, 3), (200, 40, 90), np.uint8)
    assert np.abs(squeeze(flat, FRAME_SIZE).astype(int) - (200, 40, 90)).max() <= 2
    with pytest.raises(ValueError, match="RGB uint8"):
        squeeze(np.zeros((10, 10), np.uint8), FRAME_SIZE)


def test_training_sees_pictures_as_inference_does() -> None:
    augment = pytest.importorskip("engines.training.augment")
    barred = np.zeros((270, 480, 3), np.uint8)
    barred[35:235] = drawn(200, 480)
    assert np.array_equal(augment.variant(barred, 0, FRAME_SIZE, 0), to_input([barred])[0])
    mirrored = augment.variant(barred, 1, FRAME_SIZE, 0)[:, ::-1].astype(int)
    assert np.abs(mirrored - to_input([barred])[0]).mean() < 2


def test_a_runtime_says_what_it_could_not_load(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(RuntimeFailure, match=r"cannot load .*broken\.onnx"):
        OnnxRuntimeCpu().load(broken)
    with pytest.raises(RuntimeFailure, match="No model is loaded"):
        OnnxRuntimeCpu().infer(np.zeros((1, 192, 320, 3), np.uint8))
