"""Kitsu's real server takes what the connector publishes. Only where REELWATCH_ZOU names zou's bin/zou."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database
from zou_server import EMAIL, PASSWORD, zou_server

from catalog.corrections import Word, correct
from catalog.library import Library, writing
from plugins.outbox import deliver_due, open_connectors
from reports.thumbnails import write_thumbnail

gazu = pytest.importorskip("gazu", reason="the extra kitsu is not installed")
ZOU = os.environ.get("REELWATCH_ZOU", "")


@pytest.mark.skipif(not ZOU, reason="REELWATCH_ZOU names no zou; see tests/plugins/zou_server.py")
def test_titles_shots_and_previews_arrive(db: Database, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    slug = db.execute("SELECT slug FROM titles").fetchone()[0]
    write_thumbnail(np.full((72, 128, 3), 90, np.uint8), library.thumbnails / slug / "00001.jpg")
    monkeypatch.setenv("KITSU_PASSWORD", PASSWORD)
    with zou_server(Path(ZOU)) as url:
        client = gazu.client.create_client(url)
        gazu.log_in(EMAIL, PASSWORD, client=client)
        project = gazu.project.new_project("Our Film", client=client)
        table = {
            "kind": "kitsu",
            "url": url,
            "email": EMAIL,
            "password": {"env": "KITSU_PASSWORD"},
            "project": "Our Film",
        }
        connectors = open_connectors({"kitsu": table})
        for scale in ("CU", "MS"):
            if scale == "MS":
                with writing(db):
                    correct(db, 1, [Word(1, scale=scale)], "anna")
            assert deliver_due(db, library, connectors, 0.0) == 1, db.execute("SELECT reason FROM messages").fetchall()
            (sequence,) = gazu.shot.all_sequences_for_project(project, client=client)
            assert sequence["name"] == "The Séance"
            shots = sorted(gazu.shot.all_shots_for_sequence(sequence, client=client), key=lambda shot: shot["name"])
            assert [(shot["name"], shot["nb_frames"]) for shot in shots] == [("SH0010", 100), ("SH0020", 200)]
            data = gazu.shot.get_shot(shots[0]["id"], client=client)["data"]
            assert (data["scale"], data["place"], data["tags"]) == (scale, "INT", "forest, music")
            previews = gazu.shot.all_previews_for_shot(shots[0], client=client)
            assert len(previews) == 1
