"""What the exports say is what the catalog knows."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from importlib.resources import files

import pytest

from catalog.records import Analysis, Estimate
from plugins.exporters import shots_csv, title_json


def _rows(analysis: Analysis) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shots_csv.export(analysis).decode("utf-8-sig"))))


def test_csv_has_a_row_a_shot_in_drop_frame_timecode(analysis: Analysis) -> None:
    first, second = _rows(analysis)
    assert (first["start_tc"], first["end_tc"], first["duration_s"]) == ("01:00:00;00", "01:00:03;10", "3.337")
    assert (first["scale"], first["scale_confidence"], first["place"]) == ("CU", "0.800", "INT")
    assert first["tags"] == "forest=0.90 music=0.60" and first["beats"] == "pursuit"
    assert second["transition_in"] == "dissolve"


def test_csv_tells_unsure_from_not_measured(analysis: Analysis) -> None:
    first, second = _rows(analysis)
    assert first["time_of_day"] == "unsure" and second["time_of_day"] == ""


def test_csv_is_no_way_into_a_spreadsheet(analysis: Analysis) -> None:
    evil = dataclasses.replace(analysis.shots[0], movement=Estimate('=HYPERLINK("http://x")', 1.0, "person"))
    rows = _rows(dataclasses.replace(analysis, shots=(evil,)))
    assert rows[0]["movement"].startswith("'=")


def test_json_comes_back_with_everything(analysis: Analysis) -> None:
    said = json.loads(title_json.export(analysis))
    assert said["title"]["rate"] == "30000/1001" and said["title"]["duration_s"] == 10.01
    assert said["title"]["findings"][0]["code"] == "duplicate asset id"
    assert said["shots"][0]["time_of_day"] == {"value": "", "confidence": 0.55, "source": "compact"}
    assert said["shots"][1]["scale"] is None
    assert said["beats"][0]["end_tc"] == "01:00:10;00"
    assert said["scores"][0]["note"] == "not measured"
    assert "features" not in said["shots"][0]


def test_json_keeps_its_published_schema(analysis: Analysis) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((files("plugins") / "exporters" / "title.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    said = json.loads(title_json.export(analysis))
    validator.validate(said)
    for place, wrong in (("scale", {"value": "XXL", "confidence": 1, "source": ""}), ("start_tc", "1:00"), ("shot", 0)):
        broken = json.loads(title_json.export(analysis))
        broken["shots"][0][place] = wrong
        assert not validator.is_valid(broken), place
    for name in said:
        assert not validator.is_valid({key: value for key, value in said.items() if key != name}), name


def test_names_that_are_no_unicode_do_not_stop_an_export(analysis: Analysis) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    odd = dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, name=name))
    assert json.loads(title_json.export(odd))["title"]["name"] == name
