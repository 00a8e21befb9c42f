"""What a delivery that stands still lacks yet: files its asset map lists, or an end to somebody's writing."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path


def missing_of(package: Path) -> list[str]:
    """What the asset map and packing lists name that is not here in full size, as words for people.

    Empty for a package that cannot be read, which the worker then refuses with a reason.
    """
    from media.findings import DeliveryError
    from media.package import read_package

    try:
        contents = read_package(package)
    except DeliveryError:
        return []
    missing = []
    for uuid, path in contents.paths.items():
        packed = contents.packed.get(uuid)
        if not path.is_file():
            missing.append(contents.name(path))
        elif packed is not None and packed.size is not None and (size := path.stat().st_size) < packed.size:
            missing.append(f"{contents.name(path)} ({size} of {packed.size} bytes)")
    return missing


def waiting_for(missing: Sequence[str]) -> str:
    """The reason a package waits, as a sentence."""
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    return f"Waiting for {len(missing)} of the files the package lists: {', '.join(missing[:5])}{more}."


def is_open_for_writing(path: Path) -> bool:
    """True where a process of this machine still has the file open for writing.

    A read lease is refused then (fcntl(2), F_SETLEASE). It catches copies that pause and files allocated in full
    beforehand. Only the file's owner may ask, and network file systems cannot answer: False there.
    The caller ignores SIGIO, which the kernel sends where a writer comes while the lease stands.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
