"""Which sound plays with a package's pictures: the sound track files of its playlist, laid onto its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from media.composition import MAX_RESOURCES, Composition, Resource
from media.findings import DeliveryError, Finding
from media.package import Package
from media.programme import Programme, SoundSegment
from media.trackfile import inspect, packages_in


def with_sound(
    programme: Programme,
    package: Package,
    composition: Composition,
    search: Sequence[Path],
    keys: Mapping[str, bytes],
) -> Programme:
    """The programme with its sound segments; with none, and a note, where a sound file is out of reach.

    An IMF composition plays the first of its MainAudio virtual tracks. search and keys: as for open_programme.
    """
    sounds = [resource for resource in composition.resources if resource.kind == "sound"]
    chosen = [resource for resource in sounds if resource.track == sounds[0].track]
    files: dict[str, Path] = {}
    others: Sequence[Package] | None = None
    for resource in chosen:
        if resource.asset in files:
            continue
        if resource.key_id and resource.key_id not in keys:
            return _without(programme, f"the sound of {resource.label} is encrypted, and its key is not here")
        path = _find(package, resource.asset)
        if path is None:
            others = packages_in(search, package.root) if others is None else others
            path = next((path for other in others if (path := _find(other, resource.asset))), None)
        if path is None:
            return _without(programme, f"the sound file of {resource.label} is not here")
        files[resource.asset] = path
    return replace(programme, sound=_laid_out(programme.duration, composition, chosen, files, keys))


def _laid_out(
    end: Fraction,
    composition: Composition,
    sounds: Sequence[Resource],
    files: Mapping[str, Path],
    keys: Mapping[str, bytes],
) -> tuple[SoundSegment, ...]:
    """Sound starts where the pictures of its reel or segment start, and runs on through its resources."""
    cursor: dict[str, Fraction] = {}
    position = Fraction(0)
    for picture in composition.pictures:
        cursor.setdefault(picture.label, position)
        position += picture.plays
    laid: list[SoundSegment] = []
    for sound in sounds:
        start, seconds = cursor.get(sound.label, end), sound.duration / sound.rate
        key = keys[sound.key_id] if sound.key_id else b""
        for _ in range(sound.repeat):
            if start >= end or len(laid) >= MAX_RESOURCES:
                break
            entry = sound.entry / sound.rate
            laid.append(SoundSegment(files[sound.asset], start, entry, min(seconds, end - start), sound.label, key))
            start += seconds
        cursor[sound.label] = start
    return tuple(laid)


def _find(package: Package, asset: str) -> Path | None:
    """The sound file of an asset. Where picture and sound share one UUID, the asset map may name either."""
    path = package.present(asset)
    try:
        return None if path is None or inspect(path).pictures else path
    except DeliveryError:
        return None


def _without(programme: Programme, why: str) -> Programme:
    finding = Finding("unmeasured sound", "note", f"Loudness is not measured: {why}.", programme.source.name)
    return replace(programme, findings=(*programme.findings, finding))
