"""Which errors pass by themselves, so that a job is tried again, and which are the delivery's own."""

from __future__ import annotations

import errno
import sqlite3

_PASSING = frozenset(
    {
        errno.EIO, errno.ESTALE, errno.ENOSPC, errno.EDQUOT, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH,
        errno.ENOTCONN, errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.EBUSY, errno.EROFS,
    }
)  # fmt: skip
_PASSING_SQLITE = ("locked", "busy", "disk is full", "disk i/o error", "unable to open")


def is_passing(error: BaseException | None) -> bool:
    """True for faults of disk, network or database. FFmpeg says EIO of damaged files too, so its errors never pass."""
    while error is not None:
        if isinstance(error, sqlite3.OperationalError):
            return any(words in str(error).lower() for words in _PASSING_SQLITE)
        if isinstance(error, OSError) and not type(error).__module__.startswith("av."):
            return error.errno in _PASSING
        error = error.__cause__
    return False


def is_memory(error: BaseException | None) -> bool:
    """True where an allocation was refused, by Python, FFmpeg (ENOMEM) or a C++ library (bad_alloc)."""
    while error is not None:
        refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
        if refused or isinstance(error, MemoryError) or "bad_alloc" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def sentence(error: BaseException) -> str:
    """An operating system's or database's error as a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    text = str(error).strip() or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."
