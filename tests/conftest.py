"""The one fixture that finds the shared films and pictures, and the marks tests share."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from catalog.records import (
    Analysis,
    Beat,
    Estimate,
    ModelRun,
    Scene,
    Score,
    Shot,
    TagSummary,
    Title,
    TrackRecord,
    Transition,
)
from media.findings import Finding

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Labelled pictures, clips and packages: $REELWATCH_SHARED_DATA, or ../shared/data beside us."""
    named = os.environ.get("REELWATCH_SHARED_DATA")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "data"
    if not (folder / "video" / "cuts.csv").is_file():
        pytest.skip(f"the shared films and pictures are not at {folder}; set REELWATCH_SHARED_DATA")
    return folder


@pytest.fixture
def analysis() -> Analysis:
    """A small title with a bit of everything: drop frame, an unsure and an unmeasured value, a finding."""
    title = Title(
        name="The Séance",
        kind="dcp",
        source="/in/seance",
        identity="urn:uuid:1",
        rate=Fraction(30000, 1001),
        frames=300,
        start_frame=107892,
        drop_frame=True,
        width=1998,
        height=1080,
        codec="jpeg2000",
        colour="xyz",
        tracks=(
            TrackRecord("picture", "j2c.mxf", "jpeg2000", "2K", ""),
            TrackRecord("sound", "pcm.mxf", "pcm", "5.1", "en"),
        ),
        findings=(Finding("duplicate asset id", "warning", "Two files share an id.", "ASSETMAP", "Asset/Id"),),
    )
    shots = (
        Shot(
            1, 0, 100, 50, None, 0.0, Estimate("CU", 0.8, "compact"), Estimate("INT", 0.9, "compact"),
            Estimate("", 0.55, "compact"), None, {"forest": 0.9, "music": 0.6}, "compact",
            np.arange(4, dtype=np.float16),
        ),
        Shot(2, 100, 300, 180, "dissolve", 0.7),
    )  # fmt: skip
    return Analysis(
        title=title,
        transitions=(Transition("dissolve", 95, 105, 0.7),),
        shots=shots,
        tags=(TagSummary("forest", 0.45, 1.0, 1, "compact"), TagSummary("music", 0.3, 0.0, 1, "compact")),
        beats=(Beat(1, 1, 2, "pursuit", 0.6, "rule"),),
        scores=(Score("rating", None, None, None, "", "not measured"),),
        runs=(ModelRun("scale", "compact", "ab" * 32, "onnxruntime", "fp32", 1.5),),
        analysed_at="2026-11-21T08:00:00+00:00",
        app_version="0.1.0",
        scenes=(Scene(1, 1, 2),),
    )
