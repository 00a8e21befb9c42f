"""Verification: sizes, hashes, playlists against track files, manifests beside films."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
import xxhash
from filming import write_film
from packing import Part, dcp_playlist, pack, track

import media.checksums
from media.delivery import files_of
from media.findings import DeliveryError
from media.opening import open_programme
from media.verify import verify

SOUND = [
    "dcp/libdcp_dcp_test1",
    "dcp/libdcp_dcp_test2",
    "dcp/libdcp_dcp_test3",
    "imf/photon_htj2k",
    "imf/tos_battle_app2e",
]
UNSOUND = {
    "dcp/tos_battle_smpte": {"duplicate asset id"},
    "dcp/tos_battle_interop": {"duplicate asset id"},
    "dcp/tos_battle_smpte_vf": {"missing asset"},
    "dcp/tos_battle_encrypted": {"encrypted essence"},
    "dcp/libdcp_encryption_test": {"encrypted essence"},
    "dcp/clairmeta_ECL08-SINGLE-CPL": {"missing asset"},
    "imf/photon_Application2": {"missing asset map"},
    "imf/photon_MERIDIAN_Netflix_Photon_161006": {"short file", "missing file", "further profile"},
    "imf/photon_MissingFilesAndAssetMapEntries": {"unlisted file", "missing file"},
}


def codes(path: Path) -> set[str]:
    return {finding.code for finding in verify(path)}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_package_has_no_findings(shared_data: Path, name: str) -> None:
    assert verify(shared_data / "packages" / name) == ()


@pytest.mark.parametrize("name", UNSOUND)
def test_an_unsound_package_says_what_is_wrong(shared_data: Path, name: str) -> None:
    assert codes(shared_data / "packages" / name) == UNSOUND[name]


def test_an_output_profile_list_is_listed(shared_data: Path, tmp_path: Path) -> None:
    (profile,) = (shared_data / "packages/imf/photon_MERIDIAN_Netflix_Photon_161006").glob("OPL_*.xml")
    shutil.copytree(shared_data / "packages/imf/photon_htj2k", tmp_path / "imf")
    shutil.copy(profile, tmp_path / "imf")
    listed = [finding for finding in open_programme(tmp_path / "imf").findings if finding.code == "further profile"]
    assert [(each.severity, each.file) for each in listed] == [("note", profile.name)]
    assert "playlist 0eb3d1b9-b77b-4d3f-bbe5-7c69b15dca85" in listed[0].message


def test_findings_become_json(shared_data: Path) -> None:
    findings = verify(shared_data / "packages/imf/photon_MERIDIAN_Netflix_Photon_161006")
    read = json.loads(json.dumps([asdict(finding) for finding in findings]))
    assert {"code", "severity", "message", "file", "element", "expected", "found"} == set(read[0])


def test_an_altered_byte_is_found_and_every_file_is_read_once(tmp_path: Path) -> None:
    one = track(tmp_path, range(8))
    pack(tmp_path, dcp_playlist([Part(one.id, "0", "8", "8")]), [one])
    told: list[tuple[int, int]] = []
    assert verify(tmp_path, lambda done, total: told.append((done, total))) == ()
    listed = [file for file in files_of(tmp_path) if not file.name.startswith(("ASSETMAP", "VOLINDEX", "PKL"))]
    assert told[-1][0] == told[-1][1] == sum(file.stat().st_size for file in listed)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    data = bytearray(one.path.read_bytes())
    data[-100] ^= 4
    one.path.write_bytes(data)
    assert codes(tmp_path) == {"altered file"}


def test_a_playlist_that_contradicts_its_track_file(tmp_path: Path) -> None:
    one = track(tmp_path, range(8))
    pack(tmp_path, dcp_playlist([Part(one.id, "0", "6", "7", rate="25 1")]), [one])
    assert codes(tmp_path) == {"different duration", "different rate"}


def test_a_file_that_nothing_lists(tmp_path: Path) -> None:
    one = track(tmp_path, range(8))
    pack(tmp_path, dcp_playlist([Part(one.id, "0", "8", "8")]), [one])
    (tmp_path / "notes.txt").write_text("hello")
    assert [(finding.code, finding.severity) for finding in verify(tmp_path)] == [("unlisted file", "note")]
    assert open_programme(tmp_path).frames == 8


def manifests(film: Path) -> dict[str, str]:
    data = film.read_bytes()
    md5, sha1, sha256 = (hashlib.new(name, data).hexdigest() for name in ("md5", "sha1", "sha256"))
    return {
        f"{film.name}.md5": f"{md5}  {film.name}\n",
        f"{film.stem}.sha1": f"{sha1}\n",
        f"{film.name}.sha256": f"SHA256 ({film.name}) = {sha256.upper()}\n",
        "film.mhl": f"<hashlist><hash><file>a/{film.name}</file><md5>{md5}</md5></hash></hashlist>",
        "ascmhl/0001.mhl": f'<hashlist xmlns="urn:ASC:MHL:v2.0"><hashes><hash><path size="1">{film.name}</path>'
        f"<sha1>{sha1}</sha1></hash></hashes></hashlist>",
        f"{film.name}.xxh64": f"{xxhash.xxh64_hexdigest(data)}  {film.name}\n",
        f"{film.stem}.xxh3": f"XXH3_{xxhash.xxh3_64_hexdigest(data)}  {film.name}\n",
        "ascmhl/0002.mhl": f'<hashlist xmlns="urn:ASC:MHL:v2.0"><hashes><hash><path size="1">{film.name}</path>'
        f"<c4>c41</c4><xxh128>{xxhash.xxh3_128_hexdigest(data)}</xxh128></hash></hashes></hashlist>",
    }


@pytest.mark.parametrize("number", range(8))
def test_a_film_is_compared_with_the_manifest_beside_it(tmp_path: Path, number: int) -> None:
    film = write_film(tmp_path / "film.mov", "mjpeg", 4, pixel_format="yuvj420p")
    name, text = list(manifests(film).items())[number]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert verify(film) == ()
    assert open_programme(film).frames == 4
    with film.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    assert codes(film) == {"altered file"}
    with pytest.raises(DeliveryError, match=r"film\.mov is not the file that .* describes: its .* differs\.$"):
        open_programme(film)


@pytest.mark.parametrize(
    ("text", "installed", "why"),
    [
        ("<xxh64>0011223344556677</xxh64>", False, r"needs the package xxhash \(reelwatch\[manifests\]\)"),
        ("<xxhash>1234567</xxhash>", True, "is of an unknown kind"),
        (f"<c4>c4{'1' * 88}</c4>", True, "is of an unknown kind"),
        ("<md5>none</md5>", True, "is no number in hexadecimal"),
    ],
)
def test_a_manifest_that_cannot_be_compared_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, installed: bool, why: str
) -> None:
    film = write_film(tmp_path / "film.mov", "mjpeg", 4, pixel_format="yuvj420p")
    (tmp_path / "film.mhl").write_text(f"<hashlist><hash><file>film.mov</file>{text}</hash></hashlist>")
    if not installed:
        monkeypatch.setattr(media.checksums, "find_spec", lambda name: None)
    (finding,) = open_programme(film).findings
    assert (finding.code, finding.severity, finding.file) == ("unchecked manifest", "note", "film.mhl")
    assert re.search(why, finding.message)
    assert verify(film) == (finding,)


def test_a_file_of_the_same_name_in_another_folder_is_another_file(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mov", "mjpeg", 4, pixel_format="yuvj420p")
    right, wrong = hashlib.md5(film.read_bytes()).hexdigest(), "0" * 32
    entries = ((film.name, right), (f"b/{film.name}", wrong))
    listed = "".join(f"<hash><file>{path}</file><md5>{md5}</md5></hash>" for path, md5 in entries)
    (tmp_path / "film.mhl").write_text(f"<hashlist>{listed}</hashlist>")
    assert verify(film) == ()
