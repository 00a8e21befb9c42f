"""Finding plugins, and calling them so that a broken one harms nobody."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import pluggy

from plugins import hookspecs
from plugins.exporters import shots_csv, shots_edl, shots_otio, shots_vtt, title_json
from plugins.hookspecs import PROJECT, Exporter

log = logging.getLogger("reelwatch.plugins")

BUILT_IN = {"csv": shots_csv, "edl": shots_edl, "json": title_json, "otio": shots_otio, "vtt": shots_vtt}


@cache
def plugin_manager() -> pluggy.PluginManager:
    """All plugins: the built-in ones, then those installed under the entry-point group `reelwatch`.

    One that cannot be imported or registered is logged and left out.
    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, module in BUILT_IN.items():
        manager.register(module, name)
    for entry_point in entry_points(group=PROJECT):
        try:
            manager.register(entry_point.load(), entry_point.name)
        except Exception as error:
            log.error("Plugin %s cannot be loaded and is left out: %r", entry_point.name, error)
    return manager


def notify(hook: str, **facts: Any) -> None:
    """Calls a hook of every plugin; what one raises is logged, and the others are still called."""
    manager = plugin_manager()
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            implementation.function(*(facts[name] for name in implementation.argnames))
        except Exception:
            log.exception("Plugin %s raised in %s and is skipped", implementation.plugin_name, hook)


def exporters() -> dict[str, Exporter]:
    """Every export format by its name; a plugin's format replaces a built-in one of the same name."""
    found: dict[str, Exporter] = {}
    for implementation in plugin_manager().hook.register_exporters.get_hookimpls():
        try:
            offered: Sequence[Exporter] = implementation.function()  # type: ignore[assignment]
            found.update({each.format: each for each in offered})
        except Exception:
            log.exception("Plugin %s raised in register_exporters and is skipped", implementation.plugin_name)
    return found
