"""`reelwatch analyse`"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from catalog.library import Library
from daemon.commands.options import json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@library_option
@click.option("--again", is_flag=True, help="Analyse it even where its content is in the catalog already.")
@json_option
def analyse(path: Path, library: Library, again: bool, as_json: bool) -> None:
    """Analyse one delivery: a film, or the folder of a DCP or IMF package."""
    from daemon.display import Bars, Lines
    from daemon.logs import set_up
    from daemon.single import analyse_one

    bars = Bars() if sys.stderr.isatty() else None
    set_up(quiet=bars is not None)
    shown: AbstractContextManager[object] = bars or nullcontext()
    with spoken_errors(), shown:
        job, report = analyse_one(path.absolute(), library, bars or Lines(), again)
    if as_json:
        print_json(
            {"job": job.job_id, "state": job.state, "reason": job.reason, "title": job.title_id, "report": report}
        )
    elif report:
        click.echo(f"{job.reason}\nThe report is {report}")
    else:
        click.echo(job.reason, err=True)
    raise SystemExit(0 if job.state == "done" else 1)
