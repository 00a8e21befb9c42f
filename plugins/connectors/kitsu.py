"""Titles and shots into Kitsu, the production tracker, through gazu (the extra `kitsu`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from plugins.connectors.contract import ConnectorError, ConnectorKind, ConnectorSettings, News, Refused, Seconds, Secret
from plugins.connectors.http import check_url
from plugins.hookspecs import hookimpl

TASK = "Reelwatch"
_COLOUR = "#26c6da"


class KitsuSettings(ConnectorSettings):
    """[connectors.NAME] with kind = "kitsu"."""

    kind: Literal["kitsu"]
    url: str
    """Address of the API, such as https://kitsu.example/api."""
    email: str
    password: Secret
    project: str
    timeout_s: Seconds = 30.0
    plain_http: bool = False

    @model_validator(mode="after")
    def _check(self) -> KitsuSettings:
        check_url(self.url, self.plain_http)
        return self


@hookimpl
def register_connectors() -> Sequence[ConnectorKind]:
    return [ConnectorKind("kitsu", "Sequence, shots and previews in Kitsu", KitsuSettings, Kitsu)]


class Kitsu:
    """A title is a sequence, a shot is a shot. What is there already is found again, so a retry makes nothing twice."""

    def __init__(self, settings: KitsuSettings) -> None:
        self._settings = settings

    def deliver(self, news: News) -> None:
        if "title" not in news.data:
            raise Refused("Kitsu hears of titles only; leave failures out of its events.")
        password = self._settings.password.read()
        with _spoken(), _logged_in(self._settings, password) as client:
            _publish(client, self._settings.project, news)

    def preview(self, news: News) -> str:
        shots = news.data.get("shots", ())
        return f"{len(shots)} shots as a sequence of '{self._settings.project}' at {self._settings.url}"


def shot_name(number: int) -> str:
    """SH0010 for the first: by tens, as is usual, so that an editor can put shots in between."""
    return f"SH{number * 10:04d}"


def shot_data(shot: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata of a shot: frames, the last one counted in as Kitsu does, scale, setting, tags."""
    estimates = {name: shot[name] for name in ("scale", "place", "time_of_day", "movement") if shot[name]}
    return {
        "frame_in": shot["start_frame"],
        "frame_out": shot["end_frame"] - 1,
        "timecode_in": shot["start_tc"],
        **{name: each["value"] or "unsure" for name, each in estimates.items()},
        "tags": ", ".join(shot["tags"]),
    }


def _publish(client: Any, project_name: str, news: News) -> None:
    import gazu

    project = gazu.project.get_project_by_name(project_name, client=client)
    if project is None:
        raise ConnectorError(f"Kitsu has no project '{project_name}', or does not show it to this user.")
    sequence = gazu.shot.new_sequence(project, news.data["title"]["name"], client=client)
    task_type = gazu.task.new_task_type(TASK, color=_COLOUR, for_entity="Shot", client=client)
    for shot in news.data["shots"]:
        entity = _shot(client, project, sequence, shot)
        picture = news.thumbnails / f"{shot['shot']:05d}.jpg" if news.thumbnails else None
        if picture is not None and picture.is_file():
            _show(client, entity, task_type, picture)


def _shot(client: Any, project: Any, sequence: Any, shot: Mapping[str, Any]) -> dict[str, Any]:
    import gazu

    data, frames = shot_data(shot), shot["end_frame"] - shot["start_frame"]
    name = shot_name(shot["shot"])
    entity: dict[str, Any] = gazu.shot.new_shot(project, sequence, name, nb_frames=frames, data=data, client=client)
    before = entity.get("data") or {}
    if entity.get("nb_frames") != frames or any(before.get(key) != value for key, value in data.items()):
        changed = {"id": entity["id"], "nb_frames": frames, "data": {**before, **data}}
        entity = {**entity, **gazu.shot.update_shot(changed, client=client)}
    return entity


def _show(client: Any, entity: Mapping[str, Any], task_type: Any, picture: Path) -> None:
    """Publishes the key frame, where it is not the one published last: its sha256 is kept with the shot."""
    import gazu

    digest = hashlib.sha256(picture.read_bytes()).hexdigest()
    if (entity.get("data") or {}).get("reelwatch_key_frame") == digest:
        return
    task = gazu.task.new_task(dict(entity), task_type, client=client)
    status = gazu.task.get_default_task_status(client=client)
    gazu.task.publish_preview(
        task, status, comment="Key frame", preview_file_path=str(picture), set_thumbnail=True, client=client
    )
    gazu.shot.update_shot_data(entity["id"], {"reelwatch_key_frame": digest}, client=client)


@contextmanager
def _logged_in(settings: KitsuSettings, password: str) -> Iterator[Any]:
    try:
        import gazu
        from requests.adapters import HTTPAdapter
    except ImportError as error:
        raise ConnectorError("Kitsu needs gazu: pip install 'reelwatch[kitsu]'.") from error

    class Patient(HTTPAdapter):  # type: ignore[misc, unused-ignore]
        """gazu sets no time limit."""

        def send(self, *arguments: Any, **options: Any) -> Any:
            return super().send(*arguments, **{**options, "timeout": settings.timeout_s})

    client = gazu.client.create_client(settings.url)
    for scheme in ("https://", "http://"):
        client.session.mount(scheme, Patient())
    with client:
        gazu.log_in(settings.email, password, client=client)  # type: ignore[no-untyped-call, unused-ignore]
        yield client


@contextmanager
def _spoken() -> Iterator[None]:
    """gazu raises a dozen kinds of its own, and those of requests."""
    try:
        yield
    except ConnectorError:
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("gazu", "requests", "urllib3"):
            raise
        raise ConnectorError(f"Kitsu said no: {type(error).__name__} {error}".strip()) from error
