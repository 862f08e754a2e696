"""`caveat review`: the moderators' queue on the command line, with all that /review does in Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bot.cli import review_show, review_work
from bot.cli.database import LARGEST_ID, Verb, with_database
from bot.cli.review_work import Place
from bot.cli.served import with_served_knowledge
from bot.core.moderator import COMMAND_LINE_ID, Moderator
from bot.store.cluster_records import Dismissal, View

NUMBER = click.IntRange(1, LARGEST_ID)
LISTED = 30


def _with(*options: Callable[[Any], Any]) -> Callable[[Verb], Verb]:
    def decorated(verb: Verb) -> Verb:
        for option in reversed(options):
            verb = option(verb)
        return with_database(with_served_knowledge(verb))

    return decorated


_number = click.argument("number", metavar="NUMBER", type=NUMBER)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_by = click.option(
    "--as",
    "name",
    metavar="NAME",
    envvar="CAVEAT_MODERATOR",
    default="command line",
    show_default=True,
    help="Your name, for the history and as the author of commits; CAVEAT_MODERATOR sets it for good.",
)
_revision = click.option(
    "--revision",
    type=NUMBER,
    metavar="N",
    help="Only if it still stands as `show` told; exit code 1 where somebody was faster.",
)
_output = click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the file and the patch into this folder, where no remote is set.",
)


@click.group(short_help="Review what could not be answered: the moderators' queue.")
def review() -> None:
    """Go through the questions that could not be answered, as /review does in Discord.

    Questions of one meaning stand together under one number, those of most members first; what
    was said to be wrong stands under its entry. Everything you do is recorded, and most of it can
    be undone. Exit code 1: nothing was done, and why is told.

    \b
    Examples:
      caveat review list
      caveat review show 12
      caveat review add-phrasing 12 bfr-blood-clots "can cuffs give you a clot"
      caveat review dismiss 13 off-topic
    """


@review.command("list", short_help="List the queue, most askers first.")
@_with(
    click.option(
        "--view",
        type=click.Choice([each.value for each in View if each is not View.MINE]),
        default=View.QUEUE.value,
        show_default=True,
        help="Which clusters to list.",
    ),
    click.option(
        "--limit", type=click.IntRange(1, 10_000), default=LISTED, show_default=True, help="How many to list."
    ),
    _json,
)
def list_(view: str, limit: int, as_json: bool, knowledge: Path | None, database: str | None) -> None:
    """List the clusters of a view, those of most members first, then those asked last.

    What the bot has not gathered yet is gathered first.

    \b
    Examples:
      caveat review list
      caveat review list --view proposed --json
    """
    asyncio.run(review_show.list_clusters(Place(knowledge, database), View(view), limit, as_json=as_json))


@review.command(short_help="Show a cluster with all that is known of it.")
@_with(_number, _json)
def show(number: int, as_json: bool, knowledge: Path | None, database: str | None) -> None:
    """Show the questions of a cluster, how many asked, since when, and the nearest entries.

    With each entry its confidence (0 to 1), and why it was not good enough. A number that went
    into another cluster leads to that one.

    \b
    Example:
      caveat review show 12
    """
    asyncio.run(review_show.show_cluster(Place(knowledge, database), number, as_json=as_json))


@review.command(short_help="List what moderators did, newest first.")
@_with(
    click.argument("number", metavar="[NUMBER]", type=NUMBER, required=False),
    click.option(
        "--limit", type=click.IntRange(1, 10_000), default=LISTED, show_default=True, help="How many to list."
    ),
    _json,
)
def history(
    number: int | None, limit: int, as_json: bool, knowledge: Path | None, database: str | None
) -> None:
    """List every action, newest first, with its own number for `undo`; of one cluster, or of all.

    \b
    Examples:
      caveat review history
      caveat review history 12 --json
    """
    asyncio.run(review_show.list_history(Place(knowledge, database), number, limit, as_json=as_json))


@review.command("add-phrasing", short_help="Propose one more phrasing of an entry.")
@_with(
    _number,
    click.argument("entry", metavar="ENTRY"),
    click.argument("words", metavar="WORDS"),
    _output,
    _revision,
    _by,
)
def add_phrasing(number: int, entry: str, words: str, output: Path | None, **rest: Any) -> None:
    """Propose WORDS as a phrasing of ENTRY (its id or its question), for the cluster NUMBER.

    Write the words yourself, or confirm a member's: git does not forget them. They are checked,
    and become a commit on a branch, which is pushed where KNOWLEDGE_REMOTE is set.

    \b
    Example:
      caveat review add-phrasing 12 bfr-blood-clots "can cuffs give you a clot"
    """
    asyncio.run(review_work.add(_place(rest), _seen(number, rest), entry, words, output, is_decoy=False))


@review.command(short_help="Propose that an entry must not answer a question.")
@_with(
    _number,
    click.argument("entry", metavar="ENTRY"),
    click.argument("words", metavar="WORDS"),
    _output,
    _revision,
    _by,
)
def decoy(number: int, entry: str, words: str, output: Path | None, **rest: Any) -> None:
    """Propose WORDS as a decoy of ENTRY: a question that it looks like an answer to, and is not.

    \b
    Example:
      caveat review decoy 12 bfr-blood-clots "do clots in yoghurt matter"
    """
    asyncio.run(review_work.add(_place(rest), _seen(number, rest), entry, words, output, is_decoy=True))


@review.command("new-entry", short_help="Draft a new entry from a cluster.")
@_with(
    _number,
    click.option("--question", help="As a reader would ask it; the cluster's first question by default."),
    click.option("--level", required=True, help="A caveat level of caveats.yaml, for now."),
    click.option("--group", required=True, help="A group of groups.yaml."),
    click.option("--answer", default="", help="A first answer; may stay empty."),
    click.option("--source", "sources", multiple=True, metavar="KEY", help="A source to start from; repeat."),
    _output,
    _revision,
    _by,
)
def new_entry(
    number: int,
    question: str | None,
    level: str,
    group: str,
    answer: str,
    sources: tuple[str, ...],
    output: Path | None,
    **rest: Any,
) -> None:
    """Draft an entry for the cluster NUMBER. A draft is served to nobody before a person sets it live.

    \b
    Example:
      caveat review new-entry 12 --level tentative --group safety --question "Can cuffs bruise?"
    """
    words = (question, level, group, answer, sources)
    asyncio.run(review_work.draft(_place(rest), _seen(number, rest), words, output))


@review.command(short_help="Withdraw a change that was proposed.")
@_with(click.argument("change", metavar="CHANGE", type=NUMBER), _by)
def withdraw(change: int, name: str, knowledge: Path | None, database: str | None) -> None:
    """Withdraw the change set that CHANGE belongs to, its branch here and at the remote with it.

    \b
    Example:
      caveat review withdraw 3
    """
    asyncio.run(review_work.take_back(Place(knowledge, database), change, _moderator(name)))


@review.command(short_help="Nobody is to answer it: off topic, not answerable, unsafe, spam.")
@_with(
    _number,
    click.argument("why", type=click.Choice([each.value for each in Dismissal])),
    _revision,
    _by,
)
def dismiss(number: int, why: str, **rest: Any) -> None:
    """Take the cluster out of the queue for good. `settled` is for what was said to be wrong.

    \b
    Example:
      caveat review dismiss 12 off-topic
    """
    asyncio.run(review_work.dismiss(_place(rest), _seen(number, rest), Dismissal(why)))


@review.command(short_help="Take an action back.")
@_with(click.argument("action", metavar="ACTION", type=NUMBER), _by)
def undo(action: int, name: str, knowledge: Path | None, database: str | None) -> None:
    """Take back what was done, as long as nothing else was done to the cluster since.

    ACTION is its number from `caveat review history`.

    \b
    Example:
      caveat review undo 7
    """
    asyncio.run(review_work.undo(Place(knowledge, database), action, _moderator(name)))


@review.command(short_help="Out of the queue for some days.")
@_with(
    _number,
    click.option(
        "--days", type=click.IntRange(1, 3650), default=7, show_default=True, help="For how many days."
    ),
    _revision,
    _by,
)
def snooze(number: int, days: int, **rest: Any) -> None:
    """Take the cluster out of the queue until then.

    \b
    Example:
      caveat review snooze 12 --days 28
    """
    asyncio.run(review_work.snooze(_place(rest), _seen(number, rest), timedelta(days=days)))


@review.command(short_help="Make some of its questions a cluster of their own.")
@_with(_number, click.argument("questions", metavar="QUESTION...", type=NUMBER, nargs=-1), _revision, _by)
def split(number: int, questions: tuple[int, ...], **rest: Any) -> None:
    """Part a cluster; each QUESTION is a number from `caveat review show`.

    \b
    Example:
      caveat review split 12 31 34
    """
    asyncio.run(review_work.split(_place(rest), _seen(number, rest), questions))


@review.command(short_help="Put a cluster into another one.")
@_with(_number, click.argument("into", metavar="INTO", type=NUMBER), _revision, _by)
def merge(number: int, into: int, **rest: Any) -> None:
    """All of the cluster NUMBER goes into INTO; the old number leads there from then on.

    \b
    Example:
      caveat review merge 13 12
    """
    asyncio.run(review_work.merge(_place(rest), _seen(number, rest), into))


@review.command(short_help="Say whose it is to do.")
@_with(_number, click.argument("to", metavar="[NAME]", required=False), _revision, _by)
def assign(number: int, to: str | None, **rest: Any) -> None:
    """Assign the cluster to NAME; without one it is nobody's again.

    \b
    Examples:
      caveat review assign 12 Ada
      caveat review assign 12
    """
    asyncio.run(review_work.assign(_place(rest), _seen(number, rest), to))


@review.command(short_help="Confirm that an entry answers it; whoever waits is told.")
@_with(
    _number,
    click.option("--entry", metavar="ENTRY", help="Its id or question; the one that is proposed by default."),
    _revision,
    _by,
)
def confirm(number: int, entry: str | None, **rest: Any) -> None:
    """Mark the cluster as resolved. The bot then tells everyone who pressed [Tell me when it is], once.

    \b
    Example:
      caveat review confirm 12
    """
    asyncio.run(review_work.confirm(_place(rest), _seen(number, rest), entry))


def _place(rest: dict[str, Any]) -> Place:
    return Place(rest["knowledge"], rest["database"])


def _seen(number: int, rest: dict[str, Any]) -> review_work.Seen:
    return review_work.Seen(number, rest["revision"], _moderator(rest["name"]))


def _moderator(name: str) -> Moderator:
    said = " ".join(name.split())
    if not said:
        raise click.UsageError("--as needs a name")
    return Moderator(COMMAND_LINE_ID, said)
