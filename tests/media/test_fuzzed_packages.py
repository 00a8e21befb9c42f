"""Flipped bits and cut files of real packages: each seed ends with a programme or a sentence.

REELWATCH_FUZZ_SEEDS=1000 runs more than the fifty of every day.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

from judging import judged

SEEDS = int(os.environ.get("REELWATCH_FUZZ_SEEDS", "50"))
PACKAGES = [
    "dcp/libdcp_dcp_test1",
    "dcp/libdcp_dcp_test2",
    "dcp/tos_battle_interop",
    "imf/photon_htj2k",
    "dcp/tos_battle_encrypted",
]


def spoilt(source: Path, folder: Path, seed: int) -> Path:
    """A copy of a package in which one to three files are cut or have bits flipped, the XML ones most often."""
    chance = random.Random(seed)
    shutil.copytree(source, folder, copy_function=shutil.copyfile)
    files = sorted(file for file in folder.iterdir() if "pcm" not in file.name and "audio" not in file.name.lower())
    texts = [file for file in files if file.suffix != ".mxf"]
    for file in chance.sample(files, 1) + chance.sample(texts, chance.randint(0, 2)):
        data = bytearray(file.read_bytes())
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))]
        for _ in range(chance.choice([1, 3, 30]) if data else 0):
            place = chance.randrange(min(len(data), 20_000) if chance.random() < 0.7 else len(data))
            data[place] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
    return folder


def test_spoilt_packages_end_with_a_programme_or_a_sentence(shared_data: Path, tmp_path: Path) -> None:
    for start in range(0, SEEDS, 50):
        folders = []
        for seed in range(start, min(start + 50, SEEDS)):
            source = shared_data / "packages" / PACKAGES[seed % len(PACKAGES)]
            folders.append(spoilt(source, tmp_path / f"seed{seed}", seed))
        verdicts = judged(folders, "--unchecked")
        wrong = {name: verdict for name, verdict in verdicts.items() if verdict[0] not in EXPECTED}
        assert not wrong
        assert len({kind for kind, _ in verdicts.values()}) > 1
        assert all(sentence.count("\n") == 0 for _, sentence in verdicts.values())
        for folder in folders:
            shutil.rmtree(folder)


EXPECTED = {"Programme", "DeliveryError", "MissingFiles", "MissingKey"}
