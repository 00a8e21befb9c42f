"""Plugins are found and called; a broken one is logged and skipped."""

from __future__ import annotations

import logging
import types
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from catalog.library import CatalogError, Library
from catalog.records import Analysis
from plugins.hookspecs import Exporter, PictureExporter, hookimpl
from plugins.manager import export_title, exporters, notify, plugin_manager


@pytest.fixture
def installed() -> Iterator[types.SimpleNamespace]:
    """A well-behaved and a broken plugin, registered for one test."""
    heard: list[tuple[int, str]] = []

    class Listener:
        @hookimpl
        def title_analysed(self, title_id: int, analysis: Analysis) -> None:
            heard.append((title_id, analysis.title.name))

        @hookimpl
        def register_exporters(self) -> list[Exporter]:
            return [Exporter("names", ".txt", "Only the name", lambda analysis: analysis.title.name.encode())]

    class Broken:
        @hookimpl
        def title_analysed(self, library: Library) -> None:
            raise RuntimeError("no network")

        @hookimpl
        def register_exporters(self) -> list[Exporter]:
            raise RuntimeError("no formats")

    manager = plugin_manager()
    plugins = [Listener(), Broken()]
    for plugin in plugins:
        manager.register(plugin, type(plugin).__name__)
    yield types.SimpleNamespace(heard=heard)
    for plugin in plugins:
        manager.unregister(plugin)


def test_a_broken_plugin_is_logged_and_the_others_are_called(
    installed: types.SimpleNamespace, analysis: Analysis, caplog: pytest.LogCaptureFixture, tmp_path: object
) -> None:
    with caplog.at_level(logging.ERROR):
        notify("title_analysed", library=None, title_id=7, analysis=analysis)
    assert installed.heard == [(7, "The Séance")]
    assert "Broken raised in title_analysed" in caplog.text and "no network" in caplog.text


def test_formats_come_from_built_in_and_installed_plugins(installed: types.SimpleNamespace, analysis: Analysis) -> None:
    formats = exporters()
    assert {"csv", "json", "names"} <= set(formats)
    assert formats["names"].export(analysis) == "The Séance".encode()


def test_an_exporter_that_fails_is_named_with_its_format(db: Database, library: Library) -> None:
    def cannot(analysis: Analysis) -> bytes:
        raise ValueError("no reel names")

    with pytest.raises(CatalogError, match="The Séance cannot be exported as odd: no reel names"):
        export_title(db, library, 1, Exporter("odd", ".odd", "", cannot))


def test_an_exporter_of_pictures_is_shown_where_they_are(db: Database, library: Library) -> None:
    said = export_title(db, library, 1, PictureExporter("where", ".txt", "", lambda _, folder: str(folder).encode()))
    slug = db.execute("SELECT slug FROM titles").fetchone()[0]
    assert said.decode() == str(library.thumbnails / slug)
