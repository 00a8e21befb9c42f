from __future__ import annotations

from pathlib import Path

from daemon.settling import Settling

FILM = Path("film.mov")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_delivery_is_still_after_its_quiet_time_and_not_before() -> None:
    clock = Clock()
    settling = Settling(clock)
    assert not settling.is_still(FILM, "a", 10)
    clock.now += 9.9
    assert not settling.is_still(FILM, "a", 10)
    clock.now += 0.1
    assert settling.is_still(FILM, "a", 10)


def test_a_change_starts_the_quiet_time_anew() -> None:
    clock = Clock()
    settling = Settling(clock)
    settling.is_still(FILM, "a", 10)
    clock.now += 9
    assert settling.has_changed(FILM, "b")
    assert not settling.is_still(FILM, "b", 10)
    clock.now += 9
    assert not settling.is_still(FILM, "b", 10)
    assert settling.still_at(FILM, 10) == clock.now + 1


def test_one_look_is_never_enough() -> None:
    settling = Settling(Clock())
    assert not settling.is_still(FILM, "a", 0)
    assert settling.is_still(FILM, "a", 0)


def test_a_forgotten_delivery_begins_anew() -> None:
    settling = Settling(Clock())
    settling.is_still(FILM, "a", 0)
    settling.forget([FILM])
    assert not settling.is_still(FILM, "a", 0)
