"""Kitsu through gazu, against a stub of our own that keeps what it is sent; test_kitsu_server has the real server."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from sqlite_utils import Database

from catalog.corrections import Word, correct
from catalog.library import Library, writing
from plugins.connectors.contract import ConnectorError
from plugins.connectors.kitsu import shot_name
from plugins.outbox import Opened, deliver_due, open_connectors
from reports.thumbnails import write_thumbnail

pytest.importorskip("gazu", reason="the extra kitsu is not installed")


@dataclass
class KitsuStub:
    """Tables of rows, and the pictures by preview."""

    url: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    broken: bool = False

    def add(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        rows = self.rows.setdefault(table, [])
        rows.append({"id": str(uuid.uuid4()), **row})
        return rows[-1]

    def find(self, table: str, **wanted: str) -> list[dict[str, Any]]:
        return [row for row in self.rows.get(table, []) if all(str(row.get(key)) == wanted[key] for key in wanted)]

    def answer(self, method: str, path: str, asked: dict[str, str], body: bytes) -> Any:
        if method == "POST" and (match := re.fullmatch(r"pictures/preview-files/(.+)", path)):
            self.pictures[match[1]] = body
            return {"id": match[1]}
        said = json.loads(body) if body else {}
        match method, path.split("/"):
            case "POST", ["auth", "login"]:
                known = said["email"] == "reelwatch@studio.example" and said["password"] == "s3cret"
                return {"login": known, "access_token": "token"}
            case "GET", ["data", "shots", "all"]:
                return self.find("shots", **asked)
            case "GET", ["data", "task-status"]:
                return [{"id": "todo"}]
            case "GET", ["data", "shots", number]:
                return self.find("shots", id=number)[0]
            case "GET", ["data", table]:
                return self.find(table, **asked)
            case "POST", ["data", "projects", project, table]:
                return self.add(table, {"project_id": project, **said})
            case "POST", ["data", table]:
                return self.add(table, said)
            case "PUT", ["data", "entities", number]:
                row = self.find("shots", id=number)[0]
                row.update(said)
                return row
            case "POST", ["actions", "tasks", task, "comment"]:
                return self.add("comments", {"task_id": task, **said})
            case "POST", ["actions", "tasks", task, "comments", comment, "add-preview"]:
                return self.add("previews", {"task_id": task, "comment_id": comment})
            case "PUT", ["actions", "preview-files", preview, "set-main-preview"]:
                self.find("previews", id=preview)[0]["main"] = True
                return {"id": preview}
        return None


@pytest.fixture
def kitsu() -> Iterator[KitsuStub]:
    stub = KitsuStub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = parts.path.removeprefix("/api/")
            said = None if stub.broken else stub.answer(self.command, path, dict(parse_qsl(parts.query)), body)
            content = json.dumps(said).encode()
            self.send_response(500 if said is None and path != "auth/logout" else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}/api"
    stub.add("projects", {"name": "Our Film"})
    yield stub
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connectors(kitsu: KitsuStub, tmp_path: Path) -> dict[str, Opened]:
    (tmp_path / "password").write_text("s3cret")
    table = {
        "kind": "kitsu", "url": kitsu.url, "email": "reelwatch@studio.example", "project": "Our Film",
        "password": {"file": str(tmp_path / "password")},
    }  # fmt: skip
    return open_connectors({"kitsu": table})


@pytest.fixture
def key_frame(db: Database, library: Library) -> Path:
    """Of shot 1."""
    slug = db.execute("SELECT slug FROM titles").fetchone()[0]
    path = library.thumbnails / slug / "00001.jpg"
    write_thumbnail(np.full((72, 128, 3), 90, np.uint8), path)
    return path


def test_a_title_becomes_a_sequence_of_shots_with_previews(
    db: Database, library: Library, kitsu: KitsuStub, connectors: dict[str, Opened], key_frame: Path
) -> None:
    assert deliver_due(db, library, connectors, 0.0) == 1
    assert [row["name"] for row in kitsu.rows["sequences"]] == ["The Séance"]
    first, second = kitsu.rows["shots"]
    assert (first["name"], first["nb_frames"], second["name"], second["nb_frames"]) == ("SH0010", 100, "SH0020", 200)
    said = {key: value for key, value in first["data"].items() if key != "reelwatch_key_frame"}
    assert said == {
        "frame_in": 0, "frame_out": 99, "timecode_in": "01:00:00;00", "scale": "CU", "place": "INT",
        "time_of_day": "unsure", "tags": "forest, music",
    }  # fmt: skip
    (preview,) = kitsu.rows["previews"]
    assert preview["main"] and key_frame.read_bytes() in kitsu.pictures[preview["id"]]


def test_once_more_makes_nothing_twice_and_changes_what_changed(
    db: Database, library: Library, kitsu: KitsuStub, connectors: dict[str, Opened], key_frame: Path
) -> None:
    deliver_due(db, library, connectors, 0.0)
    with writing(db):
        correct(db, 1, [Word(1, scale="MS")], "anna")
    kitsu.rows["shots"][0]["data"]["colourist"] = "Ben"
    assert deliver_due(db, library, connectors, 0.0) == 1
    assert len(kitsu.rows["shots"]) == 2 and len(kitsu.rows["previews"]) == len(kitsu.rows["tasks"]) == 1
    data = kitsu.rows["shots"][0]["data"]
    assert data["scale"] == "MS" and data["colourist"] == "Ben"


def test_what_goes_wrong_is_said(
    db: Database, library: Library, kitsu: KitsuStub, connectors: dict[str, Opened], tmp_path: Path
) -> None:
    def reason() -> str:
        return str(db.execute("SELECT reason FROM messages").fetchone()[0])

    kitsu.rows["projects"].clear()
    assert deliver_due(db, library, connectors, 0.0) == 0 and "no project 'Our Film'" in reason()
    (tmp_path / "password").write_text("wrong")
    assert deliver_due(db, library, connectors, 5.0) == 0 and "AuthFailed" in reason()
    kitsu.broken = True
    assert deliver_due(db, library, connectors, 305.0) == 0 and "Kitsu said no" in reason()


def test_names_leave_room_between() -> None:
    assert [shot_name(number) for number in (1, 12, 1000)] == ["SH0010", "SH0120", "SH10000"]


def test_addresses_are_encrypted() -> None:
    table = {"kind": "kitsu", "url": "http://kitsu.example", "email": "a", "project": "b", "password": {"env": "C"}}
    with pytest.raises(ConnectorError, match="not encrypted"):
        open_connectors({"kitsu": table})
