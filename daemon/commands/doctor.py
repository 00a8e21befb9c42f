"""`reelwatch doctor`"""

from __future__ import annotations

from pathlib import Path

import click

from daemon.commands.options import WrongUse, json_option, print_json


@click.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A reelwatch.toml.")
@click.option("--ingest", type=click.Path(path_type=Path), multiple=True)
@click.option("--library", type=click.Path(file_okay=False, path_type=Path))
@json_option
def doctor(config: Path | None, ingest: tuple[Path, ...], library: Path | None, as_json: bool) -> None:
    """Check folders, limits, codecs, models and disk, and say what to do. Status 1 where something is bad."""
    from daemon.config import ConfigError, read_settings
    from daemon.health import examine

    given: dict[str, object] = {"ingest": [{"path": path} for path in ingest]} if ingest else {}
    if library:
        given["library"] = library
    try:
        checks = list(examine(read_settings(config, **given)))
    except ConfigError as error:
        raise WrongUse(str(error)) from error
    if as_json:
        print_json([vars(check) for check in checks])
    else:
        for check in checks:
            click.echo(f"{check.state:<8} {check.name:<9} {check.message}")
            if check.remedy:
                click.echo(f"{'':<18} {check.remedy}")
    raise SystemExit(1 if any(check.state == "bad" for check in checks) else 0)
