"""`reelwatch train`"""

from __future__ import annotations

from pathlib import Path

import click

from daemon.commands.options import WrongUse


@click.command()
@click.argument("engine", type=click.Choice(["compact"]))
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the model goes.")
@click.option("--teacher", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Weights to begin with.")
@click.option("--resume", is_flag=True, help="Continue a run that was stopped.")
def train(engine: str, data: Path, out: Path, teacher: Path | None, resume: bool) -> None:
    """Train an engine's model on labelled data. Needs the extra `train` (pip install 'reelwatch[train]')."""
    try:
        from engines.training.compact import train as train_compact
    except ModuleNotFoundError as error:
        message = f"Training needs {error.name}; install it with: pip install 'reelwatch[train]'"
        raise WrongUse(message) from error
    click.echo(f"The model is {train_compact(data, out, resume=resume, teacher=teacher)}")
