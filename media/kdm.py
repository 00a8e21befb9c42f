"""Content keys out of a key delivery message (SMPTE ST 430-1; its Interop forebear).

Needs the `kdm` extra (cryptography). The message's signature is not verified: whoever holds the private key may use it.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from media import xmltree
from media.findings import DeliveryError
from media.package import uuid_of
from media.xmltree import Element

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_STRUCTURE = bytes.fromhex("f1dc124460169a0e85bc300642f866ab")
"""First bytes of every unwrapped key block (ST 430-1 clause 6.1.2)."""
_SMPTE, _INTEROP = 138, 134


@dataclass(frozen=True)
class Kdm:
    """The keys of one composition and when they may be used. keys: KeyId to 16 bytes."""

    title: str
    composition: str
    not_before: datetime
    not_after: datetime
    keys: dict[str, bytes] = field(repr=False)

    def valid(self, now: datetime) -> bool:
        return self.not_before <= now <= self.not_after


def read_kdm(path: Path, private_key: Path, password: bytes | None = None) -> Kdm:
    """Unwraps the keys of a KDM with the recipient's RSA key (PEM).

    Raises DeliveryError where the message is none, is for somebody else, or the extra is not installed.
    """
    root = xmltree.parse(path)
    public = _find(root, "KDMRequiredExtensions")
    if root.name != "DCinemaSecurityMessage" or public is None:
        raise DeliveryError(f"{path.name} is no key delivery message.")
    recipient = _private_key(private_key, password)
    values = [value.text for value in root.walk() if value.name == "CipherValue"]
    keys = dict(_unwrapped(path, recipient, value) for value in values)
    try:
        first, last = (datetime.fromisoformat(public.value(f"ContentKeysNotValid{end}")) for end in ("Before", "After"))
        dates = first.astimezone(), last.astimezone()
    except ValueError as error:
        raise DeliveryError(f"{path.name} states no period in which its keys are valid.") from error
    composition = uuid_of(public.value("CompositionPlaylistId"))
    return Kdm(public.value("ContentTitleText"), composition, *dates, keys)


def content_keys(kdms: Iterable[Kdm], now: datetime) -> dict[str, bytes]:
    """KeyId to key of all messages that are valid now."""
    return {name: key for kdm in kdms if kdm.valid(now) for name, key in kdm.keys.items()}


def _find(root: Element, name: str) -> Element | None:
    return next((element for element in root.walk() if element.name == name), None)


def _private_key(path: Path, password: bytes | None) -> RSAPrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise DeliveryError("Keys can only be unwrapped with the kdm extra: pip install reelwatch[kdm].") from error
    try:
        key = load_pem_private_key(path.read_bytes(), password)
    except (OSError, ValueError, TypeError) as error:
        raise DeliveryError(f"The private key {path.name} cannot be read ({error}).") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise DeliveryError(f"The private key {path.name} is no RSA key, as ST 430-1 requires.")
    return key


def _unwrapped(path: Path, recipient: RSAPrivateKey, text: str) -> tuple[str, bytes]:
    """(KeyId, key) of one CipherValue."""
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA1

    try:
        block = recipient.decrypt(base64.b64decode(text), OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None))
    except (ValueError, binascii.Error) as error:
        raise DeliveryError(f"{path.name} was not made for this private key.") from error
    if len(block) not in (_SMPTE, _INTEROP) or not block.startswith(_STRUCTURE):
        raise DeliveryError(f"{path.name} holds a key block that is neither SMPTE's nor Interop's.")
    start = 56 if len(block) == _SMPTE else 52
    return str(uuid.UUID(bytes=block[start : start + 16])), block[-16:]
