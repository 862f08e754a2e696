"""The page of claims: what the article says, what we found, and which entries speak to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.article_claim import ArticleClaim, taken_up_by
from bot.core.entry import Entry, Verdict
from bot.core.library import Library

_TITLE = "# What the article claims, and what we found"
_INTRODUCTION = """\
One row for each claim of the article: where it stands there, what it says in our words, our verdict on that
very claim, and the live entries that speak to it, with the reasons. This page is made from
[knowledge/claims.yaml](../knowledge/claims.yaml) and the entries; a test holds it fresh."""
_MEANINGS = {
    Verdict.SUPPORTED: "matches the evidence as stated",
    Verdict.SUPPORTED_WITH_LIMITS: "true under conditions that the claim leaves out",
    Verdict.CONTESTED: "sound studies disagree",
    Verdict.MISLEADING: "a true part is used to suggest what the evidence does not show",
    Verdict.UNSUPPORTED: "no adequate evidence in people, or it leans the other way",
    Verdict.NOT_CHECKABLE: "opinion, or the source that it takes could not be read",
    Verdict.MATERIAL_OMISSION: "something is left out that a reader needs",
}


def claims_page(library: Library, claims: Sequence[ArticleClaim]) -> str:
    """The page in Markdown, ending in a newline; the claims in the order given.

    Links are relative to docs/. A claim that no live entry takes up says so in its row.
    """
    covered = taken_up_by(library.live)
    rows = [_row(claim, covered.get(claim.id, ())) for claim in claims]
    parts = (
        [_TITLE],
        [_INTRODUCTION],
        ["## The claims"],
        _table(rows),
        ["## The verdicts"],
        _verdicts(claims),
    )
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _verdicts(claims: Sequence[ArticleClaim]) -> list[str]:
    counted = ((verdict, sum(claim.verdict is verdict for claim in claims)) for verdict in Verdict)
    rows = [f"| {_words(verdict)} | {count} | {_MEANINGS[verdict]} |" for verdict, count in counted]
    return ["| verdict | claims | meaning |", "| --- | --- | --- |", *rows]


def _table(rows: list[str]) -> list[str]:
    return [
        "| claim | section of the article | what it says, in our words | verdict | entries |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]


def _row(claim: ArticleClaim, entries: Sequence[Entry]) -> str:
    links = ", ".join(f"[{e.id}](../knowledge/entries/{e.group}/{e.id}.yaml)" for e in entries)
    verdict = f"{_words(claim.verdict)} ({claim.remark})" if claim.remark else _words(claim.verdict)
    cells = (claim.id, claim.section, claim.says, verdict, links or "**none**")
    return f"| {' | '.join(_cell(text) for text in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _words(verdict: Verdict) -> str:
    return verdict.value.replace("-", " ")
