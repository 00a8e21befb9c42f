"""Words to systemd over its notify socket (sd_notify(3)); nothing happens where there is none."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(*words: str) -> None:
    """Sends words such as READY=1, WATCHDOG=1, STOPPING=1, STATUS=..."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as words_to,
    ):
        words_to.sendto("\n".join(words).encode(), address)


def watchdog_interval() -> float | None:
    """Seconds between keep-alives, half of what the unit's WatchdogSec allows; None where it has none."""
    text = os.environ.get("WATCHDOG_USEC", "")
    return int(text) / 2e6 if text.isdigit() and int(text) else None
