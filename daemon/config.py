"""The configuration: reelwatch.toml, overridden by REELWATCH_* in the environment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

PLACES = (Path("reelwatch.toml"), Path("/etc/reelwatch/reelwatch.toml"))


class ConfigError(Exception):
    """A configuration that cannot be used; the text says which setting and why."""


class Ingest(BaseModel):
    """A watched folder. Times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path
    quiet_time: float = Field(default=10.0, ge=0)
    """For how long the files of a delivery must stand still before it is taken as whole."""
    mode: Literal["auto", "native", "polling"] = "auto"
    """auto: polling on network file systems, which tell nobody of changes made elsewhere."""
    after: Literal["keep", "move"] = "keep"
    """move: an analysed delivery goes to done/ in this folder."""
    bad: Literal["keep", "quarantine"] = "keep"
    """quarantine: a bad delivery goes to quarantine/ in this folder, with a .reason.txt."""
    priority: int = 0

    @field_validator("path")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()


class Limits(BaseModel):
    """What one job may use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_gib: float = Field(default=6.0, gt=0)
    silence_s: float = Field(default=600.0, gt=0)
    """A worker that reports no progress for so long hangs."""
    base_s: float = Field(default=900.0, gt=0)
    per_film_second: float = Field(default=40.0, gt=0)
    """Working time a second of film, beside base_s."""
    slowest_mb_s: float = Field(default=5.0, gt=0)
    """Reading speed below which verification of a delivery counts as hanging."""
    nice: int = Field(default=5, ge=0, le=19)
    lost_frames: float = Field(default=0.05, ge=0, le=1)
    """The share of a title's frames that may fail to decode; where more do, the title fails."""


class Settings(BaseSettings):
    """Everything the daemon can be told. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="REELWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True)

    library: Path
    ingest: tuple[Ingest, ...] = ()
    workers: int = Field(default_factory=lambda: max(1, (os.cpu_count() or 1) // 4), ge=1, le=64)
    """Jobs at once. One job keeps about four cores busy."""
    rescan_s: float = Field(default=60.0, gt=0)
    """A full look at every folder at least so often, so that a missed event costs this long and never a film."""
    poll_s: float = Field(default=5.0, gt=0)
    stop_s: float = Field(default=15.0, gt=0)
    """How long workers have for an orderly end at a stop; then they are killed, and their jobs queued again."""
    retry_s: float = Field(default=15.0, ge=0)
    """Before the second attempt after a passing fault; later ones wait longer."""
    kdm_folder: Path | None = None
    """Key delivery messages for encrypted packages; those beside a package are found too."""
    kdm_key: Path | None = None
    """The RSA key (PEM, without password) of the recipient the messages are made for."""
    limits: Limits = Limits()
    connectors: dict[str, dict[str, Any]] = {}
    """Tables [connectors.NAME]; what they hold depends on their kind (plugins.connectors)."""

    @field_validator("library", "kdm_folder", "kdm_key")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """read_settings brings file, environment and command line together."""
        return (init_settings,)


def read_settings(file: Path | None = None, **given: Any) -> Settings:
    """Settings of a TOML file (None: the first of PLACES there is), under the environment, under `given`.

    Raises ConfigError with one sentence a fault.
    """
    file = file or next((place for place in PLACES if place.is_file()), None)
    values = _table(file) if file else {}
    for above in (EnvSettingsSource(Settings)(), given):
        for name, value in above.items():
            both = isinstance(value, dict) and isinstance(values.get(name), dict)
            values[name] = {**values[name], **value} if both else value
    if not values.get("library"):
        raise ConfigError("No library is named; give --library DIR, or set library in reelwatch.toml.")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError(f"{f'{file}: ' if file else ''}{_sentences(error)}") from error
    check(settings)
    return settings


def check(settings: Settings) -> None:
    """Raises ConfigError for folders that would feed the daemon its own results, or one film twice."""
    _check_connectors(settings)
    library = settings.library.resolve()
    seen: list[Path] = []
    for ingest in settings.ingest:
        folder = ingest.path.resolve()
        if folder.exists() and not folder.is_dir():
            raise ConfigError(f"The ingest folder {ingest.path} is not a folder.")
        if library.is_relative_to(folder):
            raise ConfigError(f"The library {library} lies inside the ingest folder {folder}; put it elsewhere.")
        if folder.is_relative_to(library):
            raise ConfigError(f"The ingest folder {folder} lies inside the library {library}; put it elsewhere.")
        for other in seen:
            if folder.is_relative_to(other) or other.is_relative_to(folder):
                raise ConfigError(f"The ingest folders {other} and {folder} overlap; every film would be found twice.")
        seen.append(folder)


def _check_connectors(settings: Settings) -> None:
    if not settings.connectors:
        return
    from plugins.connectors.contract import ConnectorError
    from plugins.outbox import open_connectors

    try:
        open_connectors(settings.connectors)
    except ConnectorError as error:
        raise ConfigError(str(error)) from error


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The configuration {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration {file} is no TOML: {error}.") from error


def _sentences(error: ValidationError) -> str:
    return " ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}." for each in error.errors())
