"""Rendering templates: Jinja2 with everything escaped, and the words pages are written with."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports import cards, words

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).resolve().parent / "templates"


def render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


def json_for_html(value: object) -> str:
    """JSON that may stand in a <script> element: no `<` that could close it (HTML, 4.12.1.3)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # 60 ms, and a worker that fails early needs no page
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "clock": words.clock,
        "percent": lambda share: f"{100 * share:.0f} %",
        "tag_name": words.tag_name,
        "thousands": lambda number: f"{number:,}",
        "visible": words.visible,
        "embedded_json": lambda value: Markup(json_for_html(value)),
    }
    environment.filters |= {"figure": cards.figure, "card_columns": cards.columns, "card_nested": cards.nested}
    environment.tests["card_table"] = cards.is_table
    environment.globals |= {"words": words}
    return environment
