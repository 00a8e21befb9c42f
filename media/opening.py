"""From a path to a Programme, and from a Programme to its Reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from media.choice import choose, compositions
from media.colour import name_for
from media.composition import Composition
from media.decode import ProgrammeReader
from media.delivery import identify, kind_of
from media.files import open_file
from media.findings import DeliveryError, Finding, MissingFiles, MissingKey
from media.package import Package, read_package
from media.programme import MAX_FRAMES, Programme, Reader, Segment, Track
from media.soundtrack import with_sound
from media.trackfile import Found, find_elsewhere, find_picture, inspect, packages_in
from media.verify import Progress, against_track, verify_film, verify_package, wrong_size


def open_programme(
    path: Path,
    *,
    search: Sequence[Path] = (),
    cpl: str = "",
    keys: Mapping[str, bytes] | None = None,
    check: bool = True,
    progress: Progress | None = None,
) -> Programme:
    """What plays of a delivery.

    search: folders with other packages, for version files whose pictures lie in one of them. cpl: the id of the
    playlist to play, instead of the feature. keys: content keys by KeyId, for encrypted pictures (media.kdm).
    check: verify sizes and hashes first, reading every file once; `progress` is told (bytes read, bytes in all).

    Raises MissingFiles and MissingKey for what may still come, DeliveryError for what cannot be analysed,
    FileNotFoundError where a file goes away meanwhile, MemoryError where FFmpeg runs out.
    """
    try:
        return _opened(path, search, cpl, keys or {}, check, progress)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise DeliveryError(f"{path.name} cannot be read ({error.strerror}: {error.filename}).") from error


def _opened(
    path: Path, search: Sequence[Path], cpl: str, keys: Mapping[str, bytes], check: bool, progress: Progress | None
) -> Programme:
    kind = kind_of(path)
    if kind is None:
        raise DeliveryError(f"{path.name} is neither a film, a DCP nor an IMF package.")
    if kind == "file":
        return _film(path, check, progress)
    package = read_package(path)
    composition = choose(package, cpl)
    found = _unlocked(package, composition, _pictures(package, composition, search), keys)
    findings = [*package.findings, *composition.findings, *_other_playlists(package, composition)]
    for each in found.values():
        findings += each.findings
    if check:
        findings += _checked(package, composition, found, progress)
    programme = _programme(package, composition, found, keys, findings)
    return with_sound(programme, package, composition, search, keys)


def _film(path: Path, check: bool, progress: Progress | None) -> Programme:
    findings = tuple(verify_film(path, progress)) if check and path.is_file() else ()
    for finding in findings:
        if finding.severity == "error":
            raise DeliveryError(finding.message, findings)
    programme = open_file(path)
    return replace(programme, findings=(*findings, *programme.findings))


def open_reader(programme: Programme) -> Reader:
    """Decodes a Programme. Close it at the end. Raises DeliveryError where a file has gone."""
    return ProgrammeReader(programme)


def _pictures(package: Package, composition: Composition, search: Sequence[Path]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    missing: list[str] = []
    others: list[Package] | None = None
    for picture in composition.pictures:
        if picture.asset in found or picture.asset in missing:
            continue
        try:
            track = find_picture(package, picture.asset, picture.digest)
            if track is None:
                others = packages_in(search, package.root) if others is None else others
                track = find_elsewhere(others, picture.asset, picture.digest)
        except DeliveryError:
            for finding in wrong_size(package, picture.asset):
                raise DeliveryError(finding.message, [*package.findings, finding]) from None
            raise
        if track is None:
            missing.append(picture.asset)
        else:
            found[picture.asset] = track
    if missing:
        listed = [package.name(package.paths[asset]) for asset in missing if asset in package.paths]
        names = listed if len(listed) == len(missing) else missing
        what = "picture files" if listed else "pictures of another package"
        message = f"{composition.title} waits for {what}: {', '.join(names[:5])}."
        raise MissingFiles(message, names, [*package.findings, *composition.findings])
    return found


def _unlocked(
    package: Package, composition: Composition, found: dict[str, Found], keys: Mapping[str, bytes]
) -> dict[str, Found]:
    """The pictures again, encrypted ones looked into with their keys. Raises MissingKey where one is not at hand."""
    lacking = [key for key in composition.encrypted if key not in keys]
    if lacking:
        message = f"{composition.title} is encrypted and waits for a KDM with the key {', '.join(lacking)}."
        raise MissingKey(message, lacking, [*package.findings, *composition.findings])
    unlocked = dict(found)
    for picture in composition.pictures:
        if picture.key_id:
            track = found[picture.asset]
            essence = inspect(track.path, keys[picture.key_id])
            if not essence.codec:
                raise DeliveryError(f"The key {picture.key_id} does not open {package.name(track.path)}.")
            unlocked[picture.asset] = replace(track, essence=essence)
    return unlocked


def _checked(
    package: Package,
    composition: Composition,
    found: dict[str, Found],
    progress: Progress | None,
) -> list[Finding]:
    """The findings of verification; an altered file that the composition plays is an error."""
    findings = list(verify_package(package, composition.pictures, found, progress))
    for finding in findings:
        if finding.severity == "error" and finding.code in ("altered file", "short file"):
            raise DeliveryError(finding.message, [*package.findings, *findings])
        if finding.severity == "error" and finding.code == "missing file":
            missing = [each.file for each in findings if each.code == "missing file"]
            raise MissingFiles(finding.message, missing, [*package.findings, *findings])
    return findings


def _programme(
    package: Package,
    composition: Composition,
    found: dict[str, Found],
    keys: Mapping[str, bytes],
    findings: Sequence[Finding],
) -> Programme:
    first = found[composition.pictures[0].asset].essence
    for each in found.values():
        if not each.essence.codec:
            raise DeliveryError(f"The pictures of {package.name(each.path)} are in a coding that cannot be decoded.")
    segments = _segments(package, composition, found, keys)
    frames = sum(segment.frames for segment in segments)
    return Programme(
        name=composition.title,
        kind=composition.kind,
        source=package.root,
        identity=f"{identify(package.root)}:{composition.id}",
        rate=composition.rate,
        frames=frames,
        start_frame=composition.start_frame,
        drop_frame=composition.drop_frame,
        width=first.width,
        height=first.height,
        codec=first.codec,
        colour=name_for(
            composition.kind, first.codec, first.transfer, first.primaries, composition.pictures[0].limited
        ),
        segments=segments,
        tracks=_tracks(package, composition, found),
        findings=tuple(findings),
    )


def _segments(
    package: Package, composition: Composition, found: dict[str, Found], keys: Mapping[str, bytes]
) -> tuple[Segment, ...]:
    if composition.frames > MAX_FRAMES:
        raise DeliveryError(f"{composition.title} would play {composition.frames} frames, longer than a day.")
    segments = []
    for picture in composition.pictures:
        track = found[picture.asset]
        step = picture.rate / composition.rate
        for finding in against_track(package.name(track.path), picture, track.essence):
            if finding.severity == "error":
                raise DeliveryError(finding.message, [finding])
        length = int(picture.duration / picture.rate * composition.rate)
        key = keys[picture.key_id] if picture.key_id else b""
        run = Segment(track.path, picture.entry, length, picture.label, step, picture.stereoscopic, key)
        segments += [run] * picture.repeat
    return tuple(segments)


def _other_playlists(package: Package, chosen: Composition) -> list[Finding]:
    notes = []
    for other in compositions(package):
        if other.id != chosen.id:
            kind = f" ({other.content_kind})" if other.content_kind else ""
            message = f"The package also holds {other.title}{kind}, {other.frames} frames, playlist {other.id}."
            notes.append(Finding("further playlist", "note", message, package.name(other.path)))
    return notes


def _tracks(package: Package, composition: Composition, found: dict[str, Found]) -> tuple[Track, ...]:
    tracks: dict[tuple[str, str], Track] = {}
    for resource in composition.resources:
        if resource.kind == "picture":
            track = found[resource.asset]
            name, codec, detail = package.name(track.path), track.essence.codec, track.essence.detail
        else:
            name, codec, detail = _described(package, resource.asset)
        tracks.setdefault((resource.kind, name), Track(resource.kind, name, codec, detail, resource.language))
    return tuple(tracks.values())


def _described(package: Package, asset: str) -> tuple[str, str, str]:
    """Name, codec and detail of a track file that is no picture; its UUID where it is not here."""
    path = package.present(asset)
    if path is None:
        return asset, "", "not here"
    try:
        essence = inspect(path)
    except DeliveryError:
        return package.name(path), "", ""
    return package.name(path), essence.codec, essence.detail
