"""`reelwatch verify`"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daemon.commands.options import json_option, print_json

if TYPE_CHECKING:
    from media.verify import Progress


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
def verify(path: Path, as_json: bool) -> None:
    """Check a package against its packing lists and playlists, or a film against the checksums beside it.

    Reads every file once. Status 1 for errors.
    """
    from media.verify import verify as verify_delivery

    path = path.absolute()
    try:
        with _bar() as told:
            findings = verify_delivery(path, told, search=[path.parent])
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.severity:<8} {finding.code}: {finding.message}")
        click.echo(f"{len(findings)} findings." if findings else "Nothing to object to.")
    raise SystemExit(1 if any(finding.severity == "error" for finding in findings) else 0)


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """A bar of bytes read, on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("reading", total=None)
        yield lambda read, total: bars.update(bar, completed=read, total=total)
