"""`reelwatch run`"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from daemon.commands.options import WrongUse, spoken_errors


@click.command()
@click.option("--once", is_flag=True, help="Process what is there, then stop.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A reelwatch.toml.")
@click.option("--ingest", type=click.Path(exists=True, file_okay=False, path_type=Path), multiple=True)
@click.option("--library", type=click.Path(file_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(1, 64), help="Jobs at once.")
@click.option("--quiet-time", type=click.FloatRange(0), help="Seconds a delivery must stand still.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def run(
    once: bool,
    config: Path | None,
    ingest: tuple[Path, ...],
    library: Path | None,
    workers: int | None,
    quiet_time: float | None,
    log_format: str,
) -> None:
    """Watch ingest folders and analyse what is dropped there.

    Stops cleanly at Ctrl-C or SIGTERM; a film in the middle begins anew at the next start. SIGHUP reads the
    configuration anew.
    """
    from daemon.config import ConfigError, Settings, read_settings
    from daemon.display import Bars, Lines
    from daemon.logs import set_up
    from daemon.service import AlreadyRunning, Service

    def settings() -> Settings:
        given: dict[str, object] = {"library": library, "workers": workers}
        if ingest:
            quiet = {} if quiet_time is None else {"quiet_time": quiet_time}
            given["ingest"] = [{"path": path, **quiet} for path in ingest]
        found = read_settings(config, **{name: value for name, value in given.items() if value is not None})
        if not found.ingest:
            raise ConfigError("No ingest folder is named; give --ingest DIR, or [[ingest]] in reelwatch.toml.")
        return found

    try:
        chosen = settings()
    except ConfigError as error:
        raise WrongUse(str(error)) from error
    bars = Bars() if once and sys.stderr.isatty() and log_format == "text" else None
    set_up(log_format, quiet=bars is not None)
    shown: AbstractContextManager[object] = bars or nullcontext()
    try:
        with spoken_errors(), shown:
            failed = Service(chosen, bars or Lines(), settings).run(once)
    except AlreadyRunning as error:
        raise click.ClickException(str(error)) from error
    if once:
        click.echo(f"The report is {chosen.library / 'reports' / 'index.html'}", err=True)
        raise SystemExit(1 if failed else 0)
