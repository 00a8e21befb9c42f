"""What the camera does in a shot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catalog.records import Estimate
from engines.probability import softmax

Floats = NDArray[np.float64]

MOVEMENTS = ("static", "pan", "tilt", "zoom", "dolly", "handheld")
"""dolly: the camera travels, so that near things move more than far ones; it shows as growth that is not uniform."""
_SURE = 0.5
_WEIGHTS = np.array(
    [
        (-13.073, -1.660, 2.605, -6.772, 5.792, 13.109),
        (-0.389, 0.803, -0.090, -0.482, -0.009, 0.166),
        (-0.519, 0.083, 1.075, -0.645, -0.128, 0.134),
        (-0.565, -0.301, 0.030, 0.484, 0.781, -0.429),
        (0.436, -1.119, -0.460, 0.559, 0.044, 0.538),
        (-0.477, -0.306, -0.075, -0.435, -0.491, 1.784),
        (0.942, 0.627, -0.196, -0.580, -0.206, -0.586),
        (1.698, -3.324, 1.264, 2.619, -0.288, -1.968),
        (-0.848, 1.156, 1.364, 0.914, -0.427, -2.159),
        (0.674, 0.595, -0.055, -2.096, -1.344, 2.226),
        (0.614, 1.034, -0.787, -1.000, -0.277, 0.418),
        (0.283, -0.662, 1.263, -0.703, -0.337, 0.156),
        (0.121, -0.559, -0.126, 0.425, 0.434, -0.296),
        (-1.833, -0.126, 0.397, 0.348, 0.456, 0.758),
        (0.592, -0.841, -0.218, 0.343, -0.034, 0.158),
        (-0.262, -0.322, -0.050, 0.486, 0.807, -0.659),
        (-1.258, -1.394, 0.949, 0.552, -0.386, 1.537),
    ]
)
"""[figures, movements]: as `python -m engines.training.movement --moves 1350` prints them."""
_SOURCE = "camera motion"


def movement(motions: Floats) -> Estimate:
    """The likeliest of MOVEMENTS for a shot's motions [pairs, 6] (engines.shots.motion), empty where that is unsure."""
    found = summary(motions)
    if found is None:
        return Estimate("", 0.0, _SOURCE)
    chances = softmax((found @ _WEIGHTS).astype(np.float32)[None])[0]
    best = int(chances.argmax())
    return Estimate(MOVEMENTS[best] if chances[best] >= _SURE else "", float(chances[best]), _SOURCE)


def summary(motions: Floats) -> Floats | None:
    """What tells movements apart [FIGURES] in a shot's motions [pairs, 6]; None where too little can be followed.

    Steady parts against shaking, and what is left unexplained against how much things grow.
    """
    seen = motions[~np.isnan(motions[:, 0])]
    if len(seen) < _FEWEST_PAIRS or seen[:, 5].mean() < _FOLLOWING:
        return None
    path = seen[:, :3] * (1, 1, 0.25)  # growth moves the picture's middle ring by a quarter of a width
    steady = np.abs(path.mean(axis=0)) + 1e-4
    shaking = np.abs(path - _smoothed(path)).mean(axis=0) + 1e-4
    constant = np.abs(path.mean(axis=0)) / (np.abs(path).mean(axis=0) + 1e-4)
    off = float(np.median(seen[:, 4])) + 1e-4
    strongest = steady.max()
    return np.array(
        [
            1.0,
            *np.log(steady),
            *np.log(shaking),
            *constant,
            *np.log(steady / strongest),
            np.log(off),
            np.log(off / strongest),
            np.log(steady[2] / off),
            float(seen[:, 5].mean()),
        ]
    )


_FOLLOWING = 0.25
"""Share of the picture that must follow one motion on average: in less, things that move hide what the camera does."""
_FEWEST_PAIRS = 3


def _smoothed(path: Floats) -> Floats:
    """Means over five pairs, fewer at the ends."""
    sums = np.cumsum(np.concatenate([np.zeros((1, path.shape[1])), path]), axis=0)
    at = np.arange(len(path))
    first, past = np.maximum(at - 2, 0), np.minimum(at + 3, len(path))
    return np.asarray((sums[past] - sums[first]) / (past - first)[:, None])
