"""`reelwatch status`"""

from __future__ import annotations

import dataclasses
import shutil
import time
from typing import Any

import click

from catalog.corrections import agreement
from catalog.library import Library, read_catalog
from catalog.outbox import counts
from daemon import queue
from daemon.commands.options import json_option, library_option, print_json, spoken_errors
from daemon.names import as_text
from daemon.staging import daemon_of


@click.command()
@library_option
@click.option("--watch", is_flag=True, help="Show it anew every two seconds, until Ctrl-C.")
@json_option
def status(library: Library, watch: bool, as_json: bool) -> None:
    """The daemon, its queue and its library in a few lines."""
    with spoken_errors():
        while True:
            facts = gather(library)
            if watch:
                click.clear()
            if as_json:
                print_json(facts)
            else:
                _print(facts)
            if not watch:
                return
            time.sleep(2)


def gather(library: Library) -> dict[str, Any]:
    """Raises CatalogError where there is no catalog."""
    db = read_catalog(library)
    titles, frames = db.execute("SELECT count(*), coalesce(sum(frames), 0) FROM titles").fetchone()
    running = [
        {"job": job.job_id, "path": as_text(job.path), "progress": round(job.progress, 3)}
        for job in queue.in_states(db, ["running"])
    ]
    return {
        "library": str(library.root),
        "daemon": daemon_of(library),
        "titles": titles,
        "frames": frames,
        "jobs": queue.counts(db),
        "running": running,
        "outbox": counts(db),
        "agreement": [dataclasses.asdict(each) for each in agreement(db)],
        "free_bytes": shutil.disk_usage(library.root).free,
    }


def _print(facts: dict[str, Any]) -> None:
    click.echo(f"library   {facts['library']}, {facts['free_bytes'] / 2**30:.1f} GiB free")
    click.echo(f"daemon    {facts['daemon'] or 'none at work'}")
    click.echo(f"titles    {facts['titles']}, {facts['frames']} frames")
    click.echo(f"jobs      {', '.join(f'{count} {state}' for state, count in facts['jobs'].items()) or 'none'}")
    for job in facts["running"]:
        click.echo(f"running   {job['progress']:>4.0%}  {job['path']}")
    if facts["outbox"]:
        click.echo(f"outbox    {', '.join(f'{count} {state}' for state, count in facts['outbox'].items())}")
    for each in facts["agreement"]:
        right = f"{each['right']} of {each['said']} answers that people looked at"
        click.echo(f"{each['engine']:<9} right in {right}")
