"""Opens and decodes the deliveries named, one line of JSON each; a file that takes too long ends the process."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from media.findings import DeliveryError
from media.opening import open_programme, open_reader

SECONDS = 20


def verdict(path: Path, check: bool) -> tuple[str, str]:
    try:
        programme = open_programme(path, check=check)
        reader = open_reader(programme)
        decoded = sum(1 for _ in reader.thumbnails())
        list(reader.pictures([0, programme.frames // 2], 320))
        reader.close()
    except DeliveryError as error:
        return type(error).__name__, str(error)
    codes = [finding.code for finding in (*programme.findings, *reader.findings)]
    if decoded != programme.frames and "lost frames" not in codes:
        return "silent loss", f"{decoded} of {programme.frames} frames"
    return "Programme", f"{decoded} of {programme.frames} frames"


def main() -> None:
    names = [name for name in sys.argv[1:] if name != "--unchecked"]
    for name in names:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        print(json.dumps([Path(name).name, "started", ""]), flush=True)
        print(json.dumps([Path(name).name, *verdict(Path(name), len(names) == len(sys.argv) - 1)]), flush=True)
        signal.alarm(0)


if __name__ == "__main__":
    main()
