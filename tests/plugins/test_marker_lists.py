"""Marker lists, line by line as their programs read them."""

from __future__ import annotations

import csv
import dataclasses
import io
from fractions import Fraction

import pytest
from every_rate import CUTS, RATES, at_rate

from catalog.records import Analysis, Shot
from plugins.exporters import markers_avid, markers_csv, markers_resolve


def test_premiere_columns(analysis: Analysis) -> None:
    assert markers_csv.export(analysis).decode("utf-8-sig").splitlines() == [
        "Marker Name,Description,In,Out,Duration,Marker Type",
        'pursuit,"Shots 1 to 2, rule",01:00:00;00,01:00:10;00,00:00:10;00,Chapter',
        "Shot 1,CU INT forest music,01:00:00;00,01:00:03;10,00:00:03;10,Comment",
        "Shot 2,,01:00:03;10,01:00:10;00,00:00:06;20,Comment",
    ]


def test_a_tag_is_no_formula(analysis: Analysis) -> None:
    evil = Shot(1, 0, 300, 0, None, 0.0, tags={"=1+1": 0.9})
    said = markers_csv.export(dataclasses.replace(analysis, shots=(evil,), beats=())).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(said)))[1][1] == "'=1+1"


def test_avid_lines_have_six_fields_and_no_more(analysis: Analysis) -> None:
    assert markers_avid.export(analysis).decode().split("\r\n") == [
        "Reelwatch\t01:00:00;00\tV1\tRed\tpursuit: Shots 1 to 2, rule\t300",
        "Reelwatch\t01:00:00;00\tV1\tCyan\tShot 1: CU INT forest music\t100",
        "Reelwatch\t01:00:03;10\tV1\tCyan\tShot 2\t200",
        "",
    ]
    odd = Shot(1, 0, 300, 0, None, 0.0, tags={"a\tb\nc" + "d" * 300: 0.9})
    (line,) = markers_avid.export(dataclasses.replace(analysis, shots=(odd,), beats=())).decode().splitlines()
    fields = line.split("\t")
    assert len(fields) == 6 and len(fields[4]) == markers_avid.COMMENT_LENGTH and "a b c" in fields[4]


def test_resolve_markers(analysis: Analysis) -> None:
    assert markers_resolve.export(analysis).decode("ascii").splitlines() == [
        "TITLE: The Seance",
        "FCM: DROP FRAME",
        "001  001      V     C        01:00:00;00 01:00:00;01 01:00:00;00 01:00:00;01",
        " |C:ResolveColorRed |M:pursuit Shots 1 to 2, rule |D:300",
        "002  001      V     C        01:00:00;00 01:00:00;01 01:00:00;00 01:00:00;01",
        " |C:ResolveColorCyan |M:Shot 1 CU INT forest music |D:100",
        "003  001      V     C        01:00:03;10 01:00:03;11 01:00:03;10 01:00:03;11",
        " |C:ResolveColorCyan |M:Shot 2 |D:200",
    ]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_every_list_names_the_same_frames_at_every_rate(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    exported = dataclasses.replace(at_rate(analysis, rate, drop), beats=())
    starts = [exported.title.timecode(first) for first, _ in CUTS]
    rows = list(csv.DictReader(io.StringIO(markers_csv.export(exported).decode("utf-8-sig"))))
    assert [row["In"] for row in rows] == starts
    lines = markers_avid.export(exported).decode().splitlines()
    assert [line.split("\t")[1] for line in lines] == starts
    assert [int(line.split("\t")[5]) for line in lines] == [end - first for first, end in CUTS]
    events = markers_resolve.export(exported).decode().splitlines()[2::2]
    assert [event.split()[4] for event in events] == starts
