"""`reelwatch plugins`"""

from __future__ import annotations

import dataclasses

import click

from daemon.commands.options import json_option, print_json


@click.command()
@json_option
def plugins(as_json: bool) -> None:
    """The plugins and export formats there are. Exit status 1 where a plugin is broken."""
    from plugins.manager import exporters, list_plugins

    found, formats = list_plugins(), {name: each.description for name, each in sorted(exporters().items())}
    if as_json:
        print_json({"plugins": [dataclasses.asdict(plugin) for plugin in found], "formats": formats})
    else:
        for plugin in found:
            said = f"left out: {plugin.error}" if plugin.error else ", ".join(plugin.hooks)
            click.echo(f"{plugin.name:<18} {plugin.origin:<20} {said}")
        click.echo("\nFormats for `reelwatch export`:")
        for name, description in formats.items():
            click.echo(f"  {name:<16} {description}")
    raise SystemExit(1 if any(plugin.error for plugin in found) else 0)
