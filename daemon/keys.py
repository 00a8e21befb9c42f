"""Keys for encrypted packages: the KDMs at hand, unwrapped with the key of the recipient they were made for."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger("reelwatch.keys")


def keys_at_hand(folders: Iterable[Path], recipient: Path) -> dict[str, bytes]:
    """KeyId to content key of every KDM in these folders that is valid now; those for others are passed over."""
    from media.findings import DeliveryError
    from media.kdm import Kdm, content_keys, read_kdm

    def readable() -> Iterator[Kdm]:
        for path in messages(folders):
            try:
                yield read_kdm(path, recipient)
            except DeliveryError as error:
                log.warning("%s", error)

    return content_keys(readable(), datetime.now(UTC))


def messages(folders: Iterable[Path]) -> Iterator[Path]:
    """The KDMs in these folders, not below them."""
    from media.package import root_name

    for folder in folders:
        for path in sorted(folder.glob("*.xml")):
            if root_name(path) == "DCinemaSecurityMessage":
                yield path


def stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    """Changes when a message comes, changes or goes; empty where the folder cannot be read."""
    try:
        return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.xml")))
    except OSError:
        return ()
