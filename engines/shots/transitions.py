"""From what the network says of each frame to transitions, and from transitions to shots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from catalog.records import Transition, TransitionKind

Floats = NDArray[np.float32]

GRADUAL_KINDS: tuple[TransitionKind, ...] = ("dissolve", "fade out", "fade in", "wipe")
CUT_THRESHOLD = 0.5
GRADUAL_THRESHOLD = 0.5
_SHORTEST_GRADUAL = 2
_NEEDED = ((4, 0.75), (8, 0.6))
_NEEDED_WIPE = (6, 0.85)
"""Shorter than so many frames, a gradual transition needs this mean probability: in fast motion the network sees
wipes and dissolves of a few frames that are none, while real ones are rare."""
_APART = 2
"""Of cuts this close the likeliest is kept; inserts of 3 frames stay visible."""
_CUT_INSIDE = 0.9
"""A cut inside a gradual transition must be this likely."""


def transitions_in(cut: Floats, kinds: Floats) -> list[Transition]:
    """Transitions from probabilities: cut [T], that a frame is the first of a shot; kinds [T, 5], of none and each
    of GRADUAL_KINDS."""
    gradual = list(_gradual(kinds))
    inside = np.zeros(len(cut) + 1, bool)
    for each in gradual:
        inside[max(0, each.start - 1) : each.end + 2] = True
    found = [*gradual, *_cuts(cut, inside)]
    return sorted(found, key=lambda each: (each.start, each.end))


def _gradual(kinds: Floats) -> Iterator[Transition]:
    share = 1 - kinds[:, 0]
    likeliest = kinds[:, 1:].argmax(axis=1)
    for start, end in _runs(share > GRADUAL_THRESHOLD):
        for first, last in _pieces(likeliest, start, end):
            if last - first >= _SHORTEST_GRADUAL:
                kind = GRADUAL_KINDS[int(kinds[first:last, 1:].sum(axis=0).argmax())]
                confidence = float(share[first:last].mean())
                if confidence >= _needed(kind, last - first):
                    yield Transition(kind, first, last, confidence)


def _needed(kind: TransitionKind, frames: int) -> float:
    limits = (*_NEEDED, _NEEDED_WIPE) if kind == "wipe" else _NEEDED
    return max((needed for longest, needed in limits if frames < longest), default=0.0)


def _pieces(likeliest: NDArray[np.int64], start: int, end: int) -> Iterator[tuple[int, int]]:
    """A run divided where a fade out turns into a fade in; other changes of mind are one transition."""
    out = np.flatnonzero(likeliest[start:end] == GRADUAL_KINDS.index("fade out"))
    into = np.flatnonzero(likeliest[start:end] == GRADUAL_KINDS.index("fade in"))
    if len(out) and len(into) and out.mean() < into.mean():
        turn = start + (int(out.max()) + int(into.min()) + 1) // 2
        yield from ((start, turn), (turn, end))
    else:
        yield start, end


def _cuts(cut: Floats, inside: NDArray[np.bool_]) -> Iterator[Transition]:
    for index in np.flatnonzero(cut > CUT_THRESHOLD):
        around = cut[max(0, index - _APART) : index + _APART + 1]
        if index == 0 or cut[index] < around.max() or (inside[index] and cut[index] < _CUT_INSIDE):
            continue
        yield Transition("cut", int(index), int(index), float(cut[index]))


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


@dataclass(frozen=True)
class Span:
    """Frames [start, end) of a shot, its own frames [clean_start, clean_end) outside transitions, and how it comes."""

    start: int
    end: int
    clean_start: int
    clean_end: int
    transition_in: Transition | None


def spans_between(transitions: Sequence[Transition], frames: int) -> list[Span]:
    """Shots such that each frame of the film is in exactly one.

    A cut parts at its frame, a dissolve or wipe in its middle, a fade in at its first frame. A fade out parts at its
    end, but when a fade in follows, the plain frames between belong to the shot that faded.
    """
    boundaries: list[tuple[int, Transition]] = []
    for each, following in zip_longest(transitions, transitions[1:]):
        if each.kind == "fade out" and following is not None and following.kind == "fade in":
            continue
        at = {"cut": each.start, "fade in": each.start, "fade out": each.end}.get(
            each.kind, (each.start + each.end) // 2
        )
        if 0 < at < frames and (not boundaries or boundaries[-1][0] < at):
            boundaries.append((at, each))
    starts = [0, *(at for at, _ in boundaries)]
    ends = [*(at for at, _ in boundaries), frames]
    coming = [None, *(each for _, each in boundaries)]
    busy = np.zeros(frames, bool)
    for each in transitions:
        busy[each.start : each.end] = True
    return [
        Span(start, end, *_clean(busy, start, end), each)
        for start, end, each in zip(starts, ends, coming, strict=True)
        if end > start
    ]


def _clean(busy: NDArray[np.bool_], start: int, end: int) -> tuple[int, int]:
    own = np.flatnonzero(~busy[start:end])
    return (start + int(own[0]), start + int(own[-1]) + 1) if len(own) else (start, end)
