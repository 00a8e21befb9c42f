"""`reelwatch demo`"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.library import Library, read_catalog
from daemon import queue
from daemon.commands.options import spoken_errors

if TYPE_CHECKING:
    from daemon.demo.sample import Sample

MATCH_FRAMES = 2
"""A transition counts as found within so many frames of the true one."""


@click.command()
@click.option(
    "--library",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reelwatch-demo"),
    show_default=True,
    help="Where the results go; the sample is drawn beside it.",
)
def demo(library: Path) -> None:
    """Draw a small sample, run the main job on it, and say where the report is.

    The sample is a film as MP4 and a DCP of two reels, drawn by this program. Status 1 where a delivery failed.
    """
    from daemon.config import Ingest, Settings
    from daemon.demo.sample import draw_sample
    from daemon.display import Bars, Lines
    from daemon.logs import set_up
    from daemon.service import AlreadyRunning, Service

    library = library.absolute()
    folder = library.with_name(f"{library.name}-sample")
    bars = Bars() if sys.stderr.isatty() else None
    set_up(quiet=bars is not None)
    shown: AbstractContextManager[object] = bars or nullcontext()
    click.echo(f"Drawing a film and a DCP in {folder} ...", err=True)
    samples = draw_sample(folder)
    settings = Settings(library=library, ingest=(Ingest(path=folder),), workers=2)
    try:
        with spoken_errors(), shown:
            failed = Service(settings, bars or Lines()).run(once=True)
    except AlreadyRunning as error:
        raise click.ClickException(str(error)) from error
    for sample in samples:
        _compare(Library(library), sample)
    click.echo(f"\nThe report is {library / 'reports' / 'index.html'}")
    raise SystemExit(1 if failed else 0)


def _compare(library: Library, sample: Sample) -> None:
    """True transitions beside those of the catalog."""
    db = read_catalog(library)
    job = queue.latest_of(db, sample.path)
    if job is None or job.title_id is None:
        click.echo(f"\n{sample.path.name} was not analysed; `reelwatch jobs --library {library.root}` says why.")
        return
    frames = db.execute("SELECT frames FROM titles WHERE title_id = ?", [job.title_id]).fetchone()[0]
    found = db.execute(
        "SELECT kind, start_frame, end_frame FROM transitions WHERE title_id = ? ORDER BY start_frame", [job.title_id]
    ).fetchall()
    click.echo(f"\n{sample.path.name}: {frames} frames, drawn {sample.frames}")
    click.echo(f"  {'drawn':<24}found")
    left = list(found)
    for true in sample.transitions:
        match = next((each for each in left if _match(true, each)), None)
        if match:
            left.remove(match)
        click.echo(f"  {_words(true):<24}{_words(match) if match else 'missed'}")
    for each in left:
        click.echo(f"  {'nothing':<24}{_words(each)}")


def _match(true: tuple[str, int, int], found: tuple[str, int, int]) -> bool:
    return found[1] <= true[2] + MATCH_FRAMES and found[2] >= true[1] - MATCH_FRAMES


def _words(transition: tuple[str, int, int]) -> str:
    kind, start, end = transition
    return f"{kind} at {start}" if start == end else f"{kind} at {start}-{end}"
