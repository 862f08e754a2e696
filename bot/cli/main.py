"""The group of verbs: `caveat --help` and each verb load nothing of the other verbs."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from bot import __version__
from bot.cli.edges import edges
from bot.cli.garbage import collect_again

VERBS: Mapping[str, str] = {
    "ask": "Ask a question, as a member would.",
    "check": "Find every mistake in the knowledge, with its mend.",
    "run": "Run the bot on Discord.",
    "preview": "Try the bot on a local page, without Discord.",
    "review": "Review what could not be answered: the moderators' queue.",
    "log": "See what could not be answered, and what members said.",
    "audit": "Judge answers drawn by lot, to learn how many are wrong.",
    "corrections": "List what was corrected in the answers, newest first.",
    "health": "Tell whether the bot is connected.",
    "diff": "Show what an edit changes for the questions that were asked.",
    "reload": "Ask the running bot to take up an edit now.",
    "digest": "Tell what the week brought, and what waits.",
    "report": "Make a page of what was asked, missed, confused and due.",
    "explain": "Show why a question finds what it finds.",
    "evaluate": "Measure the search on labelled questions.",
    "calibrate": "Choose the thresholds that keep a promised risk.",
    "tune": "Fit the search to this knowledge; keep it only where it is better.",
}
"""Each verb with its line in the help. `bot.cli.<verb>` holds a command of that name."""


class Verbs(click.Group):
    """A group that imports a verb when it is named, with the edges around all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, those that are needed first at the front."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, imported now; None for a word that is no verb.

        What a process imports for its verb is there then, so from here on garbage is collected.
        """
        if cmd_name not in VERBS:
            return None
        command = getattr(import_module(f"bot.cli.{cmd_name}"), cmd_name)
        collect_again()
        if not isinstance(command, click.Command):
            raise TypeError(f"bot.cli.{cmd_name} holds no command of that name")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of verbs, from the table, so that none has to be imported."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises UsageError with the nearest verb for a word that is none."""
        word = args[0]
        if word not in VERBS and not word.startswith("-"):
            near = get_close_matches(word, VERBS, n=1)
            mend = f'did you mean "{near[0]}"?' if near else f"the verbs: {', '.join(VERBS)}"
            raise click.UsageError(f'"{word}" is no verb of caveat; {mend}', ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb inside the edges."""
        with edges(debug=bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


@click.group(
    cls=Verbs, subcommand_metavar="VERB [ARGS]...", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="caveat", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, envvar="CAVEAT_DEBUG", help="Show where an error came from.")
def caveat(debug: bool) -> None:  # read by Verbs.invoke
    """Answer questions with reviewed answers and their caveat, or say that there is none yet.

    Start with `caveat preview`, the bot on a page of this computer, or ask right here.
    Each verb has its own help: caveat ask --help. Exit codes: 0 fine, 1 problems found,
    2 could not run.

    \b
    Example:
      caveat ask "does bfr really raise growth hormone 290 times?"
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign shows "?" in its place, and nothing breaks.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
