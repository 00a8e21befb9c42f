"""`reelwatch export`"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from catalog.library import Library, read_catalog
from catalog.loading import find_title
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("title")
@library_option
@click.option("--format", "name", required=True, help="csv, json, edl, otio, ...; `reelwatch plugins` lists them all.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
@json_option
def export(title: str, library: Library, name: str, output: Path | None, as_json: bool) -> None:
    """Write a title, named by its number, slug or name, for another program.

    With -o, --json prints what was written.
    """
    from plugins.manager import export_title, exporters
    from reports.files import write_bytes

    formats = exporters()
    if name not in formats:
        raise WrongUse(f"There is no format '{name}'. There are: {', '.join(sorted(formats))}.")
    with spoken_errors():
        db = read_catalog(library)
        title_id = find_title(db, title)
        exported = export_title(db, library, title_id, formats[name])
    if output is None:
        sys.stdout.buffer.write(exported)
        return
    try:
        write_bytes(output, exported)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from error
    if as_json:
        print_json({"title": title_id, "format": name, "file": str(output.absolute()), "bytes": len(exported)})
