"""`reelwatch search`"""

from __future__ import annotations

import dataclasses

import click

from catalog.library import Library, read_catalog
from catalog.search import ShotHit
from catalog.search import search as search_catalog
from daemon.commands.options import json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("query", nargs=-1, required=True)
@library_option
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Shots at most.")
@json_option
def search(query: tuple[str, ...], library: Library, limit: int, as_json: bool) -> None:
    """Find shots and titles.

    A query is made of words of the title and of terms, which must all hold; a comma means "any of":

    \b
      tag:forest,beach_sea   scale:CU   setting:int,night   beat:pursuit
      movement:pan   len:>10s   unsure:true   "title words"
    """
    with spoken_errors():
        hits = search_catalog(read_catalog(library), joined(query), limit)
    if as_json:
        print_json(dataclasses.asdict(hits))
        return
    for title in hits.titles:
        click.echo(f"{title.title} (title {title.title_id}): {_counted(title.shots, 'shot')}")
        for shot in hits.shots:
            if shot.title_id == title.title_id:
                click.echo(f"  {shot.shot:>5}  {shot.start_tc} - {shot.end_tc}  {_says(shot)}")
    found = sum(title.shots for title in hits.titles)
    if found > len(hits.shots):
        click.echo(f"{_counted(found - len(hits.shots), 'more shot')}; --limit shows more.", err=True)
    if not found:
        click.echo("Nothing fits.", err=True)


def joined(words: tuple[str, ...]) -> str:
    """A shell has taken the quotation marks off: words that hold a space get them back."""
    if len(words) == 1:
        return words[0]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if " " not in word or '"' in word:
        return word
    key, colon, value = word.partition(":")
    return f'{key}:"{value}"' if colon and key.isalpha() else f'"{word}"'


def _says(shot: ShotHit) -> str:
    said = ["unsure" if value == "" else value or "-" for value in (shot.scale, shot.place, shot.time_of_day)]
    return f"{said[0]:<6} {said[1]:<6} {said[2]:<6} {' '.join(shot.tags)}".rstrip()


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
