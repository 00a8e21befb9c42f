"""Loudness by EBU R 128 and ITU-R BS.1770-4, measured while the sound passes.

Memory grows by 12 bytes for each 10 ms of sound: 9 MB for a film of two hours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""[samples, channels] at SAMPLE_RATE, full scale 1."""
Floats = NDArray[np.float64]

SAMPLE_RATE = 48_000
FLOOR = -70.0
"""LUFS; BS.1770-4 gates what is softer. Stands for anything softer where a number is wanted."""
SILENT = 10 ** (-60 / 20)
"""A sample peak under -60 dBFS counts as silence."""
_GATE_LU = 10.0
_RANGE_GATE_LU = 20.0
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)
"""b0 b1 b2, a1 a2 of the two stages of K-weighting at 48 kHz (BS.1770-4 annex 1, tables 1 and 2)."""
_TICK = SAMPLE_RATE // 100
_CHUNK = SAMPLE_RATE // 10
_RUN = 40
"""Samples filtered by one matrix product. Any divisor of _CHUNK gives the same result; with this one no product is so
large that OpenBLAS shares it among threads, which on a busy machine made it many times slower."""
_PHASES, _TAPS = 4, 24
"""True peak: four times oversampled (BS.1770-4 annex 2) by a windowed sinc of 24 taps a phase."""


class LoudnessMeter:
    """Push all sound in order, then ask. weights: of each channel (BS.1770-4 table 3), 0 for LFE and channels unheard.

    A channel of weight 0 counts neither for loudness nor for peaks.
    """

    def __init__(self, weights: Sequence[float]) -> None:
        self._heard = np.flatnonzero(np.asarray(weights) > 0)
        self._weights = np.asarray(weights, np.float64)[self._heard]
        self._filter = _KWeighting(len(self._heard))
        self._true_peak = _TruePeak(len(self._heard))
        self._rest: Samples = np.zeros((0, len(self._heard)), np.float32)
        self._energy: list[Floats] = []
        self._peaks: list[NDArray[np.float32]] = []

    def push(self, samples: Samples) -> None:
        """[samples, channels]; NaN and infinities count as 0."""
        heard = np.nan_to_num(samples[:, self._heard], nan=0.0, posinf=0.0, neginf=0.0)
        joined = np.concatenate([self._rest, heard])
        whole = len(joined) // _CHUNK * _CHUNK
        self._take(joined[:whole])
        self._rest = joined[whole:]

    def finish(self) -> None:
        """Takes in what is left, filled up with silence to 10 ms; call once, before asking."""
        left = -(-len(self._rest) // _TICK)
        self._take(np.pad(self._rest, ((0, -len(self._rest) % _CHUNK), (0, 0))))
        if left:
            over = left - _CHUNK // _TICK
            self._energy[-1] = self._energy[-1][:over] if over else self._energy[-1]
            self._peaks[-1] = self._peaks[-1][:over] if over else self._peaks[-1]
        self._rest = self._rest[:0]

    def _take(self, samples: Samples) -> None:
        if not len(samples):
            return
        weighted = self._filter.process(samples)
        ticks = weighted.reshape(-1, _TICK, len(self._weights))
        self._energy.append(np.einsum("tsc,tsc->tc", ticks, ticks) @ self._weights / _TICK)
        peaks = np.abs(samples).reshape(-1, _TICK * len(self._weights))
        self._peaks.append(peaks.max(axis=1, initial=0.0))
        self._true_peak.push(samples)

    def integrated(self) -> float | None:
        """LUFS over all, in blocks of 400 ms that overlap by 75 %, gated at -70 LUFS and 10 LU under what is left
        (BS.1770-4 annex 1). None where nothing is above the gate."""
        blocks = self._windows(40)
        blocks = blocks[blocks > _energy_of(FLOOR)]
        if not len(blocks):
            return None
        return _lufs(float(blocks[blocks > _energy_of(_lufs(float(blocks.mean())) - _GATE_LU)].mean()))

    def range(self) -> float | None:
        """LU between the 10th and the 95th percentile of the loudness in windows of 3 s, gated at -70 LUFS and 20 LU
        under what is left (EBU Tech 3342). None for less than 3 s, or where nothing is above the gate."""
        blocks = self._windows(300)
        blocks = blocks[blocks > _energy_of(FLOOR)]
        if not len(blocks):
            return None
        blocks = blocks[blocks > _energy_of(_lufs(float(blocks.mean())) - _RANGE_GATE_LU)]
        low, high = np.percentile(10 * np.log10(blocks), [10, 95], method="nearest")
        return float(high - low)

    def true_peak(self) -> float | None:
        """dBTP, the highest of all channels; None for digital silence."""
        peak = self._true_peak.highest
        return 20 * float(np.log10(peak)) if peak > 0 else None

    def between(self, start: float, end: float) -> float | None:
        """LUFS of the mean energy from `start` to `end` in seconds, ungated, good to 10 ms; FLOOR for anything softer.
        None where the sound does not reach."""
        energy = self._ticks()[round(start * 100) : max(round(end * 100), round(start * 100) + 1)]
        return max(FLOOR, _lufs(float(energy.mean()))) if len(energy) else None

    def silences(self, shortest: float = 1.0) -> list[tuple[float, float]]:
        """Stretches of at least `shortest` seconds with all sample peaks under -60 dBFS: (start, end) in seconds."""
        quiet = np.concatenate([[False], *(peaks < SILENT for peaks in self._peaks), [False]])
        turns = np.flatnonzero(quiet[1:] != quiet[:-1])
        pairs = zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
        return [(start / 100, end / 100) for start, end in pairs if end - start >= shortest * 100]

    def _ticks(self) -> Floats:
        return np.concatenate(self._energy) if self._energy else np.zeros(0)

    def _windows(self, ticks: int) -> Floats:
        """Mean energy of every window of so many ticks that starts at a multiple of 100 ms and is full."""
        sums = np.concatenate([[0.0], np.cumsum(self._ticks())])
        starts = np.arange(0, max(0, len(sums) - ticks), 10)
        energies: Floats = np.maximum(0.0, sums[starts + ticks] - sums[starts]) / ticks
        return energies


class _KWeighting:
    """Both biquads as one system of four states, run over whole chunks by matrix products.

    Inside a run of samples the output is a Toeplitz matrix times the input plus what the state at its start gives.
    The states at the starts of runs are stepped through for all chunks at once, as if each began at rest; what the
    chunks before left is added after. Exact, and no loop over samples.
    """

    def __init__(self, channels: int) -> None:
        a, b, c, d = _cascade(_system(*_SHELF), _system(*_HIGH_PASS))
        powers = [np.eye(4)]
        for _ in range(_RUN):
            powers.append(powers[-1] @ a)
        response = np.array([d, *(float(c @ power @ b) for power in powers[: _RUN - 1])])
        rows, columns = np.indices((_RUN, _RUN))
        self._direct = np.where(rows <= columns, response[np.abs(columns - rows)], 0.0)
        self._into = np.stack([power @ b for power in powers[_RUN - 1 :: -1]])
        self._out = np.stack([c @ power for power in powers[:_RUN]], axis=1)
        self._step = powers[_RUN].T
        steps = [np.eye(4)]
        for _ in range(_CHUNK // _RUN):
            steps.append(steps[-1] @ self._step)
        self._onward = np.stack(steps)
        self._state = np.zeros((channels, 4))

    def process(self, samples: Samples) -> Floats:
        """[chunks * _CHUNK, channels], weighted; the state is kept for the next call."""
        runs, channels = _CHUNK // _RUN, samples.shape[1]
        blocks = samples.T.astype(np.float64).reshape(channels, -1, runs, _RUN)
        into = blocks @ self._into
        states = np.zeros((runs + 1, channels, blocks.shape[1], 4))
        for run in range(runs):
            states[run + 1] = states[run] @ self._step + into[:, :, run]
        for chunk in range(blocks.shape[1]):
            states[:, :, chunk] += self._state @ self._onward
            self._state = states[-1, :, chunk].copy()
        starts = states[:runs].transpose(1, 2, 0, 3)
        return (blocks @ self._direct + starts @ self._out).reshape(channels, -1).T


class _TruePeak:
    """The highest value between samples. Chunks that cannot beat it, by the sum of the taps, are not oversampled."""

    def __init__(self, channels: int) -> None:
        self.highest = 0.0
        self._before: Samples = np.zeros((_TAPS - 1, channels), np.float32)
        times = np.arange(_TAPS)[:, None] - (_TAPS / 2 - 1) - np.arange(_PHASES) / _PHASES
        window = np.cos(np.pi * times / (_TAPS + 1)) ** 2
        taps = np.sinc(times) * window
        taps /= taps.sum(axis=0)
        self._bound = float(np.abs(taps).sum(axis=0).max())
        # One product gives _RUN samples times _PHASES: column (s, p) holds the taps of phase p from row s on.
        matrix = np.zeros((_RUN + _TAPS - 1, _RUN, _PHASES), np.float32)
        for sample in range(_RUN):
            matrix[sample : sample + _TAPS, sample] = taps
        self._matrix = matrix.reshape(_RUN + _TAPS - 1, -1)

    def push(self, samples: Samples) -> None:
        """[chunks * _CHUNK, channels]."""
        joined = np.concatenate([self._before, samples])
        self._before = joined[len(joined) - _TAPS + 1 :].copy()
        for start in range(0, len(samples), _CHUNK):
            part = joined[start : start + _CHUNK + _TAPS - 1]
            highest = np.abs(part).max(axis=0, initial=0.0)
            for channel in np.flatnonzero(highest * self._bound > self.highest):
                line = np.ascontiguousarray(part[:, channel])
                spans = np.lib.stride_tricks.sliding_window_view(line, _RUN + _TAPS - 1)[::_RUN]
                tenths = spans.reshape(-1, _CHUNK // _RUN // 10, _RUN + _TAPS - 1)
                self.highest = max(self.highest, float(np.abs(tenths @ self._matrix).max()))


System = tuple[Floats, Floats, Floats, float]


def _system(b: tuple[float, float, float], a: tuple[float, float]) -> System:
    """A biquad in transposed direct form II as state matrix, input, output and direct gain."""
    state = np.array([[-a[0], 1.0], [-a[1], 0.0]])
    return state, np.array([b[1] - a[0] * b[0], b[2] - a[1] * b[0]]), np.array([1.0, 0.0]), b[0]


def _cascade(first: System, second: System) -> System:
    a1, b1, c1, d1 = first
    a2, b2, c2, d2 = second
    state = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return state, np.concatenate([b1, b2 * d1]), np.concatenate([d2 * c1, c2]), d1 * d2


def _lufs(energy: float) -> float:
    """BS.1770-4 equation 2."""
    return -0.691 + 10 * float(np.log10(energy)) if energy > 0 else -np.inf


def _energy_of(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
