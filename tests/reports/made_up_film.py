"""A made-up film: shots, tags, beats and scores as an analysis would leave them, and drawn key frames."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from sqlite_utils import Database

from catalog.records import (
    PERSON,
    SCALES,
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
from media.programme import Picture

TAGS = ("forest", "violence", "music", "weapon", "smoking", "war", "family", "car_chase", "animal", "horror")
MODEL = "compact"


def make_analysis(
    shots: int = 40, name: str = "The Lantern Keepers", identity: str = "urn:uuid:made-up", seed: int = 7
) -> Analysis:
    chance = random.Random(seed)
    cuts = [0]
    for number in range(shots):
        pace = 40 if shots // 2 < number < shots * 3 // 4 else 110
        cuts.append(cuts[-1] + max(8, int(chance.lognormvariate(0, 0.7) * pace)))
    made = tuple(_shot(number, cuts[number - 1], cuts[number], chance) for number in range(1, shots + 1))
    return Analysis(
        title=_title(name, identity, cuts[-1]),
        transitions=tuple(
            Transition(shot.transition_in, shot.start, shot.start + (0 if shot.transition_in == "cut" else 12), 0.9)
            for shot in made
            if shot.transition_in
        ),
        shots=made,
        tags=_tags(made),
        beats=_beats(shots),
        scores=(
            Score("rating", "6.4", 5.1, 7.6, "compact", "from the poster"),
            Score("success", None, None, None, "", "not measured"),
            Score("genre", "Adventure", None, None, "compact", ""),
        ),
        runs=(
            ModelRun("scale", MODEL, "ab" * 32, "onnxruntime", "fp32", 12.5),
            ModelRun("tags", MODEL, "ab" * 32, "onnxruntime", "fp32", 12.5),
            ModelRun("shots", "luminance difference", "", "numpy", "fp32", 95.0),
        ),
        analysed_at="2026-11-21T08:00:00+00:00",
        app_version="0.1.0",
        scenes=_scenes(shots),
    )


def draw_key_frame(shot: Shot) -> Picture:
    """Sky, ground and a figure as large as the shot's scale says, 384 by 160."""
    night = bool(shot.time_of_day and shot.time_of_day.value == "NIGHT")
    height, width = 160, 384
    y, x = np.mgrid[0:height, 0:width]
    hue = (shot.number * 37) % 100 / 100
    sky = np.array([60, 90, 140]) * (0.35 if night else 1.2) + np.array([90, 40, -40]) * hue
    ground = np.array([110, 95, 60]) * (0.4 if night else 1.0) + np.array([-30, 40, 30]) * hue
    horizon = 70 + 30 * np.sin(shot.number + x / 90)
    picture = np.where((y < horizon)[..., None], sky * (0.7 + 0.5 * y[..., None] / height), ground)
    scale = shot.scale.value if shot.scale else ""
    size = {"EWS": 6, "LS": 16, "MLS": 26, "MS": 36, "MCU": 52, "CU": 74, "ECU": 130}.get(scale, 20)
    middle = 192 + 70 * np.sin(shot.number * 1.7)
    head = (x - middle) ** 2 + 1.3 * (y - 75) ** 2 < size**2
    body = (abs(x - middle) < size * 1.5) & (y > 75 + size)
    picture = np.where(body[..., None], np.array([40, 44, 60]), picture)
    picture = np.where(head[..., None], np.array([205, 160, 130]) * (0.6 if night else 1.0), picture)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _title(name: str, identity: str, frames: int) -> Title:
    return Title(
        name=name,
        kind="dcp",
        source="/deliveries/" + name,
        identity=identity,
        rate=Fraction(24),
        frames=frames,
        start_frame=86400,
        drop_frame=False,
        width=2048,
        height=858,
        codec="jpeg2000",
        colour="xyz",
        tracks=(
            TrackRecord("picture", "lantern_r1_j2c.mxf", "jpeg2000", "2048 x 858, 24 fps", ""),
            TrackRecord("sound", "lantern_r1_pcm.mxf", "pcm_s24le", "6 channels, 48 kHz", "en"),
        ),
        findings=(
            Finding(
                "duplicate asset id", "warning", "Two files share an id.", "ASSETMAP.xml", "Id", "1 file", "2 files"
            ),
            Finding("unknown annotation", "note", "The annotation text is empty.", "CPL.xml"),
        ),
    )


def _shot(number: int, start: int, end: int, chance: random.Random) -> Shot:
    scale = chance.choices(SCALES, (2, 4, 3, 6, 6, 5, 1))[0]
    sure = chance.random() > 0.08
    by = PERSON if number % 17 == 0 else MODEL
    return Shot(
        number=number,
        start=start,
        end=end,
        key_frame=(start + end) // 2,
        transition_in=None if number == 1 else chance.choices(("cut", "dissolve", "fade in"), (20, 1, 1))[0],
        transition_confidence=0.9,
        scale=Estimate(scale if sure else "", 0.4 + 0.6 * chance.random(), by if sure else MODEL),
        place=Estimate(("INT" if (number // 9) % 2 else "EXT") if number % 23 else "", 0.93, MODEL),
        time_of_day=Estimate("NIGHT" if (number // 13) % 3 == 0 else "DAY", 0.88, MODEL),
        tags={tag: round(0.4 + 0.6 * chance.random(), 3) for tag in TAGS if chance.random() < 0.14},
        tag_source=MODEL,
    )


def _tags(shots: tuple[Shot, ...]) -> tuple[TagSummary, ...]:
    weights = {
        tag: sum(tag in shot.tags for shot in shots) / len(shots) * sum(shot.tags.get(tag, 0) for shot in shots)
        for tag in TAGS
    }
    least, most = min(weights.values()), max(weights.values())
    return tuple(
        TagSummary(tag, weight, (weight - least) / (most - least), sum(tag in shot.tags for shot in shots), MODEL)
        for tag, weight in weights.items()
        if weight
    )


def _scenes(shots: int) -> tuple[Scene, ...]:
    """Of nine shots each."""
    starts = range(1, shots + 1, 9)
    return tuple(Scene(number, start, min(shots, start + 8)) for number, start in enumerate(starts, 1))


def _beats(shots: int) -> tuple[Beat, ...]:
    step, source = shots // 6, "window rule over tags"
    names = ("romance", "pursuit", "battle", "joy")
    return tuple(
        Beat(place + 1, 1 + (place + 1) * step, (place + 1) * step + max(2, step // 2), name, 0.6, source)
        for place, name in enumerate(names)
        if step
    )


def add_job(db: Database, path: str, state: str, reason: str = "", progress: float = 0.0) -> None:
    now = "2026-11-21T09:00:00+00:00"
    row = {"path": path, "kind": "file", "state": state, "reason": reason, "progress": progress}
    db["jobs"].insert({**row, "created_at": now, "updated_at": now})
