"""The whole analysis of one programme: shots, key frames, what is in them, and what follows for the title."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from catalog.records import Analysis, ModelRun, Shot, Title, TrackRecord, Transition
from engines.active_picture import ActivePictureFinder
from engines.beats import find_beats
from engines.cards import ModelCard
from engines.compact import CompactModel
from engines.hearing import hear, with_loudness
from engines.judging import judged, shows_something
from engines.runtimes import Runtime
from engines.score import score_title
from engines.segments import SegmentFinder
from engines.shots.detector import ShotDetector
from engines.shots.scenes import find_scenes
from engines.tags import summarise
from media.findings import Finding
from media.programme import Picture, Reader

KEY_FRAME_WIDTH = 640
_BATCH = 8
_PROGRESS_FRAMES = 24
_OF_A_PASS = ("scale", "setting", "tags")

OnKeyFrame = Callable[[int, Picture], None]
"""Called with a shot's number and its key frame, RGB, at most KEY_FRAME_WIDTH wide."""
OnProgress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is, 0 to 1."""


@dataclass(frozen=True)
class Models:
    """The models of an analysis, loaded once."""

    compact: CompactModel


def load_models() -> Models:
    """Loads the embedded models. Raises engines.cards.CardError where a file is missing or damaged."""
    return Models(CompactModel.load())


def analyse(reader: Reader, models: Models, on_key_frame: OnKeyFrame, progress: OnProgress) -> Analysis:
    """Looks at every frame once for shots and segments, then at each shot's key frame for the rest; hears all sound.

    A shot whose key frame is black or cannot be decoded keeps its place, with nothing said of its picture.
    """
    detector = ShotDetector()
    started = time.perf_counter()
    segments, active_picture = SegmentFinder(reader.programme.rate), ActivePictureFinder()
    transitions, shots = _find_shots(reader, detector, segments, progress)
    found = time.perf_counter()

    def on_picture(shot: int, picture: Picture) -> None:
        active_picture.push(picture)
        on_key_frame(shot, picture)

    judged_shots = tuple(_judge(reader, models.compact, shots, on_picture, progress))
    done = time.perf_counter()
    heard = hear(reader.programme, lambda share: progress("measuring sound", share))
    judged_shots = with_loudness(judged_shots, reader.programme, heard)
    return Analysis(
        title=_title(reader, heard.findings),
        transitions=transitions,
        shots=judged_shots,
        tags=summarise(judged_shots),
        beats=find_beats(judged_shots),
        scores=score_title(models.compact, reader.programme.source),
        runs=(
            _run("shots", detector.card, detector.runtime, found - started),
            # One forward pass serves these three, so each names the same seconds.
            *(_run(engine, models.compact.card, models.compact.runtime, done - found) for engine in _OF_A_PASS),
        ),
        analysed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        app_version=version("reelwatch"),
        scenes=tuple(find_scenes(judged_shots)),
        stretches=tuple(sorted((*segments.finish(), *heard.silences), key=lambda stretch: stretch.start)),
        loudness=heard.loudness,
        active_picture=active_picture.finish(),
    )


def _find_shots(
    reader: Reader, detector: ShotDetector, segments: SegmentFinder, progress: OnProgress
) -> tuple[tuple[Transition, ...], tuple[Shot, ...]]:
    frames = reader.programme.frames
    for index, thumbnail in reader.thumbnails():
        detector.push(index, thumbnail)
        segments.push(index, thumbnail)
        if index % _PROGRESS_FRAMES == 0:
            progress("finding shots", index / frames)
    return detector.finish(frames)


def _judge(
    reader: Reader, model: CompactModel, shots: Sequence[Shot], on_key_frame: OnKeyFrame, progress: OnProgress
) -> Iterator[Shot]:
    """Shots in batches, so that no more than a batch of pictures is held."""
    for start in range(0, len(shots), _BATCH):
        batch = shots[start : start + _BATCH]
        pictures = dict(reader.pictures([shot.key_frame for shot in batch], KEY_FRAME_WIDTH))
        seen = [shot for shot in batch if shot.key_frame in pictures and shows_something(pictures[shot.key_frame])]
        judgement = model.judge([pictures[shot.key_frame] for shot in seen])
        for shot in batch:
            if shot.key_frame in pictures:
                on_key_frame(shot.number, pictures[shot.key_frame])
            yield judged(shot, model, judgement, seen.index(shot)) if shot in seen else shot
        progress("looking at key frames", (start + len(batch)) / len(shots))


def _run(engine: str, card: ModelCard, runtime: Runtime, seconds: float) -> ModelRun:
    return ModelRun(engine, card.name, card.sha256, runtime.name, runtime.precision, seconds)


def _title(reader: Reader, heard: Sequence[Finding]) -> Title:
    programme = reader.programme
    return Title(
        name=programme.name,
        kind=programme.kind,
        source=str(programme.source),
        identity=programme.identity,
        rate=programme.rate,
        frames=programme.frames,
        start_frame=programme.start_frame,
        drop_frame=programme.drop_frame,
        width=programme.width,
        height=programme.height,
        codec=programme.codec,
        colour=programme.colour,
        tracks=tuple(TrackRecord(**vars(track)) for track in programme.tracks),
        findings=(*programme.findings, *reader.findings, *heard),
    )
