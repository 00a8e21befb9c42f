"""`reelwatch outbox`"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog import outbox as box
from catalog.library import Library, open_catalog, read_catalog
from catalog.outbox import Message
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors

if TYPE_CHECKING:
    from plugins.outbox import Opened


@click.group(invoke_without_command=True)
@library_option
@json_option
@click.pass_context
def outbox(context: click.Context, library: Library, as_json: bool) -> None:
    """What other systems have heard and are still to hear. Without a command: the latest messages."""
    context.obj = library
    if context.invoked_subcommand is None:
        context.invoke(list_messages, state=(), limit=50, as_json=as_json)


@outbox.command("list")
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead"]), multiple=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@click.pass_obj
def list_messages(library: Library, state: Sequence[str], limit: int, as_json: bool) -> None:
    """The latest messages, the newest first."""
    with spoken_errors():
        found = box.listed(read_catalog(library), state, limit)
    if as_json:
        print_json([_facts(message) for message in found])
        return
    for message in found:
        click.echo(f"{message.message_id}  {message.state:<9} {message.connector}: {_what(message)}")
        if message.reason:
            click.echo(f"    after {message.attempts} attempts: {message.reason}")


@outbox.command()
@click.argument("message_id")
@click.pass_obj
def resend(library: Library, message_id: str) -> None:
    """Start a message anew, drawn up from what the catalog knows now."""
    with spoken_errors():
        read_catalog(library).conn.close()
        db = open_catalog(library)
        box.resend(db, message_id)
        message = box.find(db, message_id)
    click.echo(f"{message_id} waits for {message.connector}: {_what(message)}")


@outbox.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A reelwatch.toml.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.pass_obj
def deliver(library: Library, config: Path | None, dry_run: bool) -> None:
    """Send what is due now, as the daemon does all the time. Exit status 1 where something did not arrive."""
    from plugins.outbox import deliver_due, previews

    connectors = _connectors(library, config)
    with spoken_errors():
        read_catalog(library).conn.close()
        db = open_catalog(library)
        if dry_run:
            for message, said in previews(db, library, connectors):
                click.echo(f"{message.message_id} for {message.connector}, {_what(message)}: {said}")
            return
        arrived = deliver_due(db, library, connectors, time.time())
        left = [message for message in box.listed(db, ["waiting", "dead"]) if message.connector in connectors]
    click.echo(f"{arrived} messages arrived, {len(left)} did not.")
    raise SystemExit(1 if left else 0)


def _connectors(library: Library, config: Path | None) -> dict[str, Opened]:
    from daemon.config import ConfigError, read_settings
    from plugins.connectors.contract import ConnectorError
    from plugins.outbox import open_connectors

    try:
        return open_connectors(read_settings(config, library=library.root).connectors)
    except (ConfigError, ConnectorError) as error:
        raise WrongUse(str(error)) from error


def _what(message: Message) -> str:
    return f"{message.event} of {message.path or f'title {message.title_id}'}"


def _facts(message: Message) -> dict[str, Any]:
    return {name: value for name, value in vars(message).items() if name != "body"}
