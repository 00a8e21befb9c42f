"""What finding shots costs: its time beside decoding 1080p H.264, and its memory from short films to long ones.

    python -m benchmarks.shot_cost --film FILM [--frames 480] [--minutes 1 30 120]

FILM gives the pictures: they are coded anew as 1920x1080 H.264 in a temporary folder. Times are processor time in
milliseconds a frame; wall-clock time depends on what else the machine does. Memory is the peak of a process of its
own that pushes thumbnails of that many minutes at 24 frames a second.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from fractions import Fraction
from itertools import cycle, islice
from pathlib import Path

import av
import numpy as np

from engines.shots.detector import ShotDetector
from media.opening import open_programme, open_reader
from media.programme import Picture


def code_1080p(film: Path, to: Path, frames: int) -> None:
    """The first pictures of `film`, again and again if it is short, as 1920x1080 H.264, about 8 Mbit/s."""
    with av.open(str(film)) as source, av.open(str(to), "w") as target:
        stream = target.add_stream("libx264", rate=24, options={"preset": "veryfast", "b:v": "8M"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        pictures = [frame.reformat(1920, 1080, "yuv420p") for frame in islice(source.decode(video=0), min(frames, 240))]
        for index, frame in enumerate(islice(cycle(pictures), frames)):
            frame.pts, frame.time_base = index, Fraction(1, 24)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def times(film: Path) -> dict[str, float]:
    """Milliseconds a frame: decoding alone, decoding and shrinking, the detector alone."""
    started, frames = time.process_time(), 0
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            frames += 1
    decoding = time.process_time() - started
    started = time.process_time()
    with closing(open_reader(open_programme(film))) as reader:
        thumbnails = [thumbnail for _, thumbnail in reader.thumbnails()]
    reading = time.process_time() - started
    detector = ShotDetector()
    started = time.process_time()
    for index, thumbnail in enumerate(thumbnails):
        detector.push(index, thumbnail)
    detector.finish(frames)
    detecting = time.process_time() - started
    return {
        "decoding": 1000 * decoding / frames,
        "decoding and thumbnails": 1000 * reading / frames,
        "detector": 1000 * detecting / frames,
        "detector / decoding": detecting / decoding,
    }


def push_minutes(minutes: float) -> None:
    """In a process of its own: prints its peak memory in MiB."""
    pictures: list[Picture] = list(np.random.default_rng(0).integers(0, 256, (50, 72, 128, 3), np.uint8))
    detector, frames = ShotDetector(), round(minutes * 60 * 24)
    for index in range(frames):
        detector.push(index, pictures[index // 40 % len(pictures)])
    detector.finish(frames)
    # getrusage would count what the parent held before this process began.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--frames", type=int, default=480)
    parser.add_argument("--minutes", type=float, nargs="*", default=[])
    parser.add_argument("--push", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.push is not None:
        push_minutes(arguments.push)
        return
    if arguments.film is not None:
        with tempfile.TemporaryDirectory() as folder:
            film = Path(folder) / "film.mp4"
            code_1080p(arguments.film, film, arguments.frames)
            for name, value in times(film).items():
                print(f"{name}: {value:.3f}")
    for minutes in arguments.minutes:
        command = [sys.executable, "-m", "benchmarks.shot_cost", "--push", str(minutes)]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        print(f"{minutes:g} minutes: peak {peak} MiB")


if __name__ == "__main__":
    main()
