"""Options that several commands share, and how errors become a sentence and an exit status."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from catalog.library import CatalogError, Library

Command = TypeVar("Command", bound=Callable[..., Any])


class WrongUse(click.ClickException):
    """Exit status 2: the command or its configuration is wrong."""

    exit_code = 2


def library_option(command: Command) -> Command:
    """--library DIR; without it the library of reelwatch.toml or REELWATCH_LIBRARY. Passes `library: Library`."""
    return click.option(
        "--library",
        type=click.Path(file_okay=False, path_type=Path),
        callback=lambda context, option, value: chosen_library(value),
        help="The library folder. Default: that of reelwatch.toml or REELWATCH_LIBRARY.",
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def chosen_library(named: Path | None) -> Library:
    """Raises WrongUse where neither the command line nor the configuration names a library."""
    if named is not None:
        return Library(named.expanduser().absolute())
    from daemon.config import ConfigError, read_settings

    try:
        return Library(read_settings().library)
    except ConfigError as error:
        raise WrongUse(str(error)) from error


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Errors with a sentence for people end the command with status 1 and that sentence."""
    try:
        yield
    except CatalogError as error:
        raise click.ClickException(str(error)) from error


def print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
