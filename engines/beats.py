"""Beat events from the tags of the shots, by the window rule of Ejaz et al. (ICMV 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.records import Beat, Shot

SOURCE = "window rule over tags, not measured"
WINDOW, MAJORITY = 3, 2

_EVIDENCE: dict[str, dict[str, float]] = {
    "pursuit": {"car_chase": 1.0, "vehicle_crash": 0.6},
    "battle": {
        "war": 1.0,
        "sword_fight": 1.0,
        "violence": 1.0,
        "bomb_explosion": 0.9,
        "destruction": 0.6,
        "weapon": 0.5,
    },
    "battle preparation": {"military": 0.9, "weapon": 0.6},
    "romance": {"romance": 1.0, "wedding": 0.8},
    "joy": {"dance": 0.8, "wedding": 0.7},
}
"""How strongly a tag speaks for a category. Victory, despair and argument cannot be told from these tags, so they
are not offered; whether the weights are right is not measured, since no labelled beats are at hand."""


def find_beats(shots: Sequence[Shot]) -> tuple[Beat, ...]:
    """Groups shots into beat events.

    Each shot gets the category its tags speak for most. Two shots of one category in a window of three start an
    event; it goes on as long as windows with that majority overlap, and ends with its last shot of the category.
    """
    labels = [_category(shot) for shot in shots]
    return tuple(
        Beat(
            number=number,
            start_shot=shots[first].number,
            end_shot=shots[last].number,
            category=category,
            confidence=_confidence(labels[first : last + 1], category),
            source=SOURCE,
        )
        for number, (first, last, category) in enumerate(sorted(_events([label for label, _ in labels])), 1)
    )


def _category(shot: Shot) -> tuple[str, float]:
    """The likeliest category of a shot and its evidence in 0..1; empty where no tag speaks."""
    evidence = {
        category: max((shot.tags.get(tag, 0.0) * weight for tag, weight in tags.items()), default=0.0)
        for category, tags in _EVIDENCE.items()
    }
    category = max(evidence, key=lambda each: evidence[each])
    return (category, evidence[category]) if evidence[category] > 0 else ("", 0.0)


def _events(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(first, last, category) of each event, by position; both ends carry the category.

    Windows with a majority of one category overlap just when its shots follow each other within the window.
    """
    for category in _EVIDENCE:
        run: list[int] = []
        for place in (place for place, label in enumerate(labels) if label == category):
            if run and place - run[-1] >= WINDOW:
                if len(run) >= MAJORITY:
                    yield run[0], run[-1], category
                run = []
            run.append(place)
        if len(run) >= MAJORITY:
            yield run[0], run[-1], category


def _confidence(labels: Sequence[tuple[str, float]], category: str) -> float:
    """Mean evidence over all shots of the event; shots of another category count as none."""
    return sum(strength for label, strength in labels if label == category) / len(labels)
