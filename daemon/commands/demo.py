"""`reelwatch demo`"""

from __future__ import annotations

import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from catalog.library import Library, read_catalog
from daemon.commands.options import spoken_errors

MATCH_FRAMES = 2
"""A transition counts as found within so many frames of the true one."""


@click.command()
@click.option(
    "--library",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reelwatch-demo"),
    show_default=True,
    help="Where the results go.",
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
    bars = Bars() if sys.stderr.isatty() else None
    set_up(quiet=bars is not None)
    shown: AbstractContextManager[object] = bars or nullcontext()
    with tempfile.TemporaryDirectory(prefix="reelwatch-demo-") as folder, spoken_errors():
        click.echo("Drawing a film and a DCP ...", err=True)
        samples = draw_sample(Path(folder))
        settings = Settings(library=library, ingest=(Ingest(path=Path(folder)),), workers=2)
        try:
            with shown:
                failed = Service(settings, bars or Lines()).run(once=True)
        except AlreadyRunning as error:
            raise click.ClickException(str(error)) from error
        for sample in samples:
            _compare(library, sample)
    click.echo(f"\nThe report is {library / 'reports' / 'index.html'}")
    raise SystemExit(1 if failed else 0)


def _compare(library: Path, sample: Any) -> None:
    """True transitions beside those of the catalog."""
    db = read_catalog(Library(library))
    row = db.execute("SELECT title_id, frames FROM titles WHERE source = ?", [str(sample.path)]).fetchone()
    if row is None:
        click.echo(f"\n{sample.path.name} was not analysed; `reelwatch jobs --library {library}` says why.")
        return
    found = db.execute(
        "SELECT kind, start_frame, end_frame FROM transitions WHERE title_id = ? ORDER BY start_frame", [row[0]]
    ).fetchall()
    click.echo(f"\n{sample.path.name}: {row[1]} frames, drawn {sample.frames}")
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
