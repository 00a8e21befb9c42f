"""`reelwatch evaluate`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from daemon.commands.options import json_option, print_json


@click.command()
@click.argument("engine")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--split", type=click.Choice(["all", "train", "val"]), default="all", show_default=True)
@json_option
def evaluate(engine: str, data: Path, split: str, as_json: bool) -> None:
    """Measure an engine on labelled data: shots, scale, setting, tags, posters.

    --data names a folder with labels.csv (cuts.csv for shots) and the files it lists.
    """
    from engines.evaluation import evaluate as measure

    try:
        figures = measure(engine, data, split)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        print_json(figures)
    else:
        for name, value in _flat("", figures):
            click.echo(f"{name:<40} {value:.4f}" if isinstance(value, float) else f"{name:<40} {value}")


def _flat(prefix: str, value: Any) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return [(prefix, value)]
    return [pair for key, inner in value.items() for pair in _flat(f"{prefix}.{key}" if prefix else str(key), inner)]
