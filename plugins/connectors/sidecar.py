"""A JSON file beside the delivery: the one connector that writes where the delivery lies, and only where configured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from plugins.connectors.contract import ConnectorError, ConnectorKind, ConnectorSettings, News, Refused
from plugins.connectors.webhook import payload
from plugins.hookspecs import hookimpl
from reports.files import write_bytes

SUFFIX = ".reelwatch.json"


class SidecarSettings(ConnectorSettings):
    """[connectors.NAME] with kind = "sidecar"."""

    kind: Literal["sidecar"]


@hookimpl
def register_connectors() -> Sequence[ConnectorKind]:
    return [ConnectorKind("sidecar", "NAME.reelwatch.json beside the delivery", SidecarSettings, Sidecar)]


class Sidecar:
    """Writes beside a file or a package's folder, never into the package, whose contents are sealed."""

    def __init__(self, settings: SidecarSettings) -> None:
        pass

    def deliver(self, news: News) -> None:
        path = _sidecar_of(news)
        if not path.with_name(path.name.removesuffix(SUFFIX)).exists():
            raise ConnectorError(f"The delivery is no longer beside {path}.")
        try:
            write_bytes(path, payload(news))
        except OSError as error:
            raise ConnectorError(f"{path} cannot be written: {error.strerror}.") from error

    def preview(self, news: News) -> str:
        return f"writes {_sidecar_of(news)} ({len(payload(news))} bytes)"


def _sidecar_of(news: News) -> Path:
    if "title" not in news.data:
        raise Refused("A sidecar needs a title.")
    source = Path(news.data["title"]["source"])
    return source.with_name(source.name + SUFFIX)
