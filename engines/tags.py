"""From the tags of the shots to the tags of the title: weight W and relevance R."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.records import Shot, TagSummary


def summarise(shots: Sequence[Shot]) -> tuple[TagSummary, ...]:
    """Weight and relevance of every tag some shot carries, most relevant first (Khan et al., AVSS 2017).

    W_i = (n_i / N) * sum_j P_ij, with n_i of the N shots carrying tag i, at probability P_ij;
    R_i = (W_i - W_min) / (W_max - W_min), and 1 where all weights are equal.
    """
    probabilities: dict[str, list[float]] = {}
    sources: dict[str, str] = {}
    for shot in shots:
        for tag, probability in shot.tags.items():
            probabilities.setdefault(tag, []).append(probability)
            sources[tag] = shot.tag_source
    weights = {tag: len(each) / len(shots) * sum(each) for tag, each in probabilities.items()}
    least, most = min(weights.values(), default=0.0), max(weights.values(), default=0.0)
    summaries = (
        TagSummary(
            tag=tag,
            weight=weight,
            relevance=(weight - least) / (most - least) if most > least else 1.0,
            shots=len(probabilities[tag]),
            source=sources[tag],
        )
        for tag, weight in weights.items()
    )
    return tuple(sorted(summaries, key=lambda tag: (-tag.weight, tag.tag)))
