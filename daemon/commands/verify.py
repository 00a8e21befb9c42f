"""`reelwatch verify`"""

from __future__ import annotations

from pathlib import Path

import click

from daemon.commands.options import json_option, print_json


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@json_option
def verify(path: Path, as_json: bool) -> None:
    """Check a package against its packing lists and playlists, or a film against the checksums beside it.

    Reads every file once. Status 1 for errors.
    """
    from media.verify import verify as verify_delivery

    try:
        findings = verify_delivery(path.absolute(), search=[path.absolute().parent])
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}.") from error
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.severity:<8} {finding.message}")
        click.echo(f"{len(findings)} findings." if findings else "Nothing to object to.")
    raise SystemExit(1 if any(finding.severity == "error" for finding in findings) else 0)
