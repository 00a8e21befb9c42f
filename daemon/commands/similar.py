"""`reelwatch similar`"""

from __future__ import annotations

import dataclasses

import click

from catalog.library import Library, read_catalog
from catalog.loading import find_title
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("shot", metavar="TITLE:SHOT")
@library_option
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Shots at most.")
@click.option("--elsewhere", is_flag=True, help="Leave out shots of the same title.")
@json_option
def similar(shot: str, library: Library, limit: int, elsewhere: bool, as_json: bool) -> None:
    """Find shots that look like a shot, such as "My Film:12"; TITLE is a number, slug or name."""
    from catalog.similar import similar as similar_shots

    title, _, number = shot.rpartition(":")
    if not title or not number.isdecimal():
        raise WrongUse(f"'{shot}' should be a title and the number of a shot, such as 'My Film:12'.")
    with spoken_errors():
        db = read_catalog(library)
        found = similar_shots(db, find_title(db, title), int(number), limit, elsewhere)
    if as_json:
        print_json([dataclasses.asdict(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.cosine:6.3f}  {each.start_tc} - {each.end_tc}  shot {each.shot} of {each.title}")
    if not found:
        click.echo("There is no other shot to compare with.", err=True)
