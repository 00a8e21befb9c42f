"""`reelwatch correct`"""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Sequence
from pathlib import Path

import click

from catalog.corrections import Correction, history
from catalog.library import Library, open_catalog, read_catalog
from catalog.loading import find_title
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors
from daemon.correcting import COLUMNS, read_words, take_back, take_in, word


@click.command()
@click.argument("title")
@click.argument("shot", type=click.IntRange(1), required=False)
@library_option
@click.option("--scale", help="EWS, LS, MLS, MS, MCU, CU or ECU.")
@click.option("--place", help="INT or EXT.")
@click.option("--time", "time_of_day", help="DAY or NIGHT.")
@click.option("--movement", help="How the camera moves.")
@click.option("--tag", "tags", multiple=True, metavar="+TAG|-TAG", help="A tag the shot has, or has not.")
@click.option("--csv", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help=f"Many at once: columns {', '.join(COLUMNS)}; empty cells say nothing.")  # fmt: skip
@click.option("--undo", "undoing", is_flag=True, help="Take back the latest correction, of the title or of SHOT.")
@click.option("--history", "listing", is_flag=True, help="Who said what, and when.")
@click.option("--by", default=getpass.getuser, help="Who says so. Default: your login name.")
@json_option
def correct(
    title: str, shot: int | None, library: Library, scale: str | None, place: str | None, time_of_day: str | None,
    movement: str | None, tags: tuple[str, ...], file: Path | None, undoing: bool, listing: bool, by: str,
    as_json: bool,
) -> None:  # fmt: skip
    """A person's word on a shot of a title, which goes before the machine's everywhere; that is kept beside it.

    \b
      reelwatch correct "My Film" 12 --scale CU --tag +forest --tag -war
      reelwatch correct "My Film" --csv reviewed.csv
      reelwatch correct "My Film" 12 --undo
    """
    said = {"scale": scale, "place": place, "time_of_day": time_of_day, "movement": movement}
    speaks = any((*said.values(), tags))
    if (speaks + (file is not None) + undoing + listing) != 1 or (speaks and shot is None) or (file and shot):
        raise WrongUse("Give a SHOT and what is so, or --csv, or --undo, or --history.")
    with spoken_errors():
        db = read_catalog(library)
        title_id = find_title(db, title)
        if listing:
            _show(history(db, title_id), as_json)
            return
        words = read_words(file) if file else [word(shot, said, tags)] if speaks and shot else []
        db = open_catalog(library)
        act = take_back(db, library, title_id, by, shot) if undoing else take_in(db, library, title_id, words, by)
    if as_json:
        print_json({"title": title_id, "act": act, "undone": undoing})
    else:
        click.echo(f"Correction {act} of title {title_id} is {'taken back' if undoing else 'noted'}.")


def _show(corrections: Sequence[Correction], as_json: bool) -> None:
    if as_json:
        print_json([dataclasses.asdict(each) for each in corrections])
        return
    for each in corrections:
        what = f"{each.tag} {each.value}" if each.tag else f"{each.subject} {each.value}"
        undone = f", taken back by {each.undone_by} at {each.undone_at}" if each.undone_at else ""
        click.echo(f"{each.act:>5}  {each.at}  {each.by}: frame {each.frame}, {what}{undone}")
