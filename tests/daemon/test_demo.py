from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def test_the_demo_finds_the_cuts_it_drew(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "daemon.cli", "demo", "--library", str(tmp_path / "library")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    cuts = re.findall(r"^  cut at (\d+) +(?:cut at (\d+)|missed)$", ran.stdout, re.MULTILINE)
    assert len(cuts) == 9
    assert sum(abs(int(true) - int(found or -9)) <= 1 for true, found in cuts) >= 8
    assert "dissolve at" in ran.stdout
    report = Path(re.findall(r"^The report is (.+)$", ran.stdout, re.MULTILINE)[0])
    assert "library-data.js" in report.read_text(encoding="utf-8")
    again = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stdout) == (0, ran.stdout)
