"""`reelwatch jobs`"""

from __future__ import annotations

from typing import Any

import click

from catalog.library import Library, open_catalog, read_catalog
from daemon import queue
from daemon.commands.options import json_option, library_option, print_json, spoken_errors
from daemon.names import as_text
from daemon.queue import Job


@click.group(invoke_without_command=True)
@library_option
@json_option
@click.pass_context
def jobs(context: click.Context, library: Library, as_json: bool) -> None:
    """What happened to each delivery, and why. Without a command: the latest jobs."""
    context.obj = library
    if context.invoked_subcommand is None:
        context.invoke(list_jobs, state=(), limit=50, as_json=as_json)


@jobs.command("list")
@click.option("--state", type=click.Choice(queue.STATES), multiple=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@click.pass_obj
def list_jobs(library: Library, state: tuple[str, ...], limit: int, as_json: bool) -> None:
    """The latest jobs, the newest first."""
    with spoken_errors():
        found = queue.listed(_reading(library), state, limit)
    if as_json:
        print_json([_facts(job) for job in found])
        return
    for job in found:
        held = " (held)" if job.held else ""
        share = f" {job.progress:.0%}" if job.state == "running" else ""
        click.echo(f"{job.job_id:>6}  {job.state + held + share:<12} {as_text(job.path)}")
        if job.reason:
            click.echo(f"        {job.reason}")


@jobs.command()
@click.argument("job_id", type=int)
@json_option
@click.pass_obj
def show(library: Library, job_id: int, as_json: bool) -> None:
    """One job with everything that happened to it, and the last lines of its log."""
    with spoken_errors():
        db = _reading(library)
        job, events = queue.find(db, job_id), queue.events(db, job_id)
    if as_json:
        print_json({**_facts(job), "events": events})
        return
    for name, value in _facts(job).items():
        if value not in ("", None):
            click.echo(f"{name:<11} {value}")
    for event in events:
        click.echo(f"{event['at']}  {event['from'] or 'new'} -> {event['to']}  {event['reason']}")


@jobs.command()
@click.argument("job_id", type=int)
@click.pass_obj
def retry(library: Library, job_id: int) -> None:
    """Queue a failed, cancelled or waiting job again."""
    with spoken_errors():
        _say(queue.retry(open_catalog(_there(library)), job_id))


@jobs.command()
@click.argument("job_id", type=int)
@click.pass_obj
def cancel(library: Library, job_id: int) -> None:
    """End a job that has not ended; its delivery stays as it is."""
    with spoken_errors():
        _say(queue.cancel(open_catalog(_there(library)), job_id))


@jobs.command()
@click.argument("job_id", type=int)
@click.argument("priority", type=int)
@click.pass_obj
def prioritise(library: Library, job_id: int, priority: int) -> None:
    """Set a job's priority; higher ones start first, the usual one is 0."""
    with spoken_errors():
        _say(queue.prioritise(open_catalog(_there(library)), job_id, priority))


@jobs.command()
@click.argument("job_id", type=int)
@click.option("--off", is_flag=True, help="Release it.")
@click.pass_obj
def hold(library: Library, job_id: int, off: bool) -> None:
    """Keep a job from being started."""
    with spoken_errors():
        _say(queue.hold(open_catalog(_there(library)), job_id, not off))


def _reading(library: Library) -> Any:
    return read_catalog(library)


def _there(library: Library) -> Library:
    """Raises CatalogError where there is no catalog, for these commands make none."""
    read_catalog(library).conn.close()
    return library


def _facts(job: Job) -> dict[str, Any]:
    return {**vars(job), "path": as_text(job.path)}


def _say(job: Job) -> None:
    click.echo(f"Job {job.job_id} is {job.state}{' and held' if job.held else ''}: {as_text(job.path)}")
