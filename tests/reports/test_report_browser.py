"""The pages in a real Chromium, opened from disk under their own content security policy."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from made_up_film import add_job, make_analysis

from catalog.library import Library, open_catalog, writing
from catalog.records import Shot
from catalog.search import search
from catalog.store import save, slug_of
from media.timecode import counting_base, timecode
from reports.index_page import write_index
from reports.title_page import write_title

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
Visit = Callable[..., Any]

HOSTILE = (
    '<script>document.title="owned"</script>',
    "\"><img src=x onerror=\"document.title='owned'\">'",
    "right\u202eto left.mov",
    "emoji 🎬🎞️ and é",
    "two\nlines\tand a tab",
    "n" * 255,
    b"caf\xe9 \xff.mov".decode("utf-8", "surrogateescape"),
    "</title></script><!--",
    "{{ 7*7 }} ${7*7} &amp;",
)


@pytest.fixture
def title_page(library: Library) -> Path:
    return library.reports / slug_of(make_analysis(120).title) / "index.html"


def shown_rows(page: Any) -> list[int]:
    return page.evaluate("[...document.querySelectorAll('.shot[id]:not([hidden])')].map(e => +e.id.slice(5))")


def test_the_page_shows_name_pictures_and_lanes(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    assert page.title() == "The Lantern Keepers · Reelwatch"
    assert page.inner_text("h1") == "The Lantern Keepers"
    strip = page.locator(".strip img")
    assert strip.count() == 16
    assert strip.evaluate_all("all => Promise.all(all.map(e => e.decode().then(() => e.naturalWidth)))") == [384] * 16
    assert page.locator(".lane").count() == 6 + 6 + 2
    assert page.locator(".ruler text").first.text_content() == "01:00:00:00"


def test_styles_apply_and_inline_script_does_not(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "sticky"
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert visit.complaints.pop().startswith("Executing inline script violates")  # type: ignore[attr-defined]


def test_javascript_writes_timecode_as_python_does(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    frames = [
        0,
        1,
        23,
        1799,
        1800,
        1801,
        1802,
        17981,
        17982,
        17983,
        107892,
        2589407,
        2589408,
        5178815,
        5178816,
        9999999,
    ]
    for rate in (
        Fraction(24),
        Fraction(24000, 1001),
        Fraction(25),
        Fraction(30000, 1001),
        Fraction(60000, 1001),
        Fraction(120),
    ):
        clock = {"base": counting_base(rate), "drop": ";" in timecode(0, rate)}
        said = page.evaluate("([frames, clock]) => frames.map(f => reelwatch.timecode(f, clock))", [frames, clock])
        assert said == [timecode(frame, rate) for frame in frames]
        seconds = [0, 59, 60, 61, 599, 600, 3600, 3661]
        starts = page.evaluate("([all, clock]) => all.map(s => reelwatch.frameOfSecond(s, clock))", [seconds, clock])
        assert [timecode(frame, rate)[:8] for frame in starts] == [
            f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in seconds
        ]
        assert all(timecode(frame, rate)[-2:] in ("00", "02", "04") for frame in starts)


def test_a_click_in_the_timeline_goes_to_the_shot(visit: Visit, title_page: Path) -> None:
    page, analysis = visit(title_page), make_analysis(120)
    shot = analysis.shots[70]
    box = page.locator("#tracks").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (shot.start + shot.end) / 2 / analysis.title.frames, box["y"] + 80)
    page.wait_for_selector(".shot:target")
    assert page.evaluate("document.querySelector('.shot:target').id") == "shot-71"
    row = page.locator("#shot-71").bounding_box()
    assert 0 < row["y"] < 900


def test_hovering_tells_timecode_and_shot(visit: Visit, title_page: Path) -> None:
    page, analysis = visit(title_page), make_analysis(120)
    box = page.locator("#tracks").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 80)
    middle = analysis.title.frames // 2
    number = next(shot.number for shot in analysis.shots if shot.start <= middle < shot.end)
    said = page.inner_text("#peek")
    assert f"Shot {number}" in said and re.search(r"01:0\d:\d\d:\d\d", said)
    page.mouse.move(10, 10)
    assert page.locator("#peek").is_hidden()


def test_the_timeline_works_by_keys_and_zooms(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    tracks = page.locator("#tracks")
    whole = page.inner_text("#visible-range")
    tracks.focus()
    for key in ("End", "ArrowLeft", "+", "+"):
        page.keyboard.press(key)
    assert tracks.get_attribute("aria-valuenow") == "119"
    assert tracks.get_attribute("aria-valuetext").startswith("Shot 119, 01:")
    zoomed = page.locator("svg.lane.shots").get_attribute("viewBox").split()
    frames = make_analysis(120).title.frames
    assert float(zoomed[2]) == frames / 4 and float(zoomed[0]) > frames / 2
    page.keyboard.press("0")
    assert page.inner_text("#visible-range") == whole
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#shot-119"


QUERIES: tuple[tuple[str, Callable[..., bool]], ...] = (
    ("scale:CU,ecu", lambda shot, _: shot.scale.value in ("CU", "ECU")),
    ("setting:int,night", lambda shot, _: (shot.place.value, shot.time_of_day.value) == ("INT", "NIGHT")),
    ("tag:forest len:>=3s", lambda shot, _: "forest" in shot.tags and shot.frames >= 72),
    ("unsure:true", lambda shot, _: not shot.scale.value or not shot.place.value),
    ("corrected:true", lambda shot, _: shot.scale.source == "person"),
    ("beat:pursuit", lambda shot, beats: beats["pursuit"][0] <= shot.number <= beats["pursuit"][1]),
    ('"car chase"', lambda shot, _: "car_chase" in shot.tags),
)


def test_the_filter_shows_what_fits_and_stays_in_the_address(visit: Visit, title_page: Path) -> None:
    page, analysis = visit(title_page), make_analysis(120)
    beats = {beat.category: (beat.start_shot, beat.end_shot) for beat in analysis.beats}
    for query, fits in QUERIES:
        wanted = [shot.number for shot in analysis.shots if fits(shot, beats)]
        page.fill("#filter", query)
        assert shown_rows(page) == wanted and wanted, query
        assert page.inner_text("#filter-state").startswith(f"{len(wanted)} of 120 shots")
    page.reload()
    assert shown_rows(page) == wanted


def test_a_filter_that_makes_no_sense_says_so_and_hides_nothing(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    for query, complaint in (
        ("colour:red", "no search term"),
        ("setting:indoors", "no setting"),
        ("len:long", "no length"),
    ):
        page.fill("#filter", query)
        assert complaint in page.inner_text("#filter-state")
        assert len(shown_rows(page)) == 120


def test_a_link_to_a_hidden_shot_clears_the_filter(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    page.click("button.chip >> text=CU")
    hidden = next(number for number in range(1, 121) if number not in shown_rows(page))
    page.evaluate(f"location.hash = '#shot-{hidden}'")
    page.wait_for_selector(f"#shot-{hidden}:not([hidden])")
    assert page.input_value("#filter") == ""


def test_timecodes_are_copied(visit: Visit, title_page: Path) -> None:
    page = visit(title_page, permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("#shot-9 .tc").first
    button.click()
    page.wait_for_selector("#toast.shown")
    assert page.inner_text("#toast") == f"Copied {button.inner_text()}"
    assert page.evaluate("navigator.clipboard.readText()") == make_analysis(120).title.timecode(
        make_analysis(120).shots[8].start
    )


def test_the_list_of_shown_shots_is_copied(visit: Visit, title_page: Path) -> None:
    page, analysis = visit(title_page, permissions=["clipboard-read", "clipboard-write"]), make_analysis(120)
    page.fill("#filter", "scale:ECU")
    page.click("#copy-list")
    page.wait_for_selector("#toast.shown")
    head, *lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert head.split("\t") == ["shot", "in", "out", "scale", "place", "time", "tags"]
    wanted = [shot for shot in analysis.shots if shot.scale and shot.scale.value == "ECU"]
    assert [line.split("\t")[:4] for line in lines] == [
        [str(shot.number), analysis.title.timecode(shot.start), analysis.title.timecode(shot.end), "ECU"]
        for shot in wanted
    ]


def test_key_frames_open_large_and_go_on_by_arrow_keys(visit: Visit, title_page: Path) -> None:
    page = visit(title_page)
    page.click("#shot-3 button.picture")
    assert "Shot 3" in page.inner_text("#viewer")
    page.keyboard.press("ArrowRight")
    assert "Shot 4" in page.inner_text("#viewer") and page.locator("#viewer img").get_attribute("src").endswith(
        "00004.jpg"
    )
    page.keyboard.press("Escape")
    assert page.locator("#viewer").is_hidden()
    assert page.evaluate("document.activeElement.closest('.shot').id") == "shot-4"


@pytest.mark.parametrize("width", [360, 800])
def test_nothing_sticks_out_on_a_small_screen(visit: Visit, title_page: Path, library: Library, width: int) -> None:
    for path in (title_page, library.reports / "index.html"):
        page = visit(path, viewport={"width": width, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_are_shown_and_do_nothing(visit: Visit, tmp_path: Path) -> None:
    library = Library(tmp_path)
    db = open_catalog(library)
    page = visit(write_index(db, library))
    for number, name in enumerate(HOSTILE):
        with writing(db):
            title_id = save(db, make_analysis(6, name, identity=f"urn:{number}"))
        page.goto(write_title(db, library, title_id).as_uri())
        assert page.title().endswith("· Reelwatch") and page.evaluate("document.scripts.length") == 7
        shown = page.inner_text("h1")
        assert shown.isprintable() and len(shown) >= 10
        add_job(db, f"/in/{number}/{name.encode('utf-8', 'backslashreplace').decode()}", "failed", f"Bad: {name!r}")
    page.goto(write_index(db, library).as_uri())
    assert page.title() == "Library · Reelwatch"
    assert page.locator("#cards > li").count() == 2 * len(HOSTILE)
    assert page.locator("#cards script, #cards img[src=x]").count() == 0
    assert page.get_by_text('<script>document.title="owned"</script>', exact=True).count() == 1


@pytest.mark.parametrize("shots", [0, 1])
def test_a_title_of_next_to_nothing_can_be_used(visit: Visit, tmp_path: Path, shots: int) -> None:
    library = Library(tmp_path)
    db = open_catalog(library)
    bare = dataclasses.replace(
        make_analysis(6),
        shots=tuple(Shot(n, 0, 100, 50, None, 0.0) for n in range(1, shots + 1)),
        transitions=(), tags=(), beats=(), scores=(), runs=(), scenes=(),
    )  # fmt: skip
    with writing(db):
        title_id = save(db, bare)
    page = visit(write_title(db, library, title_id))
    if not shots:
        assert page.locator("#timeline, #shots").count() == 0
        return
    page.fill("#filter", "scale:CU")
    assert shown_rows(page) == []
    page.fill("#filter", "")
    page.hover("#tracks")
    page.click("#tracks")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    page.click("#copy-list")
    page.goto(page.url.split("#")[0] + "#shot-7")


def test_the_library_is_searched_filtered_and_sorted_in_the_address(visit: Visit, tmp_path: Path) -> None:
    library = Library(tmp_path)
    db = open_catalog(library)
    for number, name in enumerate(("Aurora", "Borealis", "Comet")):
        with writing(db):
            save(db, make_analysis(12 + 20 * number, name, identity=str(number), seed=number))
    add_job(db, "/in/damaged.mov", "failed", "The file ends in the middle of a frame.")
    add_job(db, "/in/coming.mov", "queued")
    page = visit(write_index(db, library))
    names = "[...document.querySelectorAll('#cards .name')].map(e => e.textContent)"
    assert set(page.evaluate(names)) == {"Aurora", "Borealis", "Comet", "damaged.mov", "coming.mov"}
    page.fill("[name=q]", "middle of a")
    assert page.evaluate(names) == ["damaged.mov"]
    page.fill("[name=q]", "state:done kind:dcp")
    page.select_option("[name=sort]", "length")
    assert page.evaluate(names) == ["Comet", "Borealis", "Aurora"]
    assert page.inner_text("#count") == "3 of 5"
    address = page.url
    page.click("text=Clear")
    page.wait_for_selector("#cards > li:nth-child(5)")
    page.goto(address)
    assert page.evaluate(names) == ["Comet", "Borealis", "Aurora"]
    page.fill("[name=q]", "nothing like this")
    assert "Nothing fits" in page.inner_text("#nothing")


LIBRARY_QUERIES = (
    "tag:forest",
    "tag:forest scale:CU",
    "tag:forest,war setting:int,night",
    "setting:int/night len:>6s",
    "len:<1s",
    "beat:romance scale:ECU",
    "unsure:true tag:smoking",
    "unsure:false scale:ECU tag:horror",
    'tag:"car chase" scale:ews,ls "aurora"',
)


def test_the_library_is_searched_as_on_the_command_line(visit: Visit, tmp_path: Path) -> None:
    """One shot must fit all terms that ask of shots."""
    library = Library(tmp_path)
    db = open_catalog(library)
    for number in range(12):
        with writing(db):
            save(db, make_analysis(14, f"{'Aurora' if number % 2 else 'Comet'} {number}", str(number), seed=number))
    add_job(db, "/in/coming.mov", "queued")
    expect = pytest.importorskip("playwright.sync_api").expect
    page = visit(write_index(db, library))
    answers = []
    for query in LIBRARY_QUERIES:
        wanted = {title.title for title in search(db, query).titles}
        page.fill("[name=q]", query)
        expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ of 13$"))
        shown = page.evaluate("[...document.querySelectorAll('#cards .name')].map(e => e.textContent)")
        assert set(shown) == wanted, query
        answers.append(len(wanted))
    assert 0 < sum(answers) < 12 * len(answers) and len(set(answers)) > 3, answers
    page.fill("[name=q]", "setting:indoors")
    assert "no setting" in page.inner_text("#count")


def test_a_title_is_opened_at_the_shots_that_were_searched(visit: Visit, library: Library) -> None:
    page = visit(library.reports / "index.html")
    page.fill("[name=q]", 'scale:CU tag:"car chase"')
    page.locator("a.name[href*=car]").click()
    wanted = [shot.number for shot in make_analysis(120).shots if "car_chase" in shot.tags and shot.scale.value == "CU"]
    assert shown_rows(page) == wanted and wanted


def test_scenes_fold_by_mouse_and_keys_and_go_with_the_filter(visit: Visit, title_page: Path) -> None:
    page, analysis = visit(title_page), make_analysis(120)
    fold = page.locator(".scene-head[data-scene='2'] .fold")
    fold.focus()
    page.keyboard.press("Enter")
    assert shown_rows(page) == [number for number in range(1, 121) if not 10 <= number <= 18]
    assert fold.get_attribute("aria-expanded") == "false"
    page.click("#fold-all")
    assert shown_rows(page) == [] and page.locator(".scene-head:not([hidden])").count() == 14
    page.fill("#filter", "scale:ECU")
    close = [shot.number for shot in analysis.shots if shot.scale.value == "ECU"]
    assert page.locator(".scene-head:not([hidden])").count() == len({(number - 1) // 9 for number in close})
    page.evaluate(f"location.hash = '#shot-{close[0]}'")
    page.wait_for_selector(f"#shot-{close[0]}:not([hidden])")
    page.click("#fold-all")
    page.click("#fold-all")
    assert shown_rows(page) == close and page.input_value("#filter") == "scale:ECU"
    scene = (close[0] - 1) // 9 + 1
    count = sum((number - 1) // 9 + 1 == scene for number in close)
    assert page.inner_text(f".scene-head[data-scene='{scene}'] .count") == f"{count} of 9 shots"


def test_the_library_follows_running_jobs(visit: Visit, tmp_path: Path) -> None:
    library = Library(tmp_path)
    db = open_catalog(library)
    add_job(db, "/in/film.mov", "running", progress=0.25)
    index = write_index(db, library)
    page = visit(index, clock=True)
    assert page.inner_text("#cards .poster") == "running 25 %"
    assert page.locator("progress").get_attribute("aria-label") == "Progress of film.mov"
    db["jobs"].update(1, {"progress": 0.75})
    write_index(db, library)
    page.clock.fast_forward(10_000)
    page.wait_for_selector("text=running 75 %")


def test_five_thousand_titles_are_drawn_as_they_come_into_view(visit: Visit, library: Library, tmp_path: Path) -> None:
    db = open_catalog(Library(tmp_path))
    index = write_index(db, Library(tmp_path))
    page = visit(index)
    page.evaluate(
        """() => reelwatchLibrary({jobs: [], titles: Array.from({length: 5000}, (_, n) => ({
            slug: `t${n}`, name: `Title ${n}`, kind: 'dcp', analysed: '2026-11-21', seconds: n, shots: n, width: 16,
            height: 9, poster: null, tags: ['forest'], scales: ['CU'], settings: [], beats: [], findings: [0, 0]}))})"""
    )
    assert page.inner_text("#count") == "5,000 in all"
    assert page.locator("#cards > li").count() < 300
    page.locator("#more").scroll_into_view_if_needed()
    page.wait_for_selector("#cards > li:nth-child(100)", state="attached")
    page.fill("[name=q]", "title 4321")
    assert page.locator("#cards > li").count() == 1


def test_the_page_reads_without_javascript_and_prints(visit: Visit, title_page: Path, tmp_path: Path) -> None:
    page = visit(title_page, java_script_enabled=False)
    assert page.locator(".shot[id]").count() == 120 and page.locator("#filter-form").is_hidden()
    page.pdf(path=str(tmp_path / "title.pdf"), format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "title.pdf").read_bytes())) >= 5


@pytest.mark.parametrize(("scheme", "darkest", "lightest"), [("light", 150, 255), ("dark", 0, 80)])
def test_light_and_dark_leave_screenshots(
    visit: Visit, title_page: Path, library: Library, scheme: str, darkest: int, lightest: int
) -> None:
    """Kept in screenshots/, for people to look at; here only their brightness is."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for name, path in (("title", title_page), ("library", library.reports / "index.html")):
        for size, width in (("", 1360), ("-phone", 390)):
            page = visit(path, color_scheme=scheme, viewport={"width": width, "height": 900})
            picture = SCREENSHOTS / f"{name}{size}-{scheme}.png"
            page.screenshot(path=str(picture))
            with av.open(str(picture)) as container:
                brightness = float(np.median(next(container.decode(video=0)).to_ndarray(format="gray")))
            assert darkest <= brightness <= lightest


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_core_finds_nothing_serious(visit: Visit, title_page: Path, library: Library, scheme: str) -> None:
    script = os.environ.get("REELWATCH_AXE")
    if not script:
        pytest.skip("set REELWATCH_AXE to the axe.min.js of an installed axe-core")
    for path in (title_page, library.reports / "index.html"):
        page = visit(path, bypass_csp=True, color_scheme=scheme)
        page.evaluate(Path(script).read_text("utf-8"))
        found = page.evaluate("axe.run(document, {preload: false})")
        assert len(found["passes"]) > 20
        assert [each["id"] for each in found["violations"] if each["impact"] in ("serious", "critical")] == []
