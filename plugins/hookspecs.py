"""The hooks a plugin may implement (pluggy, entry-point group `reelwatch`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from catalog.library import Library
from catalog.records import Analysis

if TYPE_CHECKING:
    import click

    from plugins.connectors.contract import ConnectorKind

PROJECT = "reelwatch"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class Exporter:
    """A file format for one title. `export` gets everything known of it and returns the file's bytes."""

    format: str
    suffix: str
    description: str
    export: Callable[[Analysis], bytes]


@dataclass(frozen=True)
class PictureExporter:
    """A file format that shows pictures: `export` also gets the folder of the key frames, 00001.jpg for shot 1."""

    format: str
    suffix: str
    description: str
    export: Callable[[Analysis, Path], bytes]


@hookspec
def delivery_accepted(path: str) -> None:
    """A delivery is whole and its job is queued."""


@hookspec
def title_analysed(library: Library, title_id: int, analysis: Analysis) -> None:
    """A title's rows are committed and its report is written."""


@hookspec
def title_failed(path: str, reason: str) -> None:
    """A delivery's job has ended as failed; `reason` is one sentence."""


@hookspec
def delivery_quarantined(path: str, reason: str) -> None:
    """A bad delivery was moved aside, as its folder's configuration asks."""


@hookspec
def register_exporters() -> Sequence[Exporter | PictureExporter]:  # type: ignore[empty-body]
    """Formats for `reelwatch export`."""


@hookspec
def register_connectors() -> Sequence[ConnectorKind]:  # type: ignore[empty-body]
    """Kinds of connectors for the tables [connectors.NAME] of reelwatch.toml."""


@hookspec
def register_commands(cli: click.Group) -> None:
    """Adds commands to `reelwatch`."""
