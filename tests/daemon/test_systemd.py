from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daemon.config import read_settings

UNITS = Path(__file__).resolve().parents[2] / "systemd"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The service with its drop-ins, as installed, but for the program, which has to exist to be verified."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    shutil.copytree(UNITS, tmp_path / "units")
    file = tmp_path / "units/reelwatch.service"
    file.write_text(file.read_text().replace("/opt/reelwatch/bin/reelwatch", "/bin/true"))
    return file


def test_systemd_accepts_the_unit_with_its_drop_ins(unit: Path) -> None:
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True)
    ours = [line for line in checked.stderr.splitlines() if "reelwatch" in line]
    assert (checked.returncode, ours) == (0, [])


def test_systemd_rates_the_exposure_as_low(unit: Path) -> None:
    shutil.rmtree(unit.with_name("reelwatch.service.d"))
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", rated.stdout)
    assert exposure is not None, rated.stderr
    assert float(exposure[1]) < 2


def test_the_sample_configuration_is_the_defaults(tmp_path: Path) -> None:
    sample, plain = read_settings(UNITS / "reelwatch.toml"), tmp_path / "plain.toml"
    plain.write_text('library = "/var/lib/reelwatch"\n[[ingest]]\npath = "/srv/ingest"\n', encoding="utf-8")
    assert sample == read_settings(plain)
