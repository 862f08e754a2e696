"""What `caveat review` proposes: phrasings, decoys and drafts, and how they are withdrawn."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import click

from bot.cli.edges import CouldNotRun
from bot.cli.review_place import NOT_DONE, Place, Seen, cluster_of, entry_of, not_done, now, revision_of
from bot.cli.terminal import marked, open_console
from bot.core import wording_changes as proposals
from bot.core.moderator import Moderator
from bot.core.problem import Problem
from bot.journeys.change_words import NewEntry, NotProposed
from bot.journeys.changes import NotOpen, Proposed, propose_decoy, propose_entry, propose_phrasing, withdraw
from bot.journeys.workbench import Workbench
from bot.knowledge.form_problems import did_you_mean
from bot.knowledge.repository import Repository
from bot.knowledge.rulebook import quoted
from bot.opening import open_workbench
from bot.reports.review_text import how_far
from bot.store.changes import OPEN, ChangeKind, ChangeStatus


async def add(
    place: Place, seen: Seen, typed: str, words: str, output: Path | None, *, is_decoy: bool
) -> None:
    """Propose a phrasing or a decoy."""
    live = place.live()
    entry = entry_of(typed, live)
    propose = propose_decoy if is_decoy else propose_phrasing
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        bench = await open_workbench(place.settings, store)
        outcome = await propose(
            bench,
            live,
            entry.id,
            words,
            cluster.id,
            seen.by,
            now(),
            cluster_revision=revision_of(cluster, seen),
        )
    _tell_proposal(outcome, output, bench)


async def draft(
    place: Place,
    seen: Seen,
    words: tuple[str | None, str, str, str, tuple[str, ...]],
    output: Path | None,
) -> None:
    """Propose a new entry.

    Raises UsageError without a question, CouldNotRun for an unknown level or group.
    """
    question, level, group, answer, sources = words
    if question is None or not question.strip():
        raise click.UsageError(
            'give --question "WORDS", as a reader would ask it: git does not forget a member\'s words, '
            "so they go in only where you write or confirm them"
        )
    live = place.live()
    _check_known("caveat level", level, live.library.levels)
    _check_known("group", group, live.library.groups)
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        new = NewEntry(question, level, group, answer, sources=sources)
        bench = await open_workbench(place.settings, store)
        outcome = await propose_entry(
            bench, live, new, cluster.id, seen.by, now(), cluster_revision=revision_of(cluster, seen)
        )
    _tell_proposal(outcome, output, bench)


def _check_known(what: str, typed: str, known: Iterable[str]) -> None:
    """Before anything is checked, which takes a while. Raises CouldNotRun with what there is."""
    there = list(known)
    if typed not in there:
        mend = did_you_mean(typed, there, f"the {what}s: {', '.join(there)}")
        raise CouldNotRun(f"{quoted(typed)} is not a {what}; {mend}")


async def take_back(place: Place, change_id: int, by: Moderator) -> None:
    """Withdraw a change set, its branch with it."""
    async with place.store() as store:
        bench = await open_workbench(place.settings, store)
        done = await withdraw(bench, change_id, by, now())
    if isinstance(done, NotOpen):
        if done.status is None:
            raise CouldNotRun(f"there is no change {change_id}; `caveat review history` lists them")
        not_done(proposals.NOTHING_TO_WITHDRAW.format(id=change_id, status=done.status.value))
    form = proposals.WITHDREW_ONE if len(done.change_ids) == 1 else proposals.WITHDREW_MANY
    click.echo(form.format(ids=", ".join(map(str, done.change_ids))))
    for note in done.notes:
        click.echo(proposals.NOTE.format(note=note), err=True)


def _tell_proposal(outcome: Proposed | NotProposed, output: Path | None, bench: Workbench) -> None:
    if isinstance(outcome, NotProposed):
        lines = [proposals.NOT_PROPOSED.format(message=outcome.message, mend=outcome.mend)]
        if outcome.rewording is not None:
            lines.append(proposals.REWORDING.format(text=outcome.rewording))
        for line in [*lines, *_problems(outcome.problems)]:
            click.echo(line.replace("**", ""), err=True)
        raise click.exceptions.Exit(NOT_DONE)
    console = open_console()
    for line in _proposal_lines(outcome):
        console.print(marked(line.removeprefix("### ").removeprefix("-# ")))
    if outcome.status not in OPEN:
        return  # merged or withdrawn by somebody meanwhile
    if outcome.status is not ChangeStatus.PUSHED:
        _hand_over(outcome, output)
        _tell_next_step(outcome, output, bench)
    click.echo(f"To take it back: caveat review withdraw {outcome.change_id}", err=True)


def _proposal_lines(made: Proposed) -> Iterator[str]:
    yield proposals.HEADING[made.kind.value].format(entry=made.entry_id)
    yield how_far(made.status, made.branch)
    if made.link is not None:
        yield made.link
    if made.kind is ChangeKind.ENTRY:
        yield proposals.DRAFT_HOW
    yield from (proposals.NOTE.format(note=note) for note in made.notes)
    yield proposals.ADVICE if made.problems else proposals.NO_ADVICE
    yield from _problems(made.problems)


def _problems(problems: tuple[Problem, ...]) -> Iterator[str]:
    for problem in problems:
        yield f"{problem.path}:{problem.line}:{problem.column}: {problem.message} [{problem.rule}]"
        yield f"    {problem.mend}"


def _hand_over(made: Proposed, output: Path | None) -> None:
    """The file and the patch into a folder; the patch to the terminal where none is named."""
    if output is None:
        click.echo(made.patch.decode("utf-8", "replace"), nl=False)
        return
    files = {PurePosixPath(path).name: content for path, content in made.files.items()}
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in {**files, f"{made.entry_id}.patch": made.patch}.items():
            (output / name).write_bytes(content)
            click.echo(f"wrote {output / name}", err=True)
    except OSError as fault:
        raise CouldNotRun(f"{output} cannot be written: {fault.strerror}; name another folder") from fault


def _tell_next_step(made: Proposed, output: Path | None, bench: Workbench) -> None:
    """How what was not pushed gets into the knowledge; on stderr, apart from the patch."""
    if made.branch is not None and isinstance(bench.repository, Repository):
        click.echo(f"The clone with the branch {made.branch}: {bench.repository.clone.git_dir}", err=True)
    file = "FILE" if output is None else str((output / f"{made.entry_id}.patch").absolute())
    if output is None:
        click.echo("Save the patch above as FILE, without the lines that stand before it.", err=True)
    how = "am" if made.status is ChangeStatus.COMMITTED else "apply"
    click.echo(f"Next, in your working copy of the knowledge: git {how} {shlex.quote(file)}", err=True)
