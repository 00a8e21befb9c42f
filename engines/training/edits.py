"""Synthetic edits with exact truth, joined from takes: thumbnails of shots that hold no transition of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.records import Transition, TransitionKind
from engines.training.shot_traps import spoil_edit, spoil_shot
from engines.training.wipes import mask

Take = NDArray[np.uint8]
"""[frames, height, width, 3], RGB. A single frame is a still, over which a camera is moved."""
Floats = NDArray[np.float32]
HEIGHT, WIDTH = 72, 128


@dataclass(frozen=True)
class Edit:
    """A sequence of thumbnails [frames, 72, 128, 3] and the transitions in it."""

    frames: Take
    transitions: tuple[Transition, ...]


@dataclass(frozen=True)
class _Join:
    """Frames between two shots, what is left of the second, and transitions counted from the first joined frame."""

    before: Floats
    between: Floats
    after: Floats
    transitions: tuple[tuple[TransitionKind, int, int], ...]


def make_edit(takes: Sequence[Take], length: int, seed: int) -> Edit:
    """At least `length` frames of shots joined by cuts, dissolves, fades and wipes, with flashes and other traps.

    The same seed gives the same edit. Neighbouring takes are often joined: shots of one scene look alike.
    """
    rng = np.random.default_rng(seed)
    choice = int(rng.integers(len(takes)))
    shot = _shot(rng, takes[choice])
    parts: list[Floats] = []
    transitions: list[Transition] = []
    done = 0
    while done + len(shot) < length:
        step = int(rng.integers(-3, 4)) if rng.random() < 0.5 else int(rng.integers(len(takes)))
        choice = (choice + step) % len(takes)
        kind = _JOINS[int(rng.choice(len(_JOINS), p=_SHARES))]
        join = kind(rng, shot, _shot(rng, takes[choice]))
        at = done + len(join.before)
        transitions += [Transition(name, at + start, at + end, 1.0) for name, start, end in join.transitions]
        parts += [join.before, join.between]
        done = at + len(join.between)
        shot = join.after
    frames = spoil_edit(rng, np.concatenate([*parts, shot]))
    return Edit(np.clip(frames + 0.5, 0, 255).astype(np.uint8), tuple(transitions))


def _shot(rng: np.random.Generator, take: Take) -> Floats:
    """4 to 150 frames of a take: at another speed, mirrored, reframed, with traps that are no transitions."""
    length = int(np.exp(rng.uniform(np.log(4), np.log(150))))
    if len(take) == 1:
        frames = _camera_over(rng, take[0], length)
    else:
        speed = rng.choice([1.0, 1.0, 1.0, 0.5, 1.5, 2.0])
        length = max(3, min(length, int(len(take) / speed)))
        first = rng.uniform(0, max(0.0, len(take) - length * speed) + 1e-6)
        picked = np.clip((first + np.arange(length) * speed).astype(np.int64), 0, len(take) - 1)
        frames = take[picked].astype(np.float32)
        if rng.random() < 0.3:
            frames = _reframed(rng, frames)
    if rng.random() < 0.5:
        frames = frames[:, :, ::-1]
    gain, gamma = rng.uniform(0.75, 1.2), rng.uniform(0.8, 1.25)
    exposed = 255 * np.clip(frames / 255 * gain, 0, 1) ** gamma
    return spoil_shot(rng, exposed.astype(np.float32))


def _camera_over(rng: np.random.Generator, still: NDArray[np.uint8], length: int) -> Floats:
    """Pan, tilt and zoom over a still at up to 5 % of its width a frame, eased in and out, or none at all."""
    height, width = still.shape[:2]
    moves = rng.random() < 0.75
    zooms = rng.uniform(0.45, 0.95, 2) if moves else np.full(2, rng.uniform(0.6, 1.0))
    fastest = 0.05 * length
    ease = np.linspace(0, 1, length)
    ease = ease * ease * (3 - 2 * ease) if rng.random() < 0.5 else ease
    zoom = zooms[0] + (zooms[1] - zooms[0]) * ease
    starts = rng.random(2)
    ends = np.clip(starts + rng.uniform(-1, 1, 2) * fastest, 0, 1) if moves else starts
    frames = np.empty((length, HEIGHT, WIDTH, 3), np.float32)
    for index in range(length):
        rows, columns = height * zoom[index], width * zoom[index]
        top = (height - rows) * (starts[0] + (ends[0] - starts[0]) * ease[index])
        left = (width - columns) * (starts[1] + (ends[1] - starts[1]) * ease[index])
        frames[index] = _sampled(still, top, left, rows, columns)
    return frames


def _sampled(picture: NDArray[np.uint8], top: float, left: float, rows: float, columns: float) -> Floats:
    """Bilinear samples of a window of a picture."""
    y = np.clip(top + (np.arange(HEIGHT) + 0.5) * rows / HEIGHT - 0.5, 0, picture.shape[0] - 1.001)
    x = np.clip(left + (np.arange(WIDTH) + 0.5) * columns / WIDTH - 0.5, 0, picture.shape[1] - 1.001)
    y0, x0 = y.astype(np.int64), x.astype(np.int64)
    dy, dx = (y - y0)[:, None, None].astype(np.float32), (x - x0)[None, :, None].astype(np.float32)
    upper = picture[y0][:, x0] * (1 - dx) + picture[y0][:, x0 + 1] * dx
    lower = picture[y0 + 1][:, x0] * (1 - dx) + picture[y0 + 1][:, x0 + 1] * dx
    mixed: Floats = (upper * (1 - dy) + lower * dy).astype(np.float32)
    return mixed


def _reframed(rng: np.random.Generator, frames: Floats) -> Floats:
    """A closer framing of the same take, as a second camera would give."""
    zoom = rng.uniform(0.5, 0.9)
    rows = (rng.uniform(0, 1 - zoom) * HEIGHT + np.arange(HEIGHT) * zoom).astype(np.int64)
    columns = (rng.uniform(0, 1 - zoom) * WIDTH + np.arange(WIDTH) * zoom).astype(np.int64)
    return frames[:, rows][:, :, columns]


def _cut(rng: np.random.Generator, one: Floats, two: Floats) -> _Join:
    return _Join(one, one[:0], two, (("cut", 0, 0),))


def _dissolve(rng: np.random.Generator, one: Floats, two: Floats) -> _Join:
    n = _duration(rng, one, two, 2, 60)
    if n < 2:
        return _cut(rng, one, two)
    share = ((np.arange(n) + 1) / (n + 1)).astype(np.float32)[:, None, None, None]
    mixed = one[len(one) - n :] * (1 - share) + two[:n] * share
    return _Join(one[: len(one) - n], mixed, two[n:], (("dissolve", 0, n),))


def _fade(rng: np.random.Generator, one: Floats, two: Floats) -> _Join:
    """Out to a colour and in again, out and then a cut, or a cut to it and then in; mostly black, sometimes white."""
    colour = np.float32(rng.choice([0, 0, 0, 0, 255]))
    out = _duration(rng, one, one, 3, 50) if rng.random() < 0.75 else 0
    into = _duration(rng, two, two, 3, 50) if rng.random() < 0.75 or not out else 0
    hold = int(rng.integers(1, 24))
    going = np.linspace(1, 0, out + 2, dtype=np.float32)[1:-1, None, None, None]
    coming = np.linspace(0, 1, into + 2, dtype=np.float32)[1:-1, None, None, None]
    plain = np.full((hold, *one.shape[1:]), colour, np.float32)
    leaving = colour + (one[len(one) - out :] - colour) * going
    entering = colour + (two[:into] - colour) * coming
    found: list[tuple[TransitionKind, int, int]] = []
    found.append(("fade out", 0, out) if out else ("cut", 0, 0))
    # A rise starts with the first frame that is no longer plain, and a hard start after a fade is a cut.
    found.append(("fade in", out + hold, out + hold + into) if into else ("cut", out + hold, out + hold))
    between = np.concatenate([leaving, plain, entering])
    return _Join(one[: len(one) - out], between, two[into:], tuple(found))


def _wipe(rng: np.random.Generator, one: Floats, two: Floats) -> _Join:
    n = _duration(rng, one, two, 4, 45)
    if n < 4:
        return _cut(rng, one, two)
    shape = int(rng.integers(1 << 30))
    mixed = np.empty((n, *one.shape[1:]), np.float32)
    for index in range(n):
        cover = mask(shape, (index + 1) / (n + 1), HEIGHT, WIDTH)[..., None]
        mixed[index] = one[len(one) - n + index] * (1 - cover) + two[index] * cover
    return _Join(one[: len(one) - n], mixed, two[n:], (("wipe", 0, n),))


def _duration(rng: np.random.Generator, one: Floats, two: Floats, least: int, most: int) -> int:
    """Log-uniform, but both shots keep a frame of their own; 0 where they are too short."""
    room = min(len(one), len(two)) - 1
    if room < least:
        return 0
    return int(np.exp(rng.uniform(np.log(least), np.log(min(most, room) + 0.99))))


_JOINS: tuple[Callable[[np.random.Generator, Floats, Floats], _Join], ...] = (_cut, _dissolve, _fade, _wipe)
_SHARES = (0.62, 0.16, 0.14, 0.08)
