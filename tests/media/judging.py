"""Runs judge.py over deliveries in child processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
JUDGE = Path(__file__).with_name("judge.py")


def judged(paths: list[Path], *options: str) -> dict[str, tuple[str, str]]:
    """Verdicts of a child process; a file that ends it is judged "died", and a new child takes the rest."""
    verdicts: dict[str, tuple[str, str]] = {}
    waiting = list(paths)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    while waiting:
        command = [sys.executable, str(JUDGE), *options, *map(str, waiting)]
        child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
        for line in child.stdout.splitlines():
            name, kind, sentence = json.loads(line)
            verdicts[name] = (f"died ({child.returncode})" if kind == "started" else kind, sentence)
        assert verdicts, child.stderr
        waiting = [path for path in waiting if path.name not in verdicts]
    return verdicts
