"""The checksums that manifests use: hashlib's, and xxHash's where the library is installed."""

from __future__ import annotations

import hashlib
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

_CRYPTOGRAPHIC = ("md5", "sha1", "sha256", "sha384", "sha512")
_XXHASH = {"xxh64": "xxh64", "xxhash64be": "xxh64", "xxh3": "xxh3_64", "xxh128": "xxh3_128"}
"""Name in a manifest -> constructor. ASC MHL 2.0 has xxh64, xxh3 and xxh128; MHL 1.1 calls the first xxhash64be."""


class Checksum(Protocol):
    """A checksum being made; `digest` in the byte order in which manifests print it."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


def lacking(algorithm: str) -> str:
    """Why a checksum of this kind cannot be made here; empty where it can."""
    if algorithm in _CRYPTOGRAPHIC:
        return ""
    if algorithm not in _XXHASH:
        return "it is of an unknown kind"
    return "" if find_spec("xxhash") else "that needs the package xxhash (reelwatch[manifests])"


def checksum(algorithm: str) -> Checksum:
    """Raises ValueError, ModuleNotFoundError for kinds that `lacking` names."""
    if algorithm in _XXHASH:
        return cast(Checksum, getattr(import_module("xxhash"), _XXHASH[algorithm])())
    return hashlib.new(algorithm, usedforsecurity=False)
