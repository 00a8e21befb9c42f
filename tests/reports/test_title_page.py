"""The page of a title, as text: what it says, what it leaves out, and that nothing in it is taken for markup."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from made_up_film import draw_key_frame, make_analysis
from sqlite_utils import Database

from catalog.library import CatalogError, Library, open_catalog, writing
from catalog.records import Analysis, Loudness, Shot
from catalog.store import save, slug_of
from reports.entry import thumbnail_name
from reports.thumbnails import write_thumbnail
from reports.title_page import write_title


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def db(library: Library) -> Database:
    return open_catalog(library)


def page_of(db: Database, library: Library, analysis: Analysis, **options: object) -> str:
    with writing(db):
        title_id = save(db, analysis)
    return write_title(db, library, title_id, **options).read_text("utf-8")


def test_facts_of_the_delivery(db: Database, library: Library) -> None:
    analysis = make_analysis(30)
    text = page_of(db, library, analysis)
    end = analysis.title.timecode(analysis.title.frames)
    for fact in (
        "The Lantern Keepers", "2048 × 858", "2.39:1", "jpeg2000", "01:00:00:00", end,
        f"{analysis.title.frames:,} frames",
        "1 warning", "duplicate asset id", "lantern_r1_pcm.mxf", "luminance difference", "window rule over tags",
    ):  # fmt: skip
        assert fact in text, fact


def test_what_is_unsure_corrected_and_not_measured_is_told_apart(db: Database, library: Library) -> None:
    analysis = make_analysis(34)
    bare = dataclasses.replace(analysis.shots[3], scale=None)
    analysis = dataclasses.replace(analysis, shots=(*analysis.shots[:3], bare, *analysis.shots[4:]))
    text = page_of(db, library, analysis)
    unsure = sum(not each.value for shot in analysis.shots for each in (shot.scale, shot.place) if each)
    rows = text.split('<div class="shot" role="row" id="')[1:]
    assert len(rows) == 34
    assert sum(row.count('class="unsure"') for row in rows) == unsure > 0
    assert [row.split('"')[0] for row in rows if 'class="corrected"' in row] == ["shot-17", "shot-34"]
    assert [row.split('"')[0] for row in rows if "not measured" in row] == ["shot-4"]
    assert "Not measured in this title: camera movement." in text


def test_shots_fold_by_scene_and_those_in_none_have_no_head(db: Database, library: Library) -> None:
    analysis = make_analysis(20)
    heads = [piece.split("</div>")[0] for piece in page_of(db, library, analysis).split('class="scene-head"')[1:]]
    assert len(heads) == 3 and "9 shots" in heads[0] and "2 shots" in heads[2]
    assert analysis.title.timecode(analysis.shots[9].start) in heads[1]
    without = page_of(db, library, dataclasses.replace(analysis, scenes=analysis.scenes[:1]))
    assert without.count('class="scene-head"') == 1 and without.count('class="shot"') == 20
    assert "fold-all" not in page_of(db, library, dataclasses.replace(analysis, scenes=()))


def test_loudness_is_told_where_it_was_measured(db: Database, library: Library) -> None:
    made = make_analysis(8)
    assert "LUFS" not in page_of(db, library, made)
    text = page_of(db, library, dataclasses.replace(made, loudness=Loudness(-23.1, -1.25, 7.5, "5.1")))
    assert "-23.1 LUFS<small>5.1, peak -1.2 dBTP" in text
    assert "not measured</span><small>stereo<" in page_of(
        db, library, dataclasses.replace(made, loudness=Loudness(None, None, None, "stereo"))
    )


def test_a_hostile_name_stays_text(db: Database, library: Library) -> None:
    analysis = make_analysis(8, name="</script><script>alert(1)</script>\"'\u202egpj\n")
    shots = (dataclasses.replace(analysis.shots[0], tags={"</script><img src=x>": 0.9}), *analysis.shots[1:])
    text = page_of(db, library, dataclasses.replace(analysis, shots=shots))
    assert "<script>alert" not in text and "<img src=x>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;[U+202E]gpj[U+000A]" in text


def test_a_title_without_shots_tags_or_pictures_has_a_page(db: Database, library: Library) -> None:
    analysis = dataclasses.replace(
        make_analysis(8), shots=(), transitions=(), tags=(), beats=(), scores=(), runs=(), scenes=()
    )
    text = page_of(db, library, analysis)
    assert "No model has looked at this title." in text and "<img" not in text


def test_a_title_of_one_shot_without_any_judgement(db: Database, library: Library) -> None:
    analysis = dataclasses.replace(
        make_analysis(8), shots=(Shot(1, 0, 500, 250, None, 0.0),), transitions=(), tags=(), beats=(), scenes=()
    )
    text = page_of(db, library, analysis)
    assert "Not measured in this title: shot scale. Not measured in this title: interior or exterior." in text


def test_exports_are_offered_where_they_are(db: Database, library: Library) -> None:
    analysis = make_analysis(8)
    assert "../../exports/" not in page_of(db, library, analysis)
    (library.exports / f"{slug_of(analysis.title)}.csv").write_text("shot\n")
    (library.exports / "another-title.edl").write_text("")
    text = page_of(db, library, analysis)
    assert f'href="../../exports/{slug_of(analysis.title)}.csv"' in text and "another-title" not in text


def test_model_cards_tell_what_nobody_looked_for(db: Database, library: Library) -> None:
    card = {
        "architecture": "a <small> net",
        "classes": {"tags": ["smoking", "weapon"]},
        "metrics": {
            "scale": {"stills": {"accuracy": 0.76543, "ci": [0.7, 0.8], "by film": {"a": 1}}, "frames": {"n": 9}}
        },
        "tags": {"smoking": {"status": "measured", "ap": 0.4321}, "weapon": {"status": "not measured", "ap": None}},
    }
    text = page_of(db, library, make_analysis(30), cards={"compact": card})
    assert "<td>0.765</td><td>0.7 to 0.8</td>" in text and "stills: by film" in text and "<td>not measured</td>" in text
    assert '<td class="value muted">0.43</td></tr>' in text
    assert "Model card of compact" in text and "a &lt;small&gt; net" in text
    assert "Not looked for: " in text and "drinking" in text.split("Not looked for: ")[1].split("</p>")[0].lower()


def test_pictures_are_lazy_and_of_known_size(db: Database, library: Library) -> None:
    analysis = make_analysis(8)
    for shot in analysis.shots[:5]:
        write_thumbnail(
            draw_key_frame(shot), library.thumbnails / slug_of(analysis.title) / thumbnail_name(shot.number)
        )
    text = page_of(db, library, analysis)
    shots = text.split('id="shots"')[1].split("<dialog")[0]
    assert shots.count("<img") == 5 == shots.count('width="384" height="160" alt="" loading="lazy"')
    assert (library.reports / slug_of(analysis.title) / "barcode.jpg").stat().st_size > 500


def test_a_damaged_thumbnail_does_not_stop_the_page(db: Database, library: Library) -> None:
    analysis = make_analysis(8)
    folder = library.thumbnails / slug_of(analysis.title)
    folder.mkdir()
    (folder / thumbnail_name(1)).write_bytes(b"\xff\xd8\xff\xe0 cut off")
    (folder / thumbnail_name(2)).write_bytes(b"")
    assert "The Lantern Keepers" in page_of(db, library, analysis)


def test_a_feature_stays_below_three_megabytes(db: Database, library: Library) -> None:
    analysis = make_analysis(2500, name="A Feature With A Name That Fills The Sixty Letters Of A Slug")
    folder = library.thumbnails / slug_of(analysis.title)
    folder.mkdir()
    for shot in analysis.shots:
        (folder / thumbnail_name(shot.number)).touch()  # named on the page; what is in them does not matter here
    assert 2_000_000 < len(page_of(db, library, analysis).encode()) < 3_000_000


def test_writing_again_leaves_one_page_and_no_leftovers(db: Database, library: Library) -> None:
    page_of(db, library, make_analysis(8))
    page_of(db, library, make_analysis(9))
    folder = library.reports / slug_of(make_analysis(8).title)
    assert sorted(path.name for path in folder.iterdir()) == ["barcode.jpg", "entry.json", "index.html", "shots.js"]


def test_a_title_that_is_not_there_is_said(db: Database, library: Library) -> None:
    with pytest.raises(CatalogError, match="no title 7"):
        write_title(db, library, 7)
