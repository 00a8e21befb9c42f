"""`reelwatch verify`"""

from __future__ import annotations

from pathlib import Path

import click

from daemon.commands.options import json_option, print_json


@click.command()
@click.argument("package", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def verify(package: Path, as_json: bool) -> None:
    """Check a DCP or IMF package against its packing lists: every file's size and hash. Status 1 for errors."""
    from media.findings import DeliveryError
    from media.package import read_package
    from media.verify import verify_package

    try:
        contents = read_package(package.absolute())
        findings = [*contents.findings, *verify_package(contents)]
    except DeliveryError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.severity:<8} {finding.message}")
        click.echo(f"{len(contents.paths)} files listed, {len(findings)} findings.")
    raise SystemExit(1 if any(finding.severity == "error" for finding in findings) else 0)
