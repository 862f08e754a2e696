"""`caveat diff`: what an edit of the knowledge changes for the questions that were asked."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli.database import address_of, opened, with_database
from bot.cli.edges import CouldNotRun
from bot.cli.measured import knowledge_option
from bot.cli.output import write_output
from bot.cli.search import open_engine
from bot.core.problem import Severity
from bot.journeys.kept_questions import KeptQuestions, kept_questions
from bot.journeys.live import Live
from bot.journeys.replay import Question, Replay, labelled_questions, replay
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.labelled import FOLDER, LabelledUnreadableError, load_labelled
from bot.knowledge.load import KnowledgeNotFoundError, load_library
from bot.knowledge.revisions import Revisions
from bot.matching.engine import Engine
from bot.matching.tuning.adapter import ADAPTER
from bot.reports.replayed import SHOWN, as_json, markdown, text_lines

WORSE = 1
MOST = 10_000
THE_FOLDER = "the folder"


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two states: its name, its folder, and what is live of it."""

    name: str
    folder: Path
    live: Live


@click.command(short_help="Show what an edit changes for the questions that were asked.")
@knowledge_option
@click.option("--to", metavar="REV", help="Compare with that state, instead of the folder as it stands.")
@click.option("--no-log", is_flag=True, help="Ask the labelled questions only, such as in CI.")
@with_database
@click.option(
    "--most",
    type=click.IntRange(min=0),
    default=MOST,
    show_default=True,
    help="Kept questions that are asked, those asked most first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for a comment on a merge request.",
)
@click.option(
    "--shown",
    type=click.IntRange(min=1),
    default=SHOWN,
    show_default=True,
    help="Questions shown of each kind; JSON holds all.",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of the screen.")
@click.argument("revision", metavar="[REV]", default="HEAD")
def diff(
    knowledge: Path,
    to: str | None,
    no_log: bool,
    database: str | None,
    most: int,
    form: str,
    shown: int,
    output: Path | None,
    revision: str,
) -> None:
    """Ask the questions that were asked of the knowledge at REV, and of the folder as it stands.

    REV is a commit, a branch or a tag; without it, the last commit. Asked are the labelled
    questions and those that the log still holds, and what differs is shown with its text, the
    worst first: labelled questions that get worse, questions answered by another entry, no
    longer answered, newly answered. A confidence that crosses no threshold is no difference.
    The exit code is 0, or 1 when a labelled question gets worse, or 2 where it could not run.

    \b
    Examples:
      caveat diff
      caveat diff main --to my-branch
      caveat diff origin/main --no-log --format markdown --output diff.md
    """
    with tempfile.TemporaryDirectory(prefix="caveat-diff-") as made:
        old, new = _sides(knowledge, revision, to, Path(made))
        questions = [*_labelled(new), *_kept(database, most, no_log)]
        if not questions:
            raise CouldNotRun(
                f"there is no question to ask: {knowledge / FOLDER} holds none, and no log was read"
            )
        with _progress() as told:
            found = replay(old.live, new.live, questions, told)
    _put(_written(found, old, new, form, shown), output)
    if found.is_worse:
        raise click.exceptions.Exit(WORSE)


def _sides(knowledge: Path, revision: str, to: str | None, made: Path) -> tuple[_Side, _Side]:
    try:
        revisions = Revisions.of(knowledge)
        if isinstance(revisions, NoRepository):
            raise CouldNotRun(f"{revisions.why}: name a knowledge folder that lies in one with --knowledge")
        revisions.export(revision, made / "old")
        if to is not None:
            revisions.export(to, made / "new")
    except RepositoryError as fault:
        raise CouldNotRun(str(fault)) from fault
    folder = knowledge if to is None else made / "new"
    engine = open_engine(folder)
    new = _side(to or THE_FOLDER, folder, engine, is_old=False)
    same = _bytes(folder / ADAPTER) == _bytes(made / "old" / ADAPTER)
    return _side(revision, made / "old", engine if same else open_engine(made / "old"), is_old=True), new


def _side(name: str, folder: Path, engine: Engine, *, is_old: bool) -> _Side:
    """The state of a folder. What was committed once is taken as far as it can be read by today's rules."""
    try:
        loaded = load_library(folder)
    except KnowledgeNotFoundError as fault:
        raise CouldNotRun(
            f'at "{name}" there is no knowledge in that folder: name a later state' if is_old else str(fault)
        ) from fault
    errors = sum(problem.severity is Severity.ERROR for problem in loaded.problems)
    if errors and not is_old:
        count = "1 error" if errors == 1 else f"{errors} errors"
        is_there = name == THE_FOLDER  # a state of git was laid out for this run alone
        how = (
            f"`caveat check {shlex.quote(str(folder))}`"
            if is_there
            else "check it out and run `caveat check`"
        )
        raise CouldNotRun(f"{name} has {count}; to see them: {how}")
    if not loaded.draft.live:
        raise CouldNotRun(f'what stands at "{name}" cannot be read by today\'s rules: name a later state')
    if errors:
        click.echo(f'"{name}" has {errors} errors by today\'s rules; compared is what can be read.', err=True)
    return _Side(name, folder, Live.of(loaded.draft, engine))


def _labelled(new: _Side) -> tuple[Question, ...]:
    folder = new.folder / FOLDER
    if not folder.is_dir():
        return ()
    try:
        return labelled_questions(load_labelled(folder))
    except LabelledUnreadableError as fault:
        raise CouldNotRun(str(fault)) from fault


def _kept(database: str | None, most: int, no_log: bool) -> tuple[Question, ...]:
    """The kept questions; none where there is no log and none was named."""
    if no_log or not most:
        return ()
    try:
        address = address_of(database)
    except CouldNotRun as missing:
        if database is not None:
            raise
        click.echo(f"Only the labelled questions are asked; {missing.message}", err=True)
        return ()
    found = asyncio.run(_read(address, most))
    if found.left_out:
        click.echo(f"{found.left_out:,} questions are left out; --most takes more.", err=True)
    return found.questions


async def _read(address: str, most: int) -> KeptQuestions:
    async with opened(address) as store:
        return await kept_questions(store, most)


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """A bar on stderr, where that is a terminal; gone when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Asking both", total=1.0)
        yield lambda share: bar.update(task, completed=share)


def _written(found: Replay, old: _Side, new: _Side, form: str, shown: int) -> str:
    if form == "json":
        return as_json(found, old.name, new.name)
    if form == "markdown":
        return markdown(found, old.name, new.name, shown)
    return "\n".join([f"{old.name} -> {new.name}", *text_lines(found, shown)]) + "\n"


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    write_output(output, text)
    click.echo(f"wrote {output}")


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
