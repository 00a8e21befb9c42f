"""The log on standard error, for people or as JSON lines."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_FACTS = ("job", "state")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {name: record.__dict__[name] for name in _FACTS if name in record.__dict__}
        line = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts,
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def set_up(form: str = "text", *, quiet: bool = False) -> None:
    """form: text or json. quiet: warnings only, for where a progress bar tells the rest."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S")
    handler.setFormatter(_Json() if form == "json" else text)
    logger = logging.getLogger("reelwatch")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
    logger.propagate = False
