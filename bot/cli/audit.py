"""`caveat audit`: judge answers drawn by lot on the command line, and see what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import SystemRandom

import click
from rich.text import Text

from bot.cli.ask import open_live
from bot.cli.database import LARGEST_ID, address_of, opened, with_database
from bot.cli.edges import CouldNotRun
from bot.cli.output import write_output
from bot.cli.served import folder_served, with_served_knowledge
from bot.cli.terminal import marked, on_one_line, open_console
from bot.core import wording_audit as wording
from bot.core.labelled import Labelled
from bot.core.moderator import COMMAND_LINE_ID, Moderator
from bot.core.page import level_line
from bot.journeys.audit import Case, audited, called_alike, entry_called, labelled_of, nearest, next_case
from bot.journeys.audit import judge as judge_answer
from bot.journeys.live import Live
from bot.knowledge.labelled_file import labelled_text
from bot.knowledge.load import load_library
from bot.reports.audit_text import as_json, figures, risk_line
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Way

WHICH = {"sure": Way.MATCH, "chosen": Way.CHOICE}
SHOWN_NEAREST = 5
JUDGED_BEFORE = NOT_THEIRS = 1
MODERATOR = Moderator(COMMAND_LINE_ID, "command line")
HEADING = (
    "Answers that moderators judged: {count} questions.\nRead them before you keep them with the others."
)


@click.group(short_help="Judge answers drawn by lot, to learn how many are wrong.")
def audit() -> None:
    """Judge answered questions of the last 30 days, drawn by lot, as /audit does in Discord.

    What you say is written into the bot's database: the share of wrong answers and its bounds
    come of it. Nobody is named, and nothing is sent to the members who asked.

    \b
    Examples:
      caveat audit next
      caveat audit judge 12 right
      caveat audit figures
    """


@audit.command("next", short_help="Show an answer to judge.")
@click.option(
    "--which",
    type=click.Choice(list(WHICH)),
    default="sure",
    show_default=True,
    help="Sure answers, or suggestions that members took.",
)
@click.option("--skip", metavar="ID", type=click.IntRange(1, LARGEST_ID), help="Not this one.")
@with_served_knowledge
@with_database
def next_(which: str, skip: int | None, knowledge: Path | None, database: str | None) -> None:
    """Show one answer that nobody judged yet, drawn by lot: its number, the question, the entry.

    \b
    Examples:
      caveat audit next
      caveat audit next --which chosen --skip 12
    """
    asyncio.run(_next(WHICH[which], skip or 0, folder_served(knowledge), address_of(database)))


@audit.command(short_help="Say whether that answer was right.")
@click.argument("answered_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@click.argument("judgement", type=click.Choice([each.value for each in Judgement]))
@click.option("--entry", "typed", metavar="ENTRY", help="Of a wrong one: the entry that is right.")
@click.option("--none", "no_entry", is_flag=True, help="Of a wrong one: no entry answers it.")
@with_served_knowledge
@with_database
def judge(
    answered_id: int,
    judgement: str,
    typed: str | None,
    no_entry: bool,
    knowledge: Path | None,
    database: str | None,
) -> None:
    """Judge the answer of that ID, from `caveat audit next`: right, wrong or unsure.

    Right: the entry answers what was asked, whether or not its science is right. Of a wrong one
    name the entry that would have been right, by its id or its question, or say --none where no
    entry answers it; neither is fine where you do not know. What was judged stays as it is until
    it is taken back (caveat audit take-back): exit code 1 where somebody was faster.

    \b
    Examples:
      caveat audit judge 12 right
      caveat audit judge 13 wrong --entry bfr-blood-clots
    """
    if (typed is not None or no_entry) and judgement != Judgement.WRONG:
        raise click.UsageError("--entry and --none go with wrong alone")
    if typed is not None and no_entry:
        raise click.UsageError("say --entry or --none, not both")
    right = NO_ENTRY if no_entry else None
    if typed is not None:
        right = _entry_id(typed, folder_served(knowledge))
    asyncio.run(_judge(answered_id, Judgement(judgement), right, address_of(database)))


@audit.command("take-back", short_help="Take back what was said here of an answer.")
@click.argument("answered_id", metavar="ID", type=click.IntRange(1, LARGEST_ID))
@with_database
def take_back(answered_id: int, database: str | None) -> None:
    """Take back what `caveat audit judge` said of that answer, so that it can be judged anew.

    What a moderator said in Discord is theirs to take back, there: exit code 1.

    \b
    Example:
      caveat audit take-back 12
    """
    asyncio.run(_take_back(answered_id, address_of(database)))


@audit.command("figures", short_help="Show how many answers are wrong, and how sure that is.")
@click.option("--json", "wants_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--weeks", type=click.IntRange(1, 520), default=12, show_default=True, help="How many weeks to show."
)
@with_database
def figures_(wants_json: bool, weeks: int, database: str | None) -> None:
    """Show coverage and the true risk of the last 30 days with their bounds, and week by week.

    \b
    Examples:
      caveat audit figures
      caveat audit figures --json --weeks 52
    """
    asyncio.run(_figures(wants_json, weeks, address_of(database)))


@audit.command(short_help="Write what was judged out, as questions for `caveat calibrate`.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this file instead of the terminal.",
)
@with_served_knowledge
@with_database
def labelled(output: Path | None, knowledge: Path | None, database: str | None) -> None:
    """Write the judged questions in the form of the knowledge's labelled/*.yaml.

    Right ones ask for the entry that was shown, wrong ones for the one that was named, or for
    none. They are members' words, scrubbed but not reworded: read them before you commit them.
    A FILE that is there already is never written over, since you may have reworded it.

    \b
    Example:
      caveat audit labelled --output knowledge/labelled/audited.yaml
    """
    found = asyncio.run(_judged(folder_served(knowledge), address_of(database)))
    if not found:
        click.echo("Nothing was judged yet that could be asked again.", err=True)
    else:
        _write(labelled_text(found, HEADING.format(count=len(found))), len(found), output)


async def _next(way: Way, skip: int, folder: Path, address: str) -> None:
    live = open_live(folder)
    async with opened(address) as store:
        case = await next_case(store, live.library, way, datetime.now(UTC), SystemRandom(), skip)
    console = open_console()
    if not isinstance(case, Case):
        console.print(marked(wording.NOTHING_LEFT if case.judged else wording.NOTHING_YET))
        return
    for line in _case_lines(case, live):
        console.print(line)


def _case_lines(case: Case, live: Live) -> Iterator[Text]:
    drawn, entry = case.drawn, case.entry
    is_match = drawn.way is Way.MATCH
    heading = wording.HEADING if is_match else wording.HEADING_CHOSEN
    yield marked(heading.format(judged=case.judged, aim=case.aim))
    yield Text()
    yield marked(wording.ASKED.format(on=drawn.at.date(), text=on_one_line(drawn.text)))
    yield marked((wording.ANSWERED if is_match else wording.CHOSE).format(confidence=drawn.confidence))
    if entry is None:
        yield Text(wording.ENTRY_DELETED.format(entry=drawn.entry_id))
    else:
        yield Text(f"{entry.question} [{entry.id}]", style="bold")
        yield marked(level_line(live.library.levels[entry.caveat]))
        yield marked(entry.answer)
        if case.is_edited:
            yield Text(wording.EDITED.removeprefix("-# "), style="dim")
    yield Text()
    others = ", ".join(each.id for each in nearest(case, live, SHOWN_NEAREST))
    yield Text(f"Other entries that are near: {others}")
    yield Text(f"Say one of:  caveat audit judge {drawn.id} right | wrong [--entry ID | --none] | unsure")


def _entry_id(typed: str, folder: Path) -> str:
    live = open_live(folder)
    entry = entry_called(typed, live)
    if entry is None:
        near = ", ".join(called_alike(typed, live))
        raise CouldNotRun(f'there is no live entry "{on_one_line(typed)}"; did you mean {near}?')
    return entry.id


async def _judge(answered_id: int, judgement: Judgement, right: str | None, address: str) -> None:
    async with opened(address) as store:
        heard = await judge_answer(store, answered_id, judgement, right, MODERATOR, datetime.now(UTC))
    if heard is None:
        raise CouldNotRun(f"no answered question {answered_id} is kept; `caveat audit next` shows one")
    if not heard:
        click.echo(f"Somebody judged {answered_id} before you; theirs stands.", err=True)
        raise click.exceptions.Exit(JUDGED_BEFORE)
    click.echo(f"{answered_id}: {judgement}. `caveat audit next` shows another one.")


async def _take_back(answered_id: int, address: str) -> None:
    async with opened(address) as store:
        taken_back = await store.audits.take_back(answered_id, MODERATOR)
    if not taken_back:
        told = f"Nothing was said of {answered_id} on a command line, or it is too old to be judged anew."
        click.echo(told, err=True)
        raise click.exceptions.Exit(NOT_THEIRS)
    click.echo(f"{answered_id} is open again. `caveat audit judge {answered_id} ...` judges it anew.")


async def _figures(wants_json: bool, weeks: int, address: str) -> None:
    async with opened(address) as store:
        found = await audited(store, datetime.now(UTC), weeks)
    if wants_json:
        click.echo(as_json(found), nl=False)
        return
    console = open_console()
    last = found.window.until - timedelta(days=1)
    console.print(Text(f"{found.window.since} to {last}", style="bold"))
    for line in figures(found.window):
        console.print(marked(line.removeprefix("-# ")))
    for week in found.weeks:
        if week.counts.asked or week.risk.judged.total:
            console.print()
            console.print(Text(f"Week from {week.since}: {week.counts.asked} asked", style="bold"))
            console.print(marked(risk_line(week.risk)))


async def _judged(folder: Path, address: str) -> tuple[Labelled, ...]:
    library = load_library(folder).draft
    async with opened(address) as store:
        return labelled_of(await store.audits.every(), library)


def _write(text: str, count: int, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    if output.is_file():
        raise CouldNotRun(
            f"{output} is there already, perhaps reworded by hand: name another file, or move it"
        )
    write_output(output, text)
    click.echo(f"wrote {count} {'question' if count == 1 else 'questions'} to {output}", err=True)
