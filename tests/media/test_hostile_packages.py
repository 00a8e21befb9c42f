"""Packages made to harm: each ends as one sentence or one finding, soon, and nothing outside the package is opened."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from packing import Part, dcp_playlist, imf_playlist, pack, track

import media.container
from media.delivery import files_of, kind_of
from media.findings import DeliveryError, Finding
from media.opening import open_programme
from media.package import read_package
from media.sample import TrackFile

SECRET = "outside.mxf"
_opened: list[str] = []
sys.addaudithook(lambda event, args: _opened.append(str(args[0])) if event == "open" else None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> TrackFile:
    folder = tmp_path_factory.mktemp("template")
    picture = track(folder, range(12))
    pack(folder, dcp_playlist([Part(picture.id)]), [picture])
    return picture


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: TrackFile) -> Iterator[tuple[Path, TrackFile]]:
    """A sound package beside a film that must stay closed; `av.open` is watched as Python's own open is."""
    folder = tmp_path / "package"
    shutil.copytree(template.path.parent, folder)
    picture = replace(template, path=folder / template.path.name)
    (tmp_path / SECRET).write_bytes(picture.path.read_bytes())
    plain_open = av.open
    watched = lambda file, **options: _opened.append(str(file)) or plain_open(file, **options)  # noqa: E731
    monkeypatch.setattr(media.container.av, "open", watched)
    _opened.clear()
    yield folder, picture
    assert not [name for name in _opened if name.endswith((SECRET, "passwd"))]


def findings_of(folder: Path) -> list[Finding]:
    """All findings, whether the package plays or not. Verification is off: the damage is wanted."""
    try:
        return list(open_programme(folder, check=False).findings)
    except DeliveryError as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
        return list(error.findings)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


BOMB = '<!DOCTYPE a [<!ENTITY b "x">' + "".join(
    f'<!ENTITY b{n} "&b{n - 1 or ""};&b{n - 1 or ""};">' for n in range(1, 30)
)
XML: dict[str, tuple[Callable[[str], str], str]] = {
    "DOCTYPE": (lambda text: text.replace("?>", '?><!DOCTYPE AssetMap SYSTEM "file:///etc/passwd">', 1), "unsafe xml"),
    "entity bomb": (lambda text: text.replace("?>", f"?>{BOMB}]>", 1), "unsafe xml"),
    "100,000 deep": (lambda text: text.partition("<AssetList>")[0] + "<a>" * 100_000, "unsafe xml"),
    "a million elements": (lambda text: text.replace("<AssetList>", "<AssetList>" + "<b/>" * 1_000_000), "unsafe xml"),
    "cut short": (lambda text: text[: len(text) // 2], "malformed xml"),
    "no XML": (lambda text: "hello", "malformed xml"),
    "empty": (lambda text: "", "malformed xml"),
    "a bad encoding": (lambda text: text.replace("UTF-8", "UTF-77"), "malformed xml"),
    "NUL in a path": (lambda text: text.replace("picture.mxf", "pic&#0;ture.mxf"), "malformed xml"),
    "another root": (lambda text: text.replace("AssetMap", "Assets"), "malformed asset map"),
}


@pytest.mark.parametrize("name", XML)
def test_hostile_xml_in_the_asset_map(whole: tuple[Path, TrackFile], name: str) -> None:
    change, code = XML[name]
    asset_map = whole[0] / "ASSETMAP.xml"
    asset_map.write_text(change(asset_map.read_text()))
    assert [finding.code for finding in findings_of(whole[0])] == [code]


@pytest.mark.parametrize("name", ["DOCTYPE", "entity bomb"])
def test_hostile_xml_in_the_playlist(whole: tuple[Path, TrackFile], name: str) -> None:
    playlist = next(whole[0].glob("CPL_*"))
    playlist.write_text(XML[name][0](playlist.read_text()))
    assert [finding.code for finding in findings_of(whole[0])] == ["unsafe xml"]


def test_a_gigabyte_of_xml(whole: tuple[Path, TrackFile]) -> None:
    os.truncate(whole[0] / "ASSETMAP.xml", 1 << 30)
    assert [finding.code for finding in findings_of(whole[0])] == ["unsafe xml"]


@pytest.mark.parametrize(
    "path",
    [
        f"../{SECRET}",
        f"a/../../{SECRET}",
        f"%2e%2e/{SECRET}",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://127.0.0.1/picture.mxf",
        "//server/share/picture.mxf",
        r"\\server\share\picture.mxf",
        r"..\outside.mxf",
        "C:/picture.mxf",
        "a" * 2000,
        "",
    ],
)
def test_a_path_that_leads_out_is_not_followed(whole: tuple[Path, TrackFile], path: str) -> None:
    edit(whole[0] / "ASSETMAP.xml", "<Path>picture.mxf</Path>", f"<Path>{path}</Path>")
    assert "unsafe path" in [finding.code for finding in read_package(whole[0]).findings]
    findings_of(whole[0])


def link_out(file: Path) -> str:
    file.symlink_to(file.parent.parent / SECRET)
    return "unsafe path"


def link_to_itself(file: Path) -> str:
    file.symlink_to(file)
    return "broken link"


def fifo(file: Path) -> str:
    os.mkfifo(file)
    return "irregular file"


def device(file: Path) -> str:
    try:
        os.mknod(file, 0o20600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device node needs root")
    return "irregular file"


def folder_instead(file: Path) -> str:
    file.mkdir()
    return "irregular file"


@pytest.mark.parametrize("make", [link_out, link_to_itself, fifo, device, folder_instead])
@pytest.mark.parametrize("which", ["picture.mxf", "CPL", "ASSETMAP.xml"])
def test_a_file_that_is_no_file_is_not_opened(
    whole: tuple[Path, TrackFile], make: Callable[[Path], str], which: str
) -> None:
    file = next(whole[0].glob(f"{which}*"))
    file.unlink()
    code = make(file)
    kind_of(whole[0])
    files_of(whole[0])
    findings = findings_of(whole[0])
    if which != "ASSETMAP.xml":
        assert code in [finding.code for finding in findings]
    else:
        assert findings


def test_a_folder_that_contains_itself(whole: tuple[Path, TrackFile]) -> None:
    (whole[0] / "again").symlink_to(whole[0])
    assert open_programme(whole[0]).frames == 8
    assert all("again" not in file.parts for file in files_of(whole[0]))


def test_one_uuid_for_two_files(whole: tuple[Path, TrackFile]) -> None:
    folder, picture = whole
    (folder / "other.mxf").write_bytes(picture.path.read_bytes())
    again = f"<Asset><Id>urn:uuid:{picture.id}</Id><ChunkList><Chunk><Path>other.mxf</Path></Chunk></ChunkList></Asset>"
    edit(folder / "ASSETMAP.xml", "</AssetList>", f"{again}</AssetList>")
    assert [finding.code for finding in findings_of(folder)] == ["duplicate asset id"]


def test_children_that_are_no_assets(whole: tuple[Path, TrackFile]) -> None:
    edit(whole[0] / "ASSETMAP.xml", "<AssetList>", "<AssetList><Nonsense><Id>1</Id></Nonsense>")
    assert [finding.code for finding in findings_of(whole[0])] == ["unexpected element"]


@pytest.mark.parametrize("field", ["entry", "duration", "intrinsic", "rate"])
@pytest.mark.parametrize("value", ["-1", "0", "9223372036854775808", "1e9", "nonsense", "0 0", "24 0", "-24 1"])
@pytest.mark.parametrize("kind", ["dcp", "imf"])
def test_impossible_numbers(whole: tuple[Path, TrackFile], kind: str, field: str, value: str) -> None:
    if (field, value) == ("entry", "0"):
        pytest.skip("an entry point of 0 is fine")
    folder, picture = whole
    part = Part(picture.id, **{field: value})
    playlist = dcp_playlist([part]) if kind == "dcp" else imf_playlist([[part]])
    next(folder.glob("CPL_*")).write_text(playlist)
    assert [finding.code for finding in findings_of(folder)] == ["impossible value"]


@pytest.mark.parametrize("value", ["4000000000", "0", "-3"])
def test_impossible_repeats(whole: tuple[Path, TrackFile], value: str) -> None:
    folder, picture = whole
    next(folder.glob("CPL_*")).write_text(imf_playlist([[Part(picture.id, repeat=value)]]))
    assert [finding.code for finding in findings_of(folder)] == ["impossible value"]


def test_a_composition_longer_than_a_day(whole: tuple[Path, TrackFile]) -> None:
    folder, picture = whole
    parts = [Part(picture.id, "0", "10000000", "10000000", repeat="100000")] * 3
    next(folder.glob("CPL_*")).write_text(imf_playlist([parts]))
    with pytest.raises(DeliveryError, match=r"\.$"):
        open_programme(folder, check=False)


def test_a_reel_beyond_its_track_file(whole: tuple[Path, TrackFile]) -> None:
    folder, picture = whole
    next(folder.glob("CPL_*")).write_text(dcp_playlist([Part(picture.id, "0", "500", "500")]))
    assert [finding.code for finding in findings_of(folder)] == ["short track"]


def test_an_entry_point_beyond_the_duration(whole: tuple[Path, TrackFile]) -> None:
    folder, picture = whole
    next(folder.glob("CPL_*")).write_text(dcp_playlist([Part(picture.id, "11", "8")]))
    assert [finding.code for finding in findings_of(folder)] == ["impossible duration"]
