"""The recipe of the compact model on a handful of drawn pictures: it learns, resumes, and exports what it learned."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")

from engines.runtimes.onnxruntime_cpu import OnnxRuntimeCpu  # noqa: E402
from engines.training import compact, targets  # noqa: E402
from engines.training.calibrate import answer_threshold  # noqa: E402
from engines.training.lite0 import Lite0  # noqa: E402
from engines.training.loop import Plan  # noqa: E402
from engines.training.network import OUTPUTS, CompactNetwork  # noqa: E402

SCALES = ("EWS", "LS", "MLS", "MS", "MCU", "CU")


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of film pictures, one of posters and a random trunk in the teacher's file format."""
    data = tmp_path_factory.mktemp("packs")
    rng = np.random.default_rng(3)
    pack(data / "stills", "file,scale,scale_votes,agree,place,time,tags,tags_maybe,source,group,split", [
        f"images/{i}.jpg,{SCALES[i % 6]},{SCALES[i % 6]},2,{'ie'[i % 2]},{'dn'[i % 2]},forest,,us,{group},{split}"
        for i, (group, split) in enumerate(groups(12))
    ], rng)  # fmt: skip
    pack(data / "posters", "file,label,genres,imdb_score,gross_usd,budget_usd,group,split", [
        f"images/{i}.jpg,drama,{'Drama' if i % 2 else 'Comedy|Drama'},{4 + i % 5},{i % 3},1,{group},{split}"
        for i, (group, split) in enumerate(groups(8))
    ], rng)  # fmt: skip
    torch.manual_seed(0)
    write_teacher(data / "teachers" / "lite0_backbone.safetensors")
    return data


def groups(train: int) -> list[tuple[str, str]]:
    """Group names that fall into fit and dev, and two of val."""
    names = [f"g{i}" for i in range(400)]
    dev = [n for n in names if targets.is_dev(n)][:4]
    fit = [n for n in names if not targets.is_dev(n)][: train - 4]
    return [(n, "train") for n in fit + dev] + [("v0", "val"), ("v1", "val")]


def pack(folder: Path, header: str, rows: list[str], rng: np.random.Generator) -> None:
    (folder / "images").mkdir(parents=True)
    (folder / "labels.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            Image.fromarray(rng.integers(0, 255, (48, 80, 3), np.uint8)).save(folder / row["file"])


def write_teacher(path: Path) -> None:
    """A safetensors file with timm's names, of a randomly filled trunk."""
    path.parent.mkdir()
    tensors = {}
    for name, value in Lite0().state_dict().items():
        theirs = name.replace(".conv.", ".").replace("stages.", "blocks.").replace(".expand.", ".conv_pw.")
        theirs = theirs.replace(".depthwise.", ".conv_dw.").replace(".project.", ".conv_pwl.")
        tensors[f"conv_{theirs}" if theirs.startswith(("stem", "head")) else theirs] = value.numpy()
    header, at = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
        at += value.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(v.tobytes() for v in tensors.values()))


@pytest.fixture(scope="module")
def trained(packs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two epochs in one go."""
    out = tmp_path_factory.mktemp("whole")
    compact.train(packs, out, plan=Plan(epochs=2, batch=4, variants=3, warm_up=2))
    return out


def test_a_stopped_run_resumes_to_the_same_weights(packs: Path, trained: Path, tmp_path: Path) -> None:
    plan = Plan(epochs=2, batch=4, variants=3, warm_up=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compact, "publish", lambda *_: stop())
        patch.setattr(compact.loop, "save", stop_after(compact.loop.save))
        with pytest.raises(KeyboardInterrupt):
            compact.train(packs, tmp_path, plan=plan)
    assert (tmp_path / "checkpoint.pt").is_file()
    compact.train(packs, tmp_path, plan=plan, resume=True)
    whole, resumed = (torch.load(f / "checkpoint.pt", weights_only=True) for f in (trained, tmp_path))
    assert resumed["epoch"] == whole["epoch"] == 2
    for name, value in whole["network"].items():
        torch.testing.assert_close(resumed["network"][name], value, rtol=1e-3, atol=1e-4)


def stop() -> None:
    raise KeyboardInterrupt


def stop_after(save):  # type: ignore[no-untyped-def]
    """Save the checkpoint, then be interrupted."""

    def stopped(*arguments: object) -> None:
        save(*arguments)
        stop()

    return stopped


def test_what_is_exported_answers_as_torch_does(trained: Path) -> None:
    network = CompactNetwork()
    network.load_state_dict(torch.load(trained / "compact.pt", weights_only=True))
    network.eval()
    runtime = OnnxRuntimeCpu(threads=1)
    runtime.load(trained / "compact.onnx")
    rng = np.random.default_rng(0)
    for count, width in ((2, 320), (3, 128)):
        pictures = rng.integers(0, 255, (count, 192, width, 3), np.uint8)
        with torch.no_grad():
            expected = dict(zip(OUTPUTS, network(torch.from_numpy(pictures)), strict=True))
        for name, found in runtime.infer(pictures).items():
            np.testing.assert_allclose(found, expected[name].numpy(), atol=1e-3)


def test_the_card_and_the_log_are_written(trained: Path) -> None:
    card = json.loads((trained / "compact.json").read_text(encoding="utf-8"))
    assert card["metrics"]["scale"]["stills"]["n"] == 2
    assert card["tags"]["forest"]["status"] == "not measured"  # two positives on val
    plan, *epochs, refitted = [json.loads(line) for line in (trained / "compact.jsonl").read_text().splitlines()]
    assert plan["plan"]["epochs"] == 2 and [e["epoch"] for e in epochs] == [1, 2]
    assert all(np.isfinite(e["scale"]) for e in epochs)
    assert 0 < refitted["tuned_share"] < 1


def test_the_first_stages_stay_as_they_were_and_the_rest_moves(packs: Path, trained: Path) -> None:
    start = CompactNetwork()
    compact.load_teacher(start.trunk, packs / compact.TEACHER)
    end = torch.load(trained / "checkpoint.pt", weights_only=True)["network"]
    for name, value in start.state_dict().items():
        early = name.startswith(("trunk.stem", "trunk.stages.0", "trunk.stages.1", "trunk.stages.2"))
        if early:
            assert torch.equal(end[name], value), name
    assert not torch.equal(end["trunk.head.conv.weight"], start.state_dict()["trunk.head.conv.weight"])


def test_a_folder_without_packs_is_named(tmp_path: Path, packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compact.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "lite0_backbone.safetensors is missing" in capsys.readouterr().err


def test_doubtful_votes_leak_to_the_neighbours() -> None:
    sure = targets.scale_shares("MS", ("MS", "MS"))
    doubtful = targets.scale_shares("MS", ("MS?", "MCU"))
    assert sure.sum() == pytest.approx(1) and doubtful.sum() == pytest.approx(1)
    assert sure[3] > 0.9 > 0.6 > doubtful[3] > doubtful[4] > 0.2
    assert targets.scale_shares("", ()).sum() == 0


def test_a_threshold_keeps_the_promised_share_of_answers() -> None:
    confidence = np.linspace(0.01, 1, 100).astype(np.float32)
    always_right = np.ones(100, bool)
    assert answer_threshold(confidence, always_right, 0.9, 0.8) == 0
    right_above_half = confidence > 0.5
    limit = answer_threshold(confidence, right_above_half, 0.95, 0.2)
    assert np.mean(right_above_half[confidence >= limit]) >= 0.95 - 1e-6
    assert np.mean(confidence >= answer_threshold(confidence, ~always_right, 0.9, 0.8)) == pytest.approx(0.8)
