"""The daemon as a process: fed slowly, stopped, killed, doubled, misconfigured."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from daemon.names import as_text
from tests.daemon.drawn import write_film

PATIENCE_S = 180.0


def until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.02)
    return found


class Daemon:
    """`reelwatch run` on folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.ingest, self.library = folder / "in", folder / "library"
        self.ingest.mkdir()
        self.config = folder / "reelwatch.toml"
        self.configure()
        self.process: subprocess.Popen[str] | None = None

    def configure(self, more: str = "") -> None:
        self.config.write_text(
            f'library = "{self.library}"\nrescan_s = 3600\nretry_s = 0\n'
            f'[[ingest]]\npath = "{self.ingest}"\nquiet_time = 0.5\n{more}',
            encoding="utf-8",
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "daemon.cli", "run", "--config", str(self.config), *words]

    @contextmanager
    def running(self, **environment: str) -> Iterator[subprocess.Popen[str]]:
        env = {**os.environ, **environment}
        process = subprocess.Popen(self.command(), stderr=subprocess.PIPE, text=True, env=env)
        try:
            until((self.library / "catalog.db").exists, "the catalog")
            yield process
        finally:
            process.kill()
            process.communicate()

    def once(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command("--once"), capture_output=True, text=True, timeout=300)

    def rows(self, sql: str, *values: object) -> list[Any]:
        try:
            with sqlite3.connect(self.library / "catalog.db", timeout=30) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError:
            return []

    def states(self) -> dict[str, str]:
        return {Path(path).name: state for path, state in self.rows("SELECT path, state FROM jobs ORDER BY job_id")}

    def reached(self, name: str, states: Sequence[str]) -> str:
        return str(until(lambda: (state := self.states().get(name)) in states and state, f"{name} {states}"))


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    return Daemon(tmp_path)


def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said


def test_films_copied_slowly_renamed_in_and_moved_in_are_finished_and_sigterm_ends_it(
    daemon: Daemon, tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mp4", 2)
    content = film.read_bytes()
    with daemon.running() as process:
        with (daemon.ingest / "slow.mp4").open("wb") as slow:
            slow.write(content[: len(content) // 2])
            slow.flush()
            daemon.reached("slow.mp4", ["settling"])
            slow.write(content[len(content) // 2 :])
        assert daemon.reached("slow.mp4", ["done", "failed"]) == "done"
        other = write_film(tmp_path / "other.mp4", 3).read_bytes()
        (daemon.ingest / "new.mp4.part").write_bytes(other)
        (daemon.ingest / "new.mp4.part").rename(daemon.ingest / "new.mp4")
        (tmp_path / "season").mkdir()
        write_film(tmp_path / "season/first.mp4", 1)
        (tmp_path / "season").rename(daemon.ingest / "season")
        assert daemon.reached("new.mp4", ["done", "failed"]) == "done"
        assert daemon.reached("first.mp4", ["done", "failed"]) == "done"
        code, said = stop(process)
    assert code == 0, said
    assert daemon.rows("SELECT count(*) FROM titles") == [(3,)]
    assert daemon.rows("PRAGMA integrity_check") == [("ok",)]


def test_systemd_is_told_of_readiness_life_and_end(daemon: Daemon, tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.settimeout(PATIENCE_S)
        with daemon.running(NOTIFY_SOCKET=address, WATCHDOG_USEC="400000") as process:
            words = [heard.recv(4096).decode()]
            while not any("READY=1" in each for each in words):
                words.append(heard.recv(4096).decode())
            idle = [heard.recv(4096).decode() for _ in range(4)]
            assert all("WATCHDOG=1" in each for each in idle)
            code, _ = stop(process)
            heard.setblocking(False)
            rest = b""
            with pytest.raises(BlockingIOError):
                while True:
                    rest += heard.recv(4096)
        assert b"STOPPING=1" in rest
        assert code == 0


def test_a_second_daemon_on_the_library_says_so_and_leaves(daemon: Daemon) -> None:
    with daemon.running() as process:
        until(lambda: (daemon.library / ".staging/daemon.lock").exists(), "the lock")
        second = daemon.once()
        assert second.returncode == 1
        assert f"Another daemon works on the library {daemon.library}" in second.stderr
        assert str(process.pid) in second.stderr
        process.kill()
        process.wait()
        assert daemon.once().returncode == 0


def test_a_daemon_killed_in_the_middle_leaves_a_job_that_the_next_one_finishes(daemon: Daemon) -> None:
    write_film(daemon.ingest / "film.mp4", 30)
    with daemon.running() as process:
        daemon.reached("film.mp4", ["running"])
        process.kill()
        process.wait()
        assert daemon.rows("SELECT count(*) FROM titles") == [(0,)]
    again = daemon.once()
    assert again.returncode == 0, again.stderr
    assert daemon.states() == {"film.mp4": "done"}
    assert daemon.rows("SELECT count(*) FROM titles") == [(1,)]


def test_a_stop_in_the_middle_queues_the_job_again(daemon: Daemon) -> None:
    write_film(daemon.ingest / "film.mp4", 120)
    with daemon.running() as process:
        daemon.reached("film.mp4", ["running"])
        code, said = stop(process)
    assert code == 0, said
    assert daemon.states() == {"film.mp4": "queued"}


def test_a_bad_new_configuration_is_refused_and_a_good_one_taken(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    with daemon.running() as process:
        daemon.config.write_text("library = 3\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        write_film(daemon.ingest / "a.mp4", 1)
        assert daemon.reached("a.mp4", ["done", "failed"]) == "done"
        daemon.configure(f'[[ingest]]\npath = "{tmp_path / "second"}"\nquiet_time = 0.5\n')
        process.send_signal(signal.SIGHUP)
        write_film(tmp_path / "second/b.mp4", 2)
        assert daemon.reached("b.mp4", ["done", "failed"]) == "done"
        code, said = stop(process)
    assert code == 0
    assert "The configuration stays as it was." in said


def test_done_and_bad_deliveries_go_where_the_folder_says(daemon: Daemon) -> None:
    daemon.configure('after = "move"\nbad = "quarantine"\n')
    write_film(daemon.ingest / "good.mp4", 1)
    (daemon.ingest / "good.srt").write_text("1\n")
    (daemon.ingest / "bad.mp4").write_text("no film")
    assert daemon.once().returncode == 1
    assert daemon.states() == {"good.mp4": "done", "bad.mp4": "quarantined"}
    left = {str(path.relative_to(daemon.ingest)) for path in daemon.ingest.rglob("*") if path.is_file()}
    assert left == {"done/good.mp4", "done/good.srt", "quarantine/bad.mp4", "quarantine/bad.mp4.reason.txt"}
    assert "is no film" in (daemon.ingest / "quarantine/bad.mp4.reason.txt").read_text()
    assert daemon.once().returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--once", "--ingest", "{in}"], "No library is named"),
        (["run", "--once", "--library", "{in}/library", "--ingest", "{in}"], "lies inside the ingest folder"),
        (["run", "--once", "--library", "{in}/../l"], "No ingest folder is named"),
        (["run", "--ingest", "{in}/nowhere", "--library", "{in}/../l"], "does not exist"),
        (["jobs", "--library", "{in}", "shout"], "No such command"),
    ],
)
def test_wrong_use_is_a_sentence_and_status_2(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "in").mkdir()
    command = [word.replace("{in}", str(tmp_path / "in")) for word in words]
    env = {name: value for name, value in os.environ.items() if not name.startswith("REELWATCH_")}
    result = subprocess.run(
        [sys.executable, "-m", "daemon.cli", *command], capture_output=True, text=True, cwd=tmp_path, env=env
    )
    assert (result.returncode, said in result.stderr) == (2, True), result.stderr
    assert "Traceback" not in result.stderr


def test_a_library_without_catalog_is_a_sentence_and_status_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "daemon.cli", "jobs", "--library", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert f"There is no catalog at {as_text(tmp_path)}/catalog.db" in result.stderr


def test_help_imports_neither_numpy_nor_pydantic() -> None:
    code = "import sys\nfrom daemon.cli import cli\ntry: cli(['--help'])\nexcept SystemExit: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "Commands:" in shown
    assert not {"numpy", "pydantic", "av", "sqlite_utils", "onnxruntime"} & set(shown.split("'"))


def test_an_encrypted_package_waits_for_its_key_and_goes_on_when_it_comes(
    daemon: Daemon, shared_data: Path, tmp_path: Path
) -> None:
    pytest.importorskip("cryptography", reason="keys need the kdm extra")
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.media.test_kdm import kdm, known_key, pem

    recipient = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (tmp_path / "kdms").mkdir()
    settings = f'kdm_folder = "{tmp_path / "kdms"}"\nkdm_key = "{pem(tmp_path, recipient)}"\n'
    daemon.config.write_text(settings + daemon.config.read_text())
    shutil.copytree(shared_data / "packages/dcp/tos_battle_encrypted", daemon.ingest / "encrypted")
    with daemon.running() as process:
        assert daemon.reached("encrypted", ["waiting", "done", "failed"]) == "waiting"
        kdm(tmp_path / "kdms", recipient, *known_key(shared_data), days=36500)
        process.send_signal(signal.SIGHUP)
        assert daemon.reached("encrypted", ["done", "failed"]) == "done"
        stop(process)
    assert daemon.rows("SELECT frames FROM titles") == [(24,)]
