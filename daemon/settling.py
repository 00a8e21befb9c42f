"""When a delivery has stood still for long enough to be taken as whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass
class _Watched:
    look: Hashable
    since: float
    first: float


class Settling:
    """Remembers what each delivery looked like and since when, on a monotonic clock that tests can inject."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._watched: dict[Path, _Watched] = {}

    def is_still(self, path: Path, look: Hashable, quiet: float) -> bool:
        """True once `look` was the same at two looks or more, and for `quiet` seconds."""
        now = self._clock()
        known = self._watched.get(path)
        if known is None or known.look != look:
            self._watched[path] = _Watched(look, now, known.first if known else now)
            return False
        return now - known.since >= quiet

    def has_changed(self, path: Path, look: Hashable) -> bool:
        """True where an earlier look was another one."""
        known = self._watched.get(path)
        return known is not None and known.look != look

    def still_at(self, path: Path, quiet: float) -> float:
        """The moment, on the clock, when the delivery will have stood still for `quiet` seconds."""
        return self._watched[path].since + quiet

    def first_look(self, path: Path) -> float:
        """When the delivery was first looked at, on the clock."""
        return self._watched[path].first

    def forget(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._watched.pop(path, None)
