"""`reelwatch`: the command line. Commands are imported when they are called, so that help comes at once."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from importlib import import_module

import click

COMMANDS = {
    "demo": "Draw a small sample, run the main job on it, and say where the report is.",
    "run": "Watch ingest folders and analyse what is dropped there.",
    "analyse": "Analyse one delivery.",
    "jobs": "What happened to each delivery, and why; retry, cancel, prioritise.",
    "status": "The daemon, its queue and its library in a few lines.",
    "doctor": "Check folders, limits, codecs, models and disk, and say what to do.",
    "verify": "Check a package against its packing lists, or a film against its checksums.",
    "search": "Find shots and titles.",
    "similar": "Find shots that look like a shot.",
    "reel": "Cut a film of just the shots that fit.",
    "export": "Write a title for another program.",
    "report": "Write pages anew from the catalog.",
    "correct": "A person's word on a shot; the machine's value is kept beside it.",
    "plugins": "The plugins and export formats there are.",
    "outbox": "What other systems have heard, and what they are still to hear.",
    "evaluate": "Measure an engine on labelled data.",
    "models": "The models that judge pictures: list, show, verify.",
    "train": "Train an engine on labelled data.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *(name for name in sorted(self._of_plugins()) if name not in COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = getattr(import_module(f"daemon.commands.{cmd_name}"), cmd_name)
            return command
        return self._of_plugins().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        others = {name: each.get_short_help_str() for name, each in self._of_plugins().items() if name not in COMMANDS}
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items(), *sorted(others.items())])

    def _of_plugins(self) -> MutableMapping[str, click.Command]:
        """Only where a plugin is installed is the plugin manager imported at all."""
        from importlib.metadata import entry_points

        if not self.commands and entry_points(group="reelwatch"):
            from plugins.manager import notify

            notify("register_commands", cli=self)
        return self.commands


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="reelwatch", prog_name="reelwatch")
def cli() -> None:
    """Watches folders for film deliveries and leaves behind shots, scale, tags, beats and a report.

    Exit status: 0 fine, 1 some delivery failed or something could not be done, 2 wrong use or configuration.
    """


def main() -> None:
    try:
        sys.exit(cli())
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
