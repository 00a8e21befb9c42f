"""`reelwatch outbox`, and a daemon whose news reach a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save
from daemon.cli import cli
from daemon.config import ConfigError, read_settings
from tests.daemon.drawn import write_film
from tests.plugins.stub_server import StubServer, serve


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with serve() as server:
        yield server


def _config(tmp_path: Path, url: str) -> Path:
    (tmp_path / "secret").write_text("whsec_c2VjcmV0")
    file = tmp_path / "reelwatch.toml"
    file.write_text(
        f'library = "{tmp_path}/library"\n[[ingest]]\npath = "{tmp_path}/in"\n'
        f'[connectors.mam]\nkind = "webhook"\nurl = "{url}"\nsecret = {{ file = "{tmp_path}/secret" }}\n'
        f'events = ["title_analysed", "title_failed"]\n'
    )
    return file


def _call(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["outbox", "--library", str(tmp_path / "library"), *arguments])
    return result.exit_code, result.output


def test_messages_are_previewed_sent_listed_and_sent_again(
    tmp_path: Path, analysis: Analysis, stub: StubServer
) -> None:
    config = str(_config(tmp_path, stub.url))
    with writing(open_catalog(Library(tmp_path / "library"))) as db:
        save(db, analysis)
    status, said = _call(tmp_path, "deliver", "--config", config, "--dry-run")
    assert status == 0 and f"new for mam, title_analysed of title 1: POST {stub.url}" in said and not stub.received
    assert _call(tmp_path, "list", "--json") == (0, "[]\n")
    stub.answers.append(410)
    assert _call(tmp_path, "deliver", "--config", config) == (1, "0 messages arrived, 1 did not.\n")
    (dead,) = json.loads(_call(tmp_path, "list", "--state", "dead", "--json")[1])
    assert "was answered 410" in dead["reason"] and "body" not in dead
    assert _call(tmp_path, "resend", dead["message_id"])[0] == 0
    assert _call(tmp_path, "deliver", "--config", config) == (0, "1 messages arrived, 0 did not.\n")
    assert [json.loads(request.body)["type"] for request in stub.received] == ["title_analysed"] * 2
    assert f"{dead['message_id']}  delivered mam: title_analysed of title 1" in _call(tmp_path)[1]


def test_a_connector_that_is_configured_wrongly_is_named(tmp_path: Path) -> None:
    config = _config(tmp_path, "http://mam.example/")
    with pytest.raises(ConfigError, match=r"connectors\.mam: .*not encrypted"):
        read_settings(config)
    status, said = _call(tmp_path, "deliver", "--config", str(config))
    assert status == 2 and "not encrypted" in said


def test_the_daemon_tells_what_it_has_done(tmp_path: Path, stub: StubServer) -> None:
    (tmp_path / "in").mkdir()
    write_film(tmp_path / "in" / "good.mp4", 2)
    (tmp_path / "in" / "bad.mp4").write_bytes(b"no film at all" * 100)
    result = CliRunner().invoke(cli, ["run", "--once", "--config", str(_config(tmp_path, stub.url))])
    assert result.exit_code == 1
    bodies = [json.loads(request.body) for request in stub.received]
    told = {body["type"]: body["data"] for body in bodies}
    assert set(told) == {"title_analysed", "title_failed"}
    assert told["title_analysed"]["title"]["source"] == str(tmp_path / "in" / "good.mp4")
    assert told["title_failed"]["path"] == str(tmp_path / "in" / "bad.mp4")
