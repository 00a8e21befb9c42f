"""What verification found, and the errors that stop a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Finding:
    """One observation about a delivery. `code` is adjective + noun, such as "missing asset"."""

    code: str
    severity: Severity
    message: str
    file: str = ""
    element: str = ""
    expected: str = ""
    found: str = ""


class DeliveryError(Exception):
    """A delivery that cannot be analysed. Its text is a whole sentence for the person who dropped it."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class WaitingError(DeliveryError):
    """A delivery that lacks something that may still come."""


class MissingFiles(WaitingError):
    """Track files or asset map entries are missing; `missing` names them (path or UUID)."""

    def __init__(self, message: str, missing: Sequence[str], findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, findings)
        self.missing = tuple(missing)


class MissingKey(WaitingError):
    """The essence is encrypted and no key is at hand; `key_ids` are the KeyIds of the CPL (ST 429-7)."""

    def __init__(self, message: str, key_ids: Sequence[str], findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, findings)
        self.key_ids = tuple(key_ids)
