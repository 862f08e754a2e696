"""`caveat explain`: why a question finds this entry and not the next, in a moderator's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.measured import knowledge_option, open_measured
from bot.core.outcome import Abstain, Answer, Refer, Suggest
from bot.matching.explain import Explanation, Near, Reasoned
from bot.matching.explain import explain as reasons_for

WORDS_SHOWN = 6


@click.command(short_help="Show why a question finds what it finds.")
@knowledge_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.argument("question", nargs=-1, required=True)
def explain(knowledge: Path, as_json: bool, question: tuple[str, ...]) -> None:
    """Show how the search reads a question, and what speaks for each candidate.

    For each: its confidence beside the thresholds, its phrasings that come nearest (1 is the
    same), and its decoys that come nearest, which speak against it. A wrong answer is mended by
    adding the question's kind as a decoy there; a missed one by a phrasing in its words.

    \b
    Example:
      caveat explain "does lactate trigger growth hormone?"
    """
    found = reasons_for(open_measured(knowledge).matcher, " ".join(question))
    if as_json:
        click.echo(json.dumps(asdict(found), default=str))
        return
    for line in lines_of(found):
        click.echo(line)


def lines_of(found: Explanation) -> Iterator[str]:
    """The page, line by line."""
    yield f"Read as: {found.read_as or '(nothing)'}"
    for typed, read in found.respelt:
        yield f'  "{typed}" was taken for "{read}"'
    if found.unknown:
        yield f"Words that the knowledge never uses: {', '.join(found.unknown)}"
    if found.counted:
        told = ", ".join(f"{word} ({lost:+.2f})" for word, lost in found.counted[:WORDS_SHOWN])
        yield f"Words that counted (likeness lost without them): {told}"
    yield f"Decision: {decision(found)}"
    if found.passed_over is not None:
        yield f"The safety list's {found.passed_over} is sure enough, but speaks only where it comes first."
    for place, own in enumerate(found.candidates, start=1):
        yield ""
        yield f"{place}. {own.id}{' (safety list)' if own.is_kind else ''}: confidence {own.confidence:.2f}"
        yield from _texts("nearest phrasings", own.phrasings)
        yield from _texts("nearest decoys, which speak against it", own.decoys)
        yield f"   {_signals(own)}"


def decision(found: Explanation) -> str:
    """What was decided, beside the threshold that decided it."""
    limits = found.thresholds
    match found.outcome:
        case Answer(entry_id, sure):
            return f"answer with {entry_id}: {sure:.2f} is at least {limits.answer:.2f}"
        case Suggest():
            return f"suggest: from {limits.suggest:.2f} up, but under {limits.answer:.2f}"
        case Refer(kind):
            return f"refer to help ({kind}): it fits best, from {limits.refer:.2f} up"
        case Abstain(reason):
            return f"no answer ({reason.value}); suggestions begin at {limits.suggest:.2f}"


def _texts(title: str, texts: tuple[Near, ...]) -> Iterator[str]:
    if texts:
        yield f"   {title}:"
        yield from (f"     {near.alike:.2f}  {near.text}" for near in texts)


def _signals(own: Reasoned) -> str:
    s = own.signals
    return f"signals: near {s.near:.2f}, lead {s.lead:+.2f}, mass {s.mass:.2f}, own decoys {s.decoys:.2f}"
