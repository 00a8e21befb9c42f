"""What a connector is to the outbox, and what all of them share."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

Event = Literal["title_analysed", "title_corrected", "title_failed", "delivery_quarantined"]


class ConnectorError(Exception):
    """It did not work this time; the text says why. It is tried again later."""


class Refused(ConnectorError):
    """It will not work another time either; the message is dead."""


@dataclass(frozen=True)
class News:
    """What a connector carries. data: the JSON export of the title, or path and reason of a delivery that failed.

    message_id stays the same at every attempt, and so does the rest. thumbnails: the folder of the title's key frames,
    00001.jpg for shot 1; None where there is no title.
    """

    message_id: str
    event: str
    at: str
    data: dict[str, Any] = field(hash=False)
    thumbnails: Path | None


class Connector(Protocol):
    """Carries news to one place."""

    def deliver(self, news: News) -> None:
        """Returns once the other side has it. Raises ConnectorError. May be called again for the same news."""

    def preview(self, news: News) -> str:
        """What deliver would do, for people; touches nothing."""


class ConnectorSettings(BaseModel):
    """What every table [connectors.NAME] may hold, beside what its kind asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    events: tuple[Event, ...] = ("title_analysed", "title_corrected")


@dataclass(frozen=True)
class ConnectorKind:
    """A kind of connector: its settings, and how one is made of them."""

    kind: str
    description: str
    settings: type[ConnectorSettings]
    open: Callable[[Any], Connector]


class Secret(BaseModel):
    """Where a secret is: never in the configuration itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError("name either an environment variable (env) or a file")
        return self

    def read(self) -> str:
        """Raises ConnectorError where it is not there, so that it can still be supplied."""
        if self.env is not None:
            value = os.environ.get(self.env, "").strip()
            if not value:
                raise ConnectorError(f"The environment variable {self.env}, which holds the secret, is not set.")
            return value
        assert self.file is not None
        try:
            return self.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConnectorError(f"The secret cannot be read from {self.file}: {error}.") from error


Seconds = Annotated[float, Field(gt=0, le=120)]
"""Below the lease of the outbox, so that no two senders are at one message."""
