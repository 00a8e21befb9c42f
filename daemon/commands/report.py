"""`reelwatch report`"""

from __future__ import annotations

import click

from catalog.library import Library, open_catalog, read_catalog
from catalog.loading import find_title
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors


@click.command()
@click.argument("title", required=False)
@click.option("--all", "every", is_flag=True, help="The pages of every title.")
@library_option
@json_option
def report(title: str | None, every: bool, library: Library, as_json: bool) -> None:
    """Write a title's page and exports anew from the catalog, and the library page; without TITLE, that alone.

    TITLE is a number, slug or name.
    """
    from daemon.pages import write_pages
    from reports.index_page import write_index

    if title is not None and every:
        raise WrongUse("Name a title or give --all, not both.")
    with spoken_errors():
        read_catalog(library).close()  # opening it for writing would make one where there is none
        db = open_catalog(library)
        if every:
            wanted = [row[0] for row in db.execute("SELECT title_id FROM titles ORDER BY title_id").fetchall()]
        else:
            wanted = [find_title(db, title)] if title is not None else []
        try:
            pages = [write_pages(db, library, title_id) for title_id in wanted]
            pages.append(write_index(db, library))
        except OSError as error:
            raise click.ClickException(f"{error.filename} cannot be written: {error.strerror}.") from error
    if as_json:
        print_json({"pages": [str(page) for page in pages]})
        return
    for page in pages:
        click.echo(page)
