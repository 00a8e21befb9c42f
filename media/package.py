"""A package folder: its asset map, packing lists and composition playlists.

ST 429-9 (asset map), ST 429-8 and ST 2067-2 (packing list), and their Interop forebears.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from media import xmltree
from media.confine import confined
from media.findings import DeliveryError, Finding, Severity
from media.xmltree import Element

ASSET_MAP_NAMES = ("ASSETMAP.xml", "ASSETMAP")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HASHES = {20: "sha1", 32: "sha256", 64: "sha512"}
MAX_ASSETS = 100_000


@dataclass(frozen=True)
class PackedAsset:
    """An asset as a packing list states it. `digest` is raw; `algorithm` a hashlib name, empty where not stated."""

    uuid: str
    size: int | None
    digest: bytes
    algorithm: str
    type: str


@dataclass
class Package:
    """What a package folder says about itself. `paths`: asset UUID to a file below `root`, present or not."""

    root: Path
    id: str = ""
    paths: dict[str, Path] = field(default_factory=dict)
    packing_lists: list[str] = field(default_factory=list)
    packed: dict[str, PackedAsset] = field(default_factory=dict)
    playlists: list[tuple[Path, Element]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def present(self, uuid: str) -> Path | None:
        path = self.paths.get(uuid)
        return path if path is not None and path.is_file() else None

    def name(self, path: Path) -> str:
        """A path as the package's owner knows it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name


def uuid_of(text: str) -> str:
    """The lower-case UUID in a text such as `urn:uuid:...`; the stripped text where it holds none."""
    lower = text.strip().lower()
    match = _UUID.search(lower)
    return match[0] if match else lower


def asset_map_of(folder: Path) -> Path | None:
    return next((folder / name for name in ASSET_MAP_NAMES if (folder / name).is_file()), None)


def read_package(folder: Path) -> Package:
    """Reads asset map, packing lists and playlists; no essence is opened.

    Raises DeliveryError where there is no asset map or it cannot be read; all else becomes findings.
    """
    package = Package(folder)
    asset_map = asset_map_of(folder)
    if asset_map is None:
        message = f"{folder.name} has no ASSETMAP, so its files cannot be told apart; deliver the whole package."
        raise DeliveryError(message, [Finding("missing asset map", "error", message, file=folder.name)])
    safe = confined(folder, asset_map.name)
    if isinstance(safe, Finding):
        raise DeliveryError(safe.message, [safe])
    root = xmltree.parse(asset_map)
    if root.name != "AssetMap":
        message = f"{asset_map.name} is no asset map: its root element is {root.name}."
        raise DeliveryError(message, [Finding("malformed asset map", "error", message, file=asset_map.name)])
    package.id = uuid_of(root.value("Id"))
    _read_assets(package, root, asset_map.name)
    for uuid in package.packing_lists:
        _read_packing_list(package, uuid)
    _read_playlists(package)
    return package


def _read_assets(package: Package, root: Element, source: str) -> None:
    asset_list = root.child("AssetList")
    for asset in (asset_list.children if asset_list else [])[:MAX_ASSETS]:
        if asset.name != "Asset":
            message = f"The AssetList holds a {asset.name} element."
            note(package, "unexpected element", "warning", message, source, asset)
            continue
        uuid = uuid_of(asset.value("Id"))
        chunks = asset.child("ChunkList")
        texts = [chunk.value("Path") for chunk in chunks.all("Chunk")] if chunks else []
        if len(texts) != 1:
            note(package, "malformed asset", "error", f"Asset {uuid} has {len(texts)} paths, not one.", source, asset)
            continue
        path = confined(package.root, texts[0], element=f"Asset {uuid}")
        if isinstance(path, Finding):
            package.findings.append(path)
            continue
        if uuid in package.paths and package.paths[uuid] != path:
            message = f"The asset map lists {uuid} twice, as {package.name(package.paths[uuid])} and {texts[0]}."
            note(package, "duplicate asset id", "warning", message, source, asset)
            continue
        package.paths[uuid] = path
        flag = asset.child("PackingList")
        if flag is not None and flag.text.strip().lower() not in ("false", "0"):
            package.packing_lists.append(uuid)


def _read_packing_list(package: Package, uuid: str) -> None:
    path = package.present(uuid)
    if path is None:
        name = package.name(package.paths[uuid])
        note(package, "missing packing list", "error", f"The packing list {name} is missing.", name)
        return
    root = _parsed(package, path)
    assets = root.child("AssetList") if root else None
    for asset in assets.all("Asset")[:MAX_ASSETS] if assets else []:
        packed = _packed_asset(asset)
        known = package.packed.get(packed.uuid)
        if known is not None and known.digest != packed.digest:
            message = f"Packing lists state two different hashes for {packed.uuid}."
            note(package, "duplicate asset id", "warning", message, package.name(path), asset)
        package.packed.setdefault(packed.uuid, packed)


def _packed_asset(asset: Element) -> PackedAsset:
    try:
        digest = base64.b64decode(asset.value("Hash"), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    size = asset.value("Size")
    algorithm = asset.child("HashAlgorithm")
    stated = algorithm.attributes.get("Algorithm", "").rpartition("#")[2].lower() if algorithm else ""
    known = stated if stated in _HASHES.values() else _HASHES.get(len(digest), "")
    number = int(size) if size.isascii() and size.isdigit() and len(size) < 20 else None
    return PackedAsset(uuid_of(asset.value("Id")), number, digest, known, asset.value("Type"))


def _read_playlists(package: Package) -> None:
    candidates: list[Path] = [path for path in package.paths.values() if _looks_like_xml(path)]
    candidates += sorted(path for path in package.root.glob("*.xml") if path.name not in ASSET_MAP_NAMES)
    listed = {os.path.realpath(path) for path in package.paths.values()}
    for path in _distinct(candidates):
        safe = confined(package.root, package.name(path))
        if isinstance(safe, Finding):
            package.findings.append(safe)
            continue
        kind = root_name(path)
        if kind == "OutputProfileList":
            _note_profiles(package, path)
        if kind != "CompositionPlaylist":
            continue
        root = _parsed(package, path)
        if root is None:
            continue
        package.playlists.append((path, root))
        if os.path.realpath(path) not in listed:
            name = package.name(path)
            note(package, "unlisted file", "warning", f"The asset map does not list the playlist {name}.", name)


def _note_profiles(package: Package, path: Path) -> None:
    """An output profile list (ST 2067-100) says how to make other versions of a composition; none is made here."""
    root = _parsed(package, path)
    if root is not None:
        name, about = package.name(path), uuid_of(root.value("CompositionPlaylistId"))
        message = f"{name} is an output profile list of the playlist {about}; the playlist itself is analysed."
        note(package, "further profile", "note", message, name)


def _distinct(paths: Iterable[Path]) -> list[Path]:
    seen: dict[str, Path] = {}
    for path in paths:
        seen.setdefault(os.path.realpath(path), path)
    return list(seen.values())


def _looks_like_xml(path: Path) -> bool:
    return path.suffix.lower() == ".xml" and path.is_file()


def root_name(path: Path) -> str:
    """Local name of an XML file's root element from its first 4 KiB; empty where none shows."""
    return _root_tag(path)[0]


def root_namespace(path: Path) -> str:
    return _root_tag(path)[1]


def _root_tag(path: Path) -> tuple[str, str]:
    try:
        if not path.is_file():
            return "", ""
        with path.open("rb") as file:
            head = file.read(4096).decode("utf-8", "replace")
    except OSError:
        return "", ""
    tag = re.search(r"<(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)([^<>]*)", head)
    if tag is None:
        return "", ""
    attribute = f"xmlns:{tag[1]}" if tag[1] else "xmlns"
    namespace = re.search(rf"\b{re.escape(attribute)}\s*=\s*[\"']([^\"']*)", tag[3])
    return tag[2], namespace[1] if namespace else ""


def _parsed(package: Package, path: Path) -> Element | None:
    try:
        return xmltree.parse(path)
    except DeliveryError as error:
        package.findings.extend(error.findings)
        return None


def note(
    package: Package, code: str, severity: Severity, message: str, file: str = "", element: Element | None = None
) -> None:
    """Adds one finding to the package."""
    where = f"{element.name} (line {element.line})" if element else ""
    package.findings.append(Finding(code, severity, message, file=file, element=where))
