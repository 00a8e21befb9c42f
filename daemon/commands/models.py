"""`reelwatch models`"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from daemon.commands.options import json_option, print_json


@click.group()
def models() -> None:
    """The models that judge pictures."""


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Every model that is installed."""
    from engines.cards import list_cards

    with _spoken():
        cards = list_cards()
    if as_json:
        print_json([card.as_dict() for card in cards])
        return
    for card in cards:
        click.echo(f"{card.name} {card.version}  {card.architecture}  {card.sha256[:12]}")


@models.command()
@click.argument("name")
def show(name: str) -> None:
    """A model's card, as JSON: what it is, what it was trained on, what was measured, where its limits are."""
    from engines.cards import load_card

    with _spoken():
        print_json(load_card(name).as_dict())


@models.command()
@click.argument("names", nargs=-1)
def verify(names: tuple[str, ...]) -> None:
    """Compare model files with the hashes on their cards; all of them where none is named."""
    from engines.cards import list_cards
    from engines.cards import verify as compare

    with _spoken():
        for name in names or [card.name for card in list_cards()]:
            compare(name)
            click.echo(f"{name} is the model its card describes.")


@contextmanager
def _spoken() -> Iterator[None]:
    from engines.cards import CardError

    try:
        yield
    except CardError as error:
        raise click.ClickException(str(error)) from error
