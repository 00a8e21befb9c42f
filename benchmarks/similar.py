"""How long `reelwatch similar` takes: a catalog of made-up features, then one exact search over all of them.

python -m benchmarks.similar --shots 100000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from catalog.library import Library, open_catalog, writing
from catalog.similar import similar

FEATURES, SHOTS_OF_A_TITLE = 1280, 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the catalog goes; default: a temporary folder")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        library = Library(Path(folder))
        _fill(library, wanted.shots)
        db = open_catalog(library)
        for attempt in ("first", "again"):
            started = time.perf_counter()
            found = similar(db, 1, 1)
            seconds = time.perf_counter() - started
            print(f"{attempt}: {wanted.shots} shots of {FEATURES} features in {seconds:.2f} s, {len(found)} found")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"catalog {library.database.stat().st_size / 2**20:.0f} MiB, memory at most {memory:.0f} MiB")


def _fill(library: Library, shots: int) -> None:
    db, rng = open_catalog(library), np.random.default_rng(0)
    for title in range(1, -(-shots // SHOTS_OF_A_TITLE) + 1):
        features = rng.normal(0, 1, (SHOTS_OF_A_TITLE, FEATURES)).astype("<f2")
        with writing(db):
            db.execute(
                "INSERT INTO titles VALUES (?1, ?1, ?1, '', '', '', '', 1, 24, 1, 0, 0, '', 1, 1, '', '', '', '')",
                [title],
            )
            db.conn.executemany(
                """INSERT INTO shots (title_id, shot, start_frame, end_frame, start_tc, end_tc, key_frame,
                   transition_confidence, tag_source, features) VALUES (?, ?, 0, 1, '', '', 0, 0, '', ?)""",
                [(title, number, each.tobytes()) for number, each in enumerate(features, 1)],
            )


if __name__ == "__main__":
    main()
