"""What a change of the knowledge does to questions, as text, Markdown and JSON, the worst first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.core import wording_changes as wording
from bot.core.labelled import Labelled
from bot.core.outcome import Abstain, Answer, Outcome, Refer, Suggest
from bot.journeys.replay import Changed, Effect, Replay, said

SHOWN = 20
"""Questions shown of each kind; the JSON holds them all."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~@])")
_SIGNS = {
    Effect.WORSE: "❌",
    Effect.OTHER_ENTRY: "🔀",
    Effect.NO_LONGER_ANSWERED: "🔻",
    Effect.REFERRAL: "🛟",
    Effect.NO_LONGER_OFFERED: "🔻",
    Effect.OTHER_CHOICES: "🔀",
    Effect.NEWLY_OFFERED: "🔺",
    Effect.NEWLY_ANSWERED: "🔺",
    Effect.BETTER: "✅",
}


def text_lines(found: Replay, most: int = SHOWN) -> Iterator[str]:
    """For the terminal."""
    yield _asked(found)
    for effect, count in found.counts.items():
        changes = found.of(effect)
        yield ""
        yield f"{said(effect, count)}:"
        for change in changes[:most]:
            yield f"  {change.question.text}{_times(change)}"
            before, after = told(change.before, _plain), told(change.after, _plain)
            yield f"    {before} -> {after}{_target(change, _plain)}"
        if count > most:
            yield f"  {wording.MORE_CHANGED.format(count=f'{count - most:,}')}"
    if not found.changes:
        yield wording.NOTHING_CHANGES


def markdown(found: Replay, old: str, new: str, most: int = SHOWN) -> str:
    """For a comment on a merge request; `old` and `new` name the two states. Members' words are escaped."""
    lines = ["### What this change does to questions", "", f"`{old}` → `{new}`. {_asked(found)}", ""]
    if not found.changes:
        lines.append(f"**{wording.NOTHING_CHANGES}**")
    for effect, count in found.counts.items():
        is_open = " open" if effect is Effect.WORSE else ""
        heading = f"{_SIGNS[effect]} {said(effect, count)}"
        lines += [f"<details{is_open}><summary><b>{heading}</b></summary>", ""]
        lines += ["| question | before | after |", "| --- | --- | --- |"]
        for change in found.of(effect)[:most]:
            cells = (
                f"{escaped(change.question.text)}{_times(change)}{_target(change, _code)}",
                told(change.before, _code),
                told(change.after, _code),
            )
            lines.append(f"| {' | '.join(cells)} |")
        if count > most:
            lines += ["", wording.MORE_CHANGED.format(count=f"{count - most:,}")]
        lines += ["", "</details>", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def as_json(found: Replay, old: str, new: str) -> str:
    """For programs: every change, the worst first; ends in a newline."""
    record = {
        "old": old,
        "new": new,
        "labelled": found.labelled,
        "kept": found.kept,
        "worse": found.is_worse,
        "counts": {effect.value: count for effect, count in found.counts.items()},
        "changes": [
            {
                "question": change.question.text,
                "times": change.question.times,
                "effect": change.effect.value,
                "labelled": _label(change.question.labelled),
                "before": _outcome(change.before),
                "after": _outcome(change.after),
            }
            for change in found.changes
        ],
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def told(outcome: Outcome, code: Callable[[str], str] = lambda text: f"`{text}`") -> str:
    """An outcome in a few words, with the confidence of the first candidate."""
    match outcome:
        case Answer(entry_id, sure):
            return f"{code(entry_id)} ({sure:.2f})"
        case Suggest(suggestions):
            names = ", ".join(code(each.entry_id) for each in suggestions)
            return f"choices {names} ({suggestions[0].confidence:.2f})"
        case Refer(kind):
            return f"the safety list's {code(kind)}"
        case Abstain(_, candidates):
            return f"not answered ({candidates[0].confidence:.2f})" if candidates else "not answered"


def escaped(text: str) -> str:
    """A member's words on one line of Markdown, in which nothing is a sign, a mention or a table's end."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split())).replace("\\@", "@\u200b")


def _plain(text: str) -> str:
    return text


def _code(text: str) -> str:
    return f"`{text}`"


def _asked(found: Replay) -> str:
    return wording.ASKED.format(labelled=f"{found.labelled:,}", kept=f"{found.kept:,}")


def _times(change: Changed) -> str:
    times = change.question.times
    return wording.TIMES.format(times=times) if times > 1 else ""


def _target(change: Changed, code: Callable[[str], str]) -> str:
    labelled = change.question.labelled
    if labelled is None:
        return ""
    return f"  [{labelled.kind.value}{': ' + code(labelled.target) if labelled.target else ''}]"


def _label(labelled: Labelled | None) -> dict[str, str | None] | None:
    return None if labelled is None else {"kind": labelled.kind.value, "target": labelled.target}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    decided = {Answer: "answer", Suggest: "suggest", Refer: "refer", Abstain: "abstain"}[type(outcome)]
    entry = outcome.entry_id if isinstance(outcome, Answer) else None
    shown = outcome.suggestions if isinstance(outcome, Suggest) else ()
    return {
        "decision": decided,
        "entry": entry,
        "suggestions": [each.entry_id for each in shown],
        "refer": outcome.kind if isinstance(outcome, Refer) else None,
        "confidence": round(outcome.candidates[0].confidence, 4) if outcome.candidates else None,
    }
