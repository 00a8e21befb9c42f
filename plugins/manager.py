"""Finding plugins, and calling them so that a broken one harms nobody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import pluggy
from sqlite_utils import Database

from catalog.library import CatalogError, Library
from catalog.loading import load
from catalog.store import slug_of
from plugins import hookspecs
from plugins.connectors import kitsu, sidecar, template, webhook
from plugins.connectors.contract import ConnectorKind
from plugins.exporters import (
    contact_sheet,
    markers_avid,
    markers_csv,
    markers_resolve,
    shots_csv,
    shots_edl,
    shots_otio,
    shots_vtt,
    title_ebucore,
    title_fcpxml,
    title_json,
    title_xmeml,
)
from plugins.hookspecs import PROJECT, Exporter, PictureExporter

log = logging.getLogger("reelwatch.plugins")

BUILT_IN = {
    "contact-sheet": contact_sheet,
    "csv": shots_csv,
    "ebucore": title_ebucore,
    "edl": shots_edl,
    "fcp7xml": title_xmeml,
    "fcpxml": title_fcpxml,
    "json": title_json,
    "markers-avid": markers_avid,
    "markers-csv": markers_csv,
    "markers-resolve": markers_resolve,
    "otio": shots_otio,
    "vtt": shots_vtt,
    "http": template,
    "kitsu": kitsu,
    "sidecar": sidecar,
    "webhook": webhook,
}
BUILT_IN_ORIGIN = "built-in"


@dataclass(frozen=True)
class Plugin:
    """A plugin as `reelwatch plugins` lists it. origin: built-in, or the distribution that brings it."""

    name: str
    origin: str
    hooks: tuple[str, ...]
    error: str
    """Why it is left out; empty where it works."""


def plugin_manager() -> pluggy.PluginManager:
    """All plugins: the built-in ones, then those installed under the entry-point group `reelwatch`.

    One that cannot be imported or registered is logged and left out.
    """
    return _found()[0]


def list_plugins() -> tuple[Plugin, ...]:
    """Every plugin that was found, broken ones included."""
    manager, origins, errors = _found()
    working = (
        Plugin(
            name,
            origins.get(name, ""),
            tuple(sorted(caller.name for caller in manager.get_hookcallers(plugin) or ())),
            "",
        )
        for name, plugin in manager.list_name_plugin()
        if plugin
    )
    broken = (Plugin(name, origins[name], (), error) for name, error in errors.items())
    return tuple(sorted((*working, *broken), key=lambda plugin: (plugin.origin != BUILT_IN_ORIGIN, plugin.name)))


@cache
def _found() -> tuple[pluggy.PluginManager, dict[str, str], dict[str, str]]:
    """The manager, where each plugin comes from, and what is wrong with those left out."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    origins, errors = dict.fromkeys(BUILT_IN, BUILT_IN_ORIGIN), dict[str, str]()
    for name, module in BUILT_IN.items():
        manager.register(module, name)
    for entry_point in entry_points(group=PROJECT):
        name = entry_point.name
        try:
            manager.register(entry_point.load(), name)
        except Exception as error:
            log.error("Plugin %s cannot be loaded and is left out: %r", name, error)
            name = name if name not in origins else f"{name} (again)"
            errors[name] = repr(error)
        origins[name] = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else ""
    return manager, origins, errors


def notify(hook: str, **facts: Any) -> None:
    """Calls a hook of every plugin; what one raises is logged, and the others are still called."""
    manager = plugin_manager()
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            implementation.function(*(facts[name] for name in implementation.argnames))
        except Exception:
            log.exception("Plugin %s raised in %s and is skipped", implementation.plugin_name, hook)


def exporters() -> dict[str, Exporter | PictureExporter]:
    """Every export format by its name; a plugin's format replaces a built-in one of the same name."""
    return {each.format: each for each in _registered("register_exporters")}


def connector_kinds() -> dict[str, ConnectorKind]:
    """Every kind of connector by its name; a plugin's kind replaces a built-in one of the same name."""
    return {each.kind: each for each in _registered("register_connectors")}


def _registered(hook: str) -> list[Any]:
    found: list[Any] = []
    for implementation in getattr(plugin_manager().hook, hook).get_hookimpls():
        try:
            offered: Sequence[Any] = implementation.function()
            found += offered
        except Exception:
            log.exception("Plugin %s raised in %s and is skipped", implementation.plugin_name, hook)
    return found


def export_title(db: Database, library: Library, title_id: int, exporter: Exporter | PictureExporter) -> bytes:
    """A title in an exporter's format. Raises CatalogError where there is no such title or the exporter fails."""
    analysis = load(db, title_id)
    try:
        if isinstance(exporter, Exporter):
            return exporter.export(analysis)
        return exporter.export(analysis, library.thumbnails / slug_of(analysis.title))
    except Exception as error:
        log.debug("The export failed", exc_info=True)
        raise CatalogError(f"{analysis.title.name} cannot be exported as {exporter.format}: {error}") from error
