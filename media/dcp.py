"""Composition playlists of digital cinema: SMPTE (ST 429-7) and Interop, which differ in namespaces only."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from media.composition import (
    MAX_RESOURCES,
    Composition,
    Resource,
    Unplayable,
    digest,
    edit_rate,
    extent,
    impossible,
    key_id,
    picture_rate,
)
from media.findings import Finding
from media.package import uuid_of
from media.programme import TrackKind
from media.xmltree import Element

NAMESPACES = ("http://www.smpte-ra.org/schemas/429-7/", "http://www.digicine.com/PROTO-ASDCP-CPL-")

_KINDS: dict[str, TrackKind] = {
    "MainPicture": "picture",
    "MainStereoscopicPicture": "picture",
    "MainSound": "sound",
    "MainSubtitle": "subtitle",
    "ClosedCaption": "subtitle",
    "MainClosedCaption": "subtitle",
    "MainCaption": "subtitle",
    "AuxData": "atmos",
}


def read_composition(path: Path, root: Element) -> Composition:
    """A DCP playlist; what cannot be played becomes findings. Its time starts at 0: ST 429-7 states no timecode."""
    findings: list[Finding] = []
    resources: list[Resource] = []
    reels = root.child("ReelList")
    for count, reel in enumerate((reels.all("Reel") if reels else [])[:MAX_RESOURCES], start=1):
        assets = reel.child("AssetList")
        for asset in assets.children if assets else []:
            if asset.name in _KINDS:
                try:
                    resources.append(_resource(asset, f"reel {count}"))
                except Unplayable as problem:
                    findings.append(problem.finding)
    rates = list(dict.fromkeys(resource.rate for resource in resources if resource.kind == "picture"))
    if len(rates) > 1:
        message = f"The reels play at different rates: {', '.join(str(rate) for rate in rates)}."
        findings.append(Finding("mixed rates", "error", message, file=path.name))
    return Composition(
        id=uuid_of(root.value("Id")),
        kind="dcp",
        path=path,
        title=root.value("ContentTitleText") or root.value("AnnotationText") or path.stem,
        content_kind=root.value("ContentKind").lower(),
        rate=rates[0] if rates else Fraction(24),
        start_frame=0,
        drop_frame=False,
        resources=tuple(resources),
        findings=tuple(findings),
    )


def _resource(asset: Element, label: str) -> Resource:
    kind = _KINDS[asset.name]
    rate = edit_rate(asset)
    if kind == "picture":
        picture_rate(rate, asset)
    intrinsic, entry, duration = extent(asset, kind, "Duration")
    if entry + duration > intrinsic:
        message = f"{label} plays frames {entry} to {entry + duration - 1} of a {asset.name} of {intrinsic} frames."
        raise impossible("impossible duration", message, asset, str(intrinsic), str(entry + duration))
    return Resource(
        asset=uuid_of(asset.value("Id")),
        kind=kind,
        label=label,
        rate=rate,
        intrinsic=intrinsic,
        entry=entry,
        duration=duration,
        stereoscopic=asset.name == "MainStereoscopicPicture",
        key_id=key_id(asset),
        digest=digest(asset),
        language=asset.value("Language"),
    )
