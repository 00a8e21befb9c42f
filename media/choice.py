"""Which of a package's playlists is analysed."""

from __future__ import annotations

from collections.abc import Sequence

from media import dcp, imf
from media.composition import Composition
from media.findings import DeliveryError, Finding, MissingFiles
from media.package import Package, uuid_of

_CONTENT_KINDS = ("feature", "episode", "short", "advertisement", "promo", "trailer", "teaser", "test")
"""ST 429-7 clause 6.1.8, in the order in which a delivery with several playlists is judged."""


def compositions(package: Package) -> list[Composition]:
    """Every playlist of a package, read."""
    readers = {"dcp": dcp.read_composition, "imf": imf.read_composition}
    found = []
    for path, root in package.playlists:
        kind = "imf" if root.namespace.startswith(imf.NAMESPACES) else "dcp"
        found.append(readers[kind](path, root))
    return found


def choose(package: Package, cpl: str = "") -> Composition:
    """The playlist to analyse: the one asked for, else by content kind, completeness and length.

    Raises DeliveryError where none can play.
    """
    found = compositions(package)
    if cpl:
        wanted = [composition for composition in found if composition.id == uuid_of(cpl)]
        if not wanted:
            raise DeliveryError(f"{package.root.name} has no playlist {cpl}.", package.findings)
        found = wanted
    playable = [composition for composition in found if composition.pictures and not _errors(composition.findings)]
    if not playable:
        raise _unplayable(package, found)
    return max(playable, key=lambda composition: _rank(package, composition))


def _rank(package: Package, composition: Composition) -> tuple[int, bool, int]:
    kind = composition.content_kind
    place = _CONTENT_KINDS.index(kind) if kind in _CONTENT_KINDS else len(_CONTENT_KINDS)
    complete = all(package.present(picture.asset) for picture in composition.pictures)
    return -place, complete, composition.frames


def _errors(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _unplayable(package: Package, found: Sequence[Composition]) -> DeliveryError:
    name = package.root.name
    findings = [*package.findings, *(finding for each in found for finding in each.findings)]
    errors = _errors(findings)
    if found and not any(composition.pictures for composition in found) and not errors:
        return DeliveryError(f"The playlists of {name} list no pictures.", findings)
    if found and errors:
        return DeliveryError(f"No playlist of {name} can play: {errors[0].message}", findings)
    missing = [package.name(path) for path in package.paths.values() if not path.is_file()]
    if errors and not missing:
        return DeliveryError(f"{name} cannot be read: {errors[0].message}", findings)
    message = f"{name} has no composition playlist"
    if not missing:
        return DeliveryError(f"{message}; deliver the whole package.", findings)
    return MissingFiles(f"{message}; still missing are {', '.join(missing[:5])}.", missing, findings)
