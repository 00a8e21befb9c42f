"""Starts Kitsu's real server, zou, on this machine for as long as this runs: `python tests/plugins/zou_server.py`.

Wants Debian's postgresql and redis-server, and zou in an environment of its own, whose bin/zou REELWATCH_ZOU names
(zou pins versions that do not suit ours). Database, keys and pictures lie in a folder that is removed afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

EMAIL, PASSWORD = "admin@example.com", "a-password-for-tests"
_PATIENCE_S = 120.0


@contextmanager
def zou_server(zou: Path) -> Iterator[str]:
    """Yields the address of the API. Raises FileNotFoundError for what is not installed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zou-")))
        folder.chmod(0o755)
        database, keys, web = _free_port(), _free_port(), _free_port()
        stack.enter_context(_postgres(folder, database))
        stack.enter_context(_process([_there("redis-server"), "--port", str(keys), "--save", "", "--dir", str(folder)]))
        (folder / "previews").mkdir()
        environment = {
            **os.environ, "DB_HOST": "127.0.0.1", "DB_PORT": str(database), "DB_USERNAME": "postgres",
            "DB_PASSWORD": "", "DB_DATABASE": "zoudb", "KV_HOST": "127.0.0.1", "KV_PORT": str(keys),
            "PREVIEW_FOLDER": str(folder / "previews"), "TMP_DIR": str(folder),
            "SECRET_KEY": "only-for-this-test-0123456789", "ENABLE_JOB_QUEUE": "False", "INDEXER_HOST": "127.0.0.1",
        }  # fmt: skip
        for words in (["init-db"], ["init-data"], ["create-admin", EMAIL, "--password", PASSWORD]):
            subprocess.run([zou, *words], env=environment, check=True, cwd=folder, stdout=sys.stderr)
        serve = [zou.with_name("gunicorn"), "-w", "1", "-b", f"127.0.0.1:{web}", "--timeout", "120", "zou.app:app"]
        stack.enter_context(_process(serve, environment, folder))
        url = f"http://127.0.0.1:{web}"
        _wait_for(url)
        yield url


@contextmanager
def _postgres(folder: Path, port: int) -> Iterator[None]:
    """As the user postgres where we are root, whom it refuses."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        raise FileNotFoundError("Debian's postgresql is not installed.")
    data = folder / "postgres"
    data.mkdir()
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")
        as_postgres = [_there("runuser"), "-u", "postgres", "--"]

    def call(*words: str) -> None:
        subprocess.run([*as_postgres, *words], check=True, stdout=sys.stderr, cwd="/")

    program = binaries[-1]
    call(str(program / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data} -c fsync=off"
    call(str(program / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
    try:
        call(str(program / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "zoudb")
        yield
    finally:
        call(str(program / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


@contextmanager
def _process(
    command: Sequence[str | Path], environment: dict[str, str] | None = None, folder: Path | None = None
) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=sys.stderr)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _there(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(f"{program} is not installed.")
    return found


if __name__ == "__main__":
    with zou_server(Path(os.environ["REELWATCH_ZOU"])) as address:
        print(f"{address}  {EMAIL}  {PASSWORD}\nCtrl-C ends it.", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
