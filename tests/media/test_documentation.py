"""docs/deliveries.md promises nothing without a test."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_row_of_the_table_names_a_test_that_exists() -> None:
    text = (HERE.parents[1] / "docs" / "deliveries.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Delivery")]
    tests = set(re.findall(r"^def (test_\w+)", "\n".join(file.read_text() for file in HERE.glob("test_*.py")), re.M))
    assert len(rows) > 45
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert len(named) == 1, row
        assert named[0] in tests, row
