"""Key delivery messages: made here for a fresh key pair, unwrapped, and an encrypted package plays with them."""

from __future__ import annotations

import base64
import itertools
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from media.findings import DeliveryError, MissingKey
from media.kdm import content_keys, read_kdm
from media.opening import open_programme, open_reader

pytest.importorskip("cryptography")
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STRUCTURE = bytes.fromhex("f1dc124460169a0e85bc300642f866ab")
KEYS = "http://www.smpte-ra.org/schemas/430-1/2006/KDM"


@pytest.fixture(scope="module")
def recipient() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def pem(folder: Path, key: rsa.RSAPrivateKey) -> Path:
    path = folder / "recipient.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return path


def kdm(folder: Path, recipient: rsa.RSAPrivateKey, key_id: str, key: bytes, smpte: bool = True, days: int = 7) -> Path:
    """ST 430-1 clause 6.1.2: structure, signer, composition, key type (SMPTE only), key id, validity, key."""
    cpl, first, last = uuid.uuid4(), NOW - timedelta(days=1), NOW + timedelta(days=days)
    dates = "".join(date.isoformat() for date in (first, last)).encode()
    kind = b"MDIK" if smpte else b""
    block = STRUCTURE + bytes(20) + cpl.bytes + kind + uuid.UUID(key_id).bytes + dates + key
    assert len(block) == (138 if smpte else 134)
    oaep = padding.OAEP(mgf=padding.MGF1(SHA1()), algorithm=SHA1(), label=None)
    cipher = base64.b64encode(recipient.public_key().encrypt(block, oaep)).decode()
    path = folder / "message.kdm.xml"
    path.write_text(
        '<?xml version="1.0"?><DCinemaSecurityMessage xmlns="http://www.smpte-ra.org/schemas/430-3/2006/ETM">'
        f'<AuthenticatedPublic><RequiredExtensions><KDMRequiredExtensions xmlns="{KEYS}">'
        f"<CompositionPlaylistId>urn:uuid:{cpl}</CompositionPlaylistId><ContentTitleText>Film</ContentTitleText>"
        f"<ContentKeysNotValidBefore>{first.isoformat()}</ContentKeysNotValidBefore>"
        f"<ContentKeysNotValidAfter>{last.isoformat()}</ContentKeysNotValidAfter></KDMRequiredExtensions>"
        '</RequiredExtensions></AuthenticatedPublic><AuthenticatedPrivate xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f"<e:EncryptedKey><e:CipherData><e:CipherValue>{cipher}</e:CipherValue></e:CipherData></e:EncryptedKey>"
        "</AuthenticatedPrivate></DCinemaSecurityMessage>"
    )
    return path


def known_key(shared_data: Path) -> tuple[str, bytes]:
    text = (shared_data / "packages/dcp/tos_battle_encrypted.key.txt").read_text()
    key_id, key = re.findall(r"key(?: id)? ([0-9a-f-]{32,36})", text)
    return key_id, bytes.fromhex(key)


@pytest.mark.parametrize("smpte", [True, False], ids=["SMPTE", "Interop"])
def test_an_encrypted_package_plays_with_its_kdm(
    shared_data: Path, tmp_path: Path, recipient: rsa.RSAPrivateKey, smpte: bool
) -> None:
    message = read_kdm(kdm(tmp_path, recipient, *known_key(shared_data), smpte), pem(tmp_path, recipient))
    keys = content_keys([message], NOW)
    programme = open_programme(shared_data / "packages/dcp/tos_battle_encrypted", keys=keys)
    assert known_key(shared_data)[1].hex() not in repr(programme)
    assert str(known_key(shared_data)[1]) not in repr(programme)
    reader = open_reader(programme)
    shown = np.stack([picture.astype(float) for _, picture in reader.thumbnails()])
    reader.close()
    source = open_reader(open_programme(shared_data / "video/tos_battle.webm"))
    true = np.stack([picture.astype(float) for _, picture in itertools.islice(source.thumbnails(), 1128, 1152)])
    source.close()
    assert shown.shape == (24, 72, 128, 3)
    assert np.abs(shown - true).mean() < 8


def test_a_wrong_key_is_named(shared_data: Path) -> None:
    key_id, _ = known_key(shared_data)
    with pytest.raises(DeliveryError, match=rf"^The key {key_id} does not open reel1_j2c\.mxf\.$"):
        open_programme(shared_data / "packages/dcp/tos_battle_encrypted", keys={key_id: bytes(16)})


def test_a_kdm_out_of_its_period_gives_no_keys(shared_data: Path, tmp_path: Path, recipient: rsa.RSAPrivateKey) -> None:
    message = read_kdm(kdm(tmp_path, recipient, *known_key(shared_data)), pem(tmp_path, recipient))
    assert content_keys([message], NOW + timedelta(days=8)) == {}
    with pytest.raises(MissingKey):
        open_programme(shared_data / "packages/dcp/tos_battle_encrypted", keys={})


def test_a_kdm_for_somebody_else_is_refused(tmp_path: Path, recipient: rsa.RSAPrivateKey) -> None:
    message = kdm(tmp_path, recipient, str(uuid.uuid4()), bytes(16))
    stranger = rsa.generate_private_key(65537, 2048)
    with pytest.raises(DeliveryError, match=r"was not made for this private key\.$"):
        read_kdm(message, pem(tmp_path, stranger))


def test_what_is_no_kdm_is_refused(tmp_path: Path, recipient: rsa.RSAPrivateKey) -> None:
    (tmp_path / "a.xml").write_text("<CompositionPlaylist/>")
    with pytest.raises(DeliveryError, match=r"is no key delivery message\.$"):
        read_kdm(tmp_path / "a.xml", pem(tmp_path, recipient))
