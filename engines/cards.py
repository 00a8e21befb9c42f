"""Model cards: the JSON beside each shipped ONNX file that says what it is and what was measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODELS = Path(__file__).resolve().parent / "models"


class CardError(ValueError):
    """A model or its card is missing or not what it says it is."""


@dataclass(frozen=True)
class ModelCard:
    """One shipped model; mappings as in the JSON, described in docs/models.md."""

    name: str
    version: str
    file: str
    sha256: str
    architecture: str
    input: Mapping[str, Any]
    preprocessing: str
    classes: Mapping[str, list[str]]
    tags: Mapping[str, Mapping[str, Any]]  # tag -> status: measured | not measured | not offered, and its figures
    data: Mapping[str, Any]  # training packs, split, licences
    metrics: Mapping[str, Any]  # on pictures the model did not see, with 95 % intervals
    calibration: Mapping[str, Any]
    thresholds: Mapping[str, Any]
    command: str
    limits: list[str]

    @property
    def path(self) -> Path:
        """The ONNX file."""
        return MODELS / self.file

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the JSON."""
        return dict(self.__dict__)


def list_cards() -> list[ModelCard]:
    """Cards of all shipped models, by name."""
    return [load_card(path.stem) for path in sorted(MODELS.glob("*.json"))]


def load_card(name: str) -> ModelCard:
    """The card of one model. Raises CardError."""
    path = MODELS / f"{name}.json"
    if not path.is_file():
        known = ", ".join(p.stem for p in sorted(MODELS.glob("*.json"))) or "none"
        raise CardError(f"There is no model '{name}'; shipped models: {known}.")
    try:
        return ModelCard(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise CardError(f"The model card {path} cannot be read ({error}); install the package again.") from error


def verify(name: str) -> None:
    """Compare the model file with the sha256 on its card. Raises CardError where they differ."""
    card = load_card(name)
    if not card.path.is_file():
        raise CardError(f"The model file {card.path} is missing; install the package again.")
    found = hashlib.sha256(card.path.read_bytes()).hexdigest()
    if found != card.sha256:
        raise CardError(
            f"The model file {card.path} is not the one its card describes (sha256 {found[:12]}, card "
            f"{card.sha256[:12]}); install the package again."
        )
