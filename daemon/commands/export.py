"""`reelwatch export`"""

from __future__ import annotations

import os
from pathlib import Path

import click

from catalog.library import Library, read_catalog
from catalog.loading import find_title
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("title", required=False)
@library_option
@click.option("--format", "name", help="One of --list.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
@click.option("--list", "listing", is_flag=True, help="The formats there are.")
@json_option
def export(
    title: str | None, library: Library, name: str | None, output: Path | None, listing: bool, as_json: bool
) -> None:
    """Write a title, named by its number, slug or name, for another program.

    --json prints, for --list and with -o, what was done.
    """
    from plugins.manager import export_title, exporters

    formats = exporters()
    if listing:
        _list({name: each.description for name, each in formats.items()}, as_json)
        return
    if title is None or name is None:
        raise WrongUse("Name a title and a --format; --list shows the formats.")
    if name not in formats:
        raise WrongUse(f"There is no format '{name}'. There are: {', '.join(sorted(formats))}.")
    with spoken_errors():
        db = read_catalog(library)
        title_id = find_title(db, title)
        exported = export_title(db, library, title_id, formats[name])
    if output is None:
        click.get_binary_stream("stdout").write(exported)
        return
    _write(output, exported)
    if as_json:
        print_json({"title": title_id, "format": name, "file": str(output.absolute()), "bytes": len(exported)})


def _list(formats: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(formats)
        return
    for name, description in sorted(formats.items()):
        click.echo(f"{name:<16} {description}")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a file beside it is put in its place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from error
