from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import ConfigError, read_settings


def write(folder: Path, text: str) -> Path:
    file = folder / "reelwatch.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_the_environment_and_the_command_line_stand_above_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, 'library = "/l"\nworkers = 2\nrescan_s = 30\n[limits]\nmemory_gib = 2\nnice = 3\n')
    monkeypatch.setenv("REELWATCH_WORKERS", "3")
    monkeypatch.setenv("REELWATCH_RESCAN_S", "40")
    monkeypatch.setenv("REELWATCH_LIMITS__NICE", "7")
    settings = read_settings(file, workers=4)
    assert (settings.workers, settings.rescan_s, settings.limits.memory_gib, settings.limits.nice) == (4, 40, 2, 7)


def test_ingest_folders_have_their_own_rules(tmp_path: Path) -> None:
    text = 'library = "/l"\n[[ingest]]\npath = "/a"\nquiet_time = 60\n[[ingest]]\npath = "/b"\nbad = "quarantine"\n'
    first, second = read_settings(write(tmp_path, text)).ingest
    assert (first.path, first.quiet_time, first.bad) == (Path("/a"), 60, "keep")
    assert (second.path, second.bad) == (Path("/b"), "quarantine")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("workers = 2\n", "No library is named"),
        ('library = "/l"\nworkers = "many"\n', "workers: Input should be a valid integer"),
        ('library = "/l"\ncolour = "red"\n', "colour: Extra inputs are not permitted"),
        ('library = "/l\n', "is no TOML"),
        (
            'library = "/in/library"\n[[ingest]]\npath = "/in"\n',
            "The library /in/library lies inside the ingest folder /in",
        ),
        ('library = "/l"\n[[ingest]]\npath = "/l/in"\n', "The ingest folder /l/in lies inside the library /l"),
        ('library = "/l"\n[[ingest]]\npath = "/in"\n[[ingest]]\npath = "/in/a"\n', "/in and /in/a overlap"),
    ],
)
def test_a_bad_configuration_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(write(tmp_path, text))
    assert sentence in str(caught.value)


def test_a_link_hides_no_overlap(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    text = f'library = "{tmp_path}/l"\n[[ingest]]\npath = "{tmp_path}/in"\n[[ingest]]\npath = "{tmp_path}/link"\n'
    with pytest.raises(ConfigError, match="overlap"):
        read_settings(write(tmp_path, text))
