"""`caveat review`: the moderators' queue on the command line, with all that /review does in Discord."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bot.cli import review_propose, review_show, review_work
from bot.cli.review_options import (
    BY,
    CLUSTER,
    JSON,
    LIMIT,
    NUMBER,
    OUTPUT,
    REVISION,
    moderator_called,
    with_options,
)
from bot.cli.review_place import Place, Seen
from bot.store.cluster_records import Dismissal, View


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
@with_options(
    click.option(
        "--view",
        type=click.Choice([each.value for each in View if each is not View.MINE]),
        default=View.QUEUE.value,
        show_default=True,
        help="Which clusters to list.",
    ),
    LIMIT,
    JSON,
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
@with_options(CLUSTER, JSON)
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
@with_options(
    click.argument("number", metavar="[NUMBER]", type=NUMBER, required=False),
    LIMIT,
    JSON,
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
@with_options(
    CLUSTER,
    click.argument("entry", metavar="ENTRY"),
    click.argument("words", metavar="WORDS"),
    OUTPUT,
    REVISION,
    BY,
)
def add_phrasing(number: int, entry: str, words: str, output: Path | None, **rest: Any) -> None:
    """Propose WORDS as a phrasing of ENTRY (its id or its question), for the cluster NUMBER.

    Write the words yourself, or confirm a member's: git does not forget them. They are checked,
    and become a commit on a branch, which is pushed where KNOWLEDGE_REMOTE is set.

    \b
    Example:
      caveat review add-phrasing 12 bfr-blood-clots "can cuffs give you a clot"
    """
    asyncio.run(
        review_propose.add(Place.of(rest), Seen.of(number, rest), entry, words, output, is_decoy=False)
    )


@review.command(short_help="Propose that an entry must not answer a question.")
@with_options(
    CLUSTER,
    click.argument("entry", metavar="ENTRY"),
    click.argument("words", metavar="WORDS"),
    OUTPUT,
    REVISION,
    BY,
)
def decoy(number: int, entry: str, words: str, output: Path | None, **rest: Any) -> None:
    """Propose WORDS as a decoy of ENTRY: a question that it looks like an answer to, and is not.

    \b
    Example:
      caveat review decoy 12 bfr-blood-clots "do clots in yoghurt matter"
    """
    asyncio.run(
        review_propose.add(Place.of(rest), Seen.of(number, rest), entry, words, output, is_decoy=True)
    )


@review.command("new-entry", short_help="Draft a new entry from a cluster.")
@with_options(
    CLUSTER,
    click.option("--question", metavar="WORDS", help="As a reader would ask it, in words of your own."),
    click.option("--level", required=True, help="A caveat level of caveats.yaml, for now."),
    click.option("--group", required=True, help="A group of groups.yaml."),
    click.option("--answer", default="", help="A first answer; may stay empty."),
    click.option("--source", "sources", multiple=True, metavar="KEY", help="A source to start from; repeat."),
    OUTPUT,
    REVISION,
    BY,
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

    The question is yours to word, or to confirm: git does not forget a member's words.

    \b
    Example:
      caveat review new-entry 12 --level tentative --group safety --question "Can cuffs bruise?"
    """
    words = (question, level, group, answer, sources)
    asyncio.run(review_propose.draft(Place.of(rest), Seen.of(number, rest), words, output))


@review.command(short_help="Withdraw a change that was proposed.")
@with_options(click.argument("change", metavar="CHANGE", type=NUMBER), BY)
def withdraw(change: int, name: str, knowledge: Path | None, database: str | None) -> None:
    """Withdraw the change set that CHANGE belongs to, its branch here and at the remote with it.

    \b
    Example:
      caveat review withdraw 3
    """
    asyncio.run(review_propose.take_back(Place(knowledge, database), change, moderator_called(name)))


@review.command(short_help="Nobody is to answer it: off topic, not answerable, unsafe, spam.")
@with_options(
    CLUSTER,
    click.argument("why", type=click.Choice([each.value for each in Dismissal])),
    REVISION,
    BY,
)
def dismiss(number: int, why: str, **rest: Any) -> None:
    """Take the cluster out of the queue for good. `settled` is for what was said to be wrong.

    \b
    Example:
      caveat review dismiss 12 off-topic
    """
    asyncio.run(review_work.dismiss(Place.of(rest), Seen.of(number, rest), Dismissal(why)))


@review.command(short_help="Take an action back.")
@with_options(click.argument("action", metavar="ACTION", type=NUMBER), BY)
def undo(action: int, name: str, knowledge: Path | None, database: str | None) -> None:
    """Take back what was done, as long as nothing else was done to the cluster since.

    ACTION is its number from `caveat review history`.

    \b
    Example:
      caveat review undo 7
    """
    asyncio.run(review_work.undo(Place(knowledge, database), action, moderator_called(name)))


@review.command(short_help="Out of the queue for some days.")
@with_options(
    CLUSTER,
    click.option(
        "--days", type=click.IntRange(1, 3650), default=7, show_default=True, help="For how many days."
    ),
    REVISION,
    BY,
)
def snooze(number: int, days: int, **rest: Any) -> None:
    """Take the cluster out of the queue until then.

    \b
    Example:
      caveat review snooze 12 --days 28
    """
    asyncio.run(review_work.snooze(Place.of(rest), Seen.of(number, rest), timedelta(days=days)))


@review.command(short_help="Make some of its questions a cluster of their own.")
@with_options(
    CLUSTER,
    click.argument("questions", metavar="QUESTION...", type=NUMBER, nargs=-1),
    REVISION,
    BY,
)
def split(number: int, questions: tuple[int, ...], **rest: Any) -> None:
    """Part a cluster; each QUESTION is a number from `caveat review show`.

    \b
    Example:
      caveat review split 12 31 34
    """
    asyncio.run(review_work.split(Place.of(rest), Seen.of(number, rest), questions))


@review.command(short_help="Put a cluster into another one.")
@with_options(CLUSTER, click.argument("into", metavar="INTO", type=NUMBER), REVISION, BY)
def merge(number: int, into: int, **rest: Any) -> None:
    """All of the cluster NUMBER goes into INTO; the old number leads there from then on.

    \b
    Example:
      caveat review merge 13 12
    """
    asyncio.run(review_work.merge(Place.of(rest), Seen.of(number, rest), into))


@review.command(short_help="Say whose it is to do.")
@with_options(CLUSTER, click.argument("to", metavar="[NAME]", required=False), REVISION, BY)
def assign(number: int, to: str | None, **rest: Any) -> None:
    """Assign the cluster to NAME; without one it is nobody's again.

    \b
    Examples:
      caveat review assign 12 Ada
      caveat review assign 12
    """
    asyncio.run(review_work.assign(Place.of(rest), Seen.of(number, rest), to))


@review.command(short_help="Confirm that an entry answers it; whoever waits is told.")
@with_options(
    CLUSTER,
    click.option("--entry", metavar="ENTRY", help="Its id or question; the one that is proposed by default."),
    click.option("--anyway", is_flag=True, help="Also where the search does not answer it with ENTRY."),
    REVISION,
    BY,
)
def confirm(number: int, entry: str | None, anyway: bool, **rest: Any) -> None:
    """Mark the cluster as resolved. This cannot be taken back: the bot sends the answer, once, to
    everyone who asked one of its questions and pressed [Tell me when it is]; where it does not run
    now, when it next does.

    Another entry than the one that the search answers the questions with is refused.

    \b
    Examples:
      caveat review confirm 12
      caveat review confirm 12 --entry bfr-blood-clots --anyway
    """
    asyncio.run(review_work.confirm(Place.of(rest), Seen.of(number, rest), entry, anyway=anyway))
