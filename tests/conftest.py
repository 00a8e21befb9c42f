"""The one fixture that finds the shared films and pictures, and the marks tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Labelled pictures, clips and packages: $REELWATCH_SHARED_DATA, or ../shared/data beside us."""
    named = os.environ.get("REELWATCH_SHARED_DATA")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "data"
    if not (folder / "video" / "cuts.csv").is_file():
        pytest.skip(f"the shared films and pictures are not at {folder}; set REELWATCH_SHARED_DATA")
    return folder
