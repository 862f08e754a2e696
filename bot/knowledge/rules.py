"""The rules between fields and between files; all are errors and none depends on the day.

They look at what was typed, not at what became of it: an entry that is wrong in one place
is checked everywhere else in the same run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.core.entry import Status
from bot.core.problem import Problem
from bot.knowledge.form_problems import did_you_mean, fields_at
from bot.knowledge.rulebook import found, quoted
from bot.knowledge.schema import SLUG, SourceForm, day_of
from bot.knowledge.tree import Node
from bot.knowledge.tree import Path as Place

Finding = tuple[Place, str, str, str]
"""Where in the tree, rule, message, mend."""
LONG_TEXT = 40
"""Characters from which a text that stands in TEMPLATE.yaml too was not written for its entry."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What owns questions: an entry, or a kind of the safety list; with its file and what was typed."""

    id: str
    path: str
    tree: Node
    is_kind: bool = False

    def problem(self, place: Place, rule: str, message: str, mend: str) -> Problem:
        """A problem at a place (field names and list positions)."""
        return found(self.path, self.tree.at(place), rule, message, mend)


@dataclass(frozen=True, slots=True)
class Known:
    """The names that may be referred to; None where their file could not be read.

    `claims` is the register as it was typed, None also where the folder has none.
    """

    levels: tuple[str, ...] | None
    sources: tuple[str, ...] | None
    entries: tuple[str, ...]
    claims: Node | None = None


def entry_problems(owner: Owner, known: Known) -> Iterator[Problem]:
    """What is wrong between an entry's fields, and between it and the other files."""
    findings = (
        *_caveat_unknown(owner.tree, known),
        *_sources(owner.tree, known),
        *_related(owner, known),
        *_claim_duplicate(owner.tree),
        *_claim_unlike(owner.tree, known),
        *_corrections_order(owner.tree),
    )
    for place, rule, message, mend in findings:
        yield owner.problem(place, rule, message, mend)
    yield from review_problems(owner)


def review_problems(owner: Owner) -> Iterator[Problem]:
    """review-order: the next review comes after the last one."""
    last, due = (_day(owner.tree, "reviewed", name) for name in ("on", "next"))
    if last is not None and due is not None and due <= last:
        message = f"the next review ({due}) is not after the last one ({last})"
        mend = "set `next` to a later day, mostly a year on"
        yield owner.problem(("reviewed", "next"), "review-order", message, mend)


def source_problems(path: str, tree: Node) -> Iterator[Problem]:
    """verified-absent: what a record of sources.yaml calls verified is a field that it has."""
    for key, record in (tree.fields or {}).items():
        fields = [name for name in fields_at(SourceForm, ()) if name in (record.fields or {})]
        given = [name for name in fields if name not in ("ledger", "verified")]
        for place, name in record.words("verified"):
            if name not in given:
                message = f"`verified` names {quoted(name)}, which {quoted(key)} does not have"
                mend = did_you_mean(name, given, "add that field, or take the name out")
                yield found(path, record.at(place), "verified-absent", message, mend)


def register_problems(path: str, register: Node, owners: Iterable[Owner]) -> Iterator[Problem]:
    """claim-uncovered: each claim of the register is taken up by a live entry, or one of unknown status."""
    hidden = (Status.DRAFT, Status.RETIRED)
    live = [owner.tree for owner in owners if owner.tree.word("status") not in hidden]
    taken_up = {tree.word(*place) for tree in live for place in _claim_ids(tree)}
    for claim in register.fields or {}:
        if claim not in taken_up:
            message = f"no live entry takes up the claim {quoted(claim)}"
            mend = "add it to the `claims` of the entry that answers it, or take it out of the register"
            yield found(path, register.key_at((claim,)), "claim-uncovered", message, mend)


def template_problems(owner: Owner, template: Collection[str]) -> Iterator[Problem]:
    """template-text: no longer text of TEMPLATE.yaml is left in a live entry."""
    if owner.tree.word("status") != Status.LIVE:
        return
    for place, text in long_texts(owner.tree):
        if text in template:
            mend = "write the entry's own text there, or set its status to draft until it has one"
            yield owner.problem(place, "template-text", "this is what TEMPLATE.yaml says", mend)


def long_texts(node: Node, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Each text below a node that nobody writes twice by chance, its blanks folded, with its place."""
    if node.text is not None and len(text := " ".join(node.text.split())) >= LONG_TEXT:
        yield place, text
    for position, item in enumerate(node.items or ()):
        yield from long_texts(item, (*place, position))
    for name, inner in (node.fields or {}).items():
        yield from long_texts(inner, (*place, name))


def _claim_ids(tree: Node) -> Iterator[Place]:
    claims = tree.get(("claims",))
    for position in range(len((claims and claims.items) or ())):
        yield ("claims", position, "id")


def _claim_unlike(tree: Node, known: Known) -> Iterator[Finding]:
    """claim-unknown and claim-verdict: what an entry says of a claim is what the register says."""
    if known.claims is None:
        return
    for place in _claim_ids(tree):
        claim = tree.word(*place)
        if claim is None:
            continue
        if claim not in (known.claims.fields or {}):
            mend = did_you_mean(claim, tuple(known.claims.fields or {}), "add the claim to claims.yaml first")
            yield place, "claim-unknown", f"{quoted(claim)} is not in claims.yaml", mend
            continue
        judged, registered = tree.word(*place[:2], "verdict"), known.claims.word(claim, "verdict")
        if judged is not None and registered is not None and judged != registered:
            here, there = quoted(judged), quoted(registered)
            message = f"the verdict on {quoted(claim)} is {here} here, {there} in claims.yaml"
            mend = "a claim has one verdict: mend the wrong one"
            yield (*place[:2], "verdict"), "claim-verdict", message, mend


def _caveat_unknown(tree: Node, known: Known) -> Iterator[Finding]:
    caveat = tree.word("caveat")
    if caveat is not None and known.levels is not None and caveat not in known.levels:
        mend = did_you_mean(caveat, known.levels, f"the levels: {', '.join(known.levels)}")
        yield ("caveat",), "caveat-unknown", f"{quoted(caveat)} is not a caveat level", mend


def _sources(tree: Node, known: Known) -> Iterator[Finding]:
    """source-unknown, source-duplicate and sources-missing."""
    cited = tree.get(("sources",))
    if cited is not None and cited.items == [] and tree.word("status") == Status.LIVE:
        mend = "add at least one source, or set `status: draft` until there is one"
        yield ("sources",), "sources-missing", "a live entry needs a source", mend
    seen: set[str] = set()
    for position in range(len((cited and cited.items) or ())):
        place = ("sources", position, "key")
        key = tree.word(*place)
        if key is None:
            continue
        if known.sources is not None and key not in known.sources:
            mend = did_you_mean(key, known.sources, "add the study to sources.yaml, or mend the key")
            yield place, "source-unknown", f"{quoted(key)} is not in sources.yaml", mend
        elif key in seen:
            yield (
                place,
                "source-duplicate",
                f"{quoted(key)} is cited twice",
                "put all that it shows into one place",
            )
        seen.add(key)


def _related(owner: Owner, known: Known) -> Iterator[Finding]:
    """related-unknown, related-self and related-duplicate."""
    seen: set[str] = set()
    for place, slug in owner.tree.words("related"):
        if not re.fullmatch(SLUG, slug, re.ASCII):  # the form tells that
            continue
        if slug == owner.id:
            yield place, "related-self", "the entry names itself as related", "name other entries"
        elif slug not in known.entries:
            mend = did_you_mean(slug, known.entries, "use the name of an entry's file, without .yaml")
            yield place, "related-unknown", f"there is no entry {quoted(slug)}", mend
        elif slug in seen:
            yield place, "related-duplicate", f"{quoted(slug)} is named twice", "take one of the two out"
        seen.add(slug)


def _claim_duplicate(tree: Node) -> Iterator[Finding]:
    seen: set[str] = set()
    for place in _claim_ids(tree):
        claim = tree.word(*place)
        if claim is not None and claim in seen:
            mend = "keep one verdict on it, or mend the id"
            yield place, "claim-duplicate", f"the claim {quoted(claim)} is judged twice", mend
        seen.add(claim or "")


def _corrections_order(tree: Node) -> Iterator[Finding]:
    corrections = tree.get(("corrections",))
    latest: date | None = None
    for position in range(len((corrections and corrections.items) or ())):
        place = ("corrections", position, "on")
        day = _day(tree, *place)
        if day is not None and latest is not None and day < latest:
            message = f"this correction ({day}) stands below a later one ({latest})"
            yield place, "corrections-order", message, "put the newest last: members are shown that one"
        latest = max(day, latest) if day and latest else day or latest


def _day(tree: Node, *place: str | int) -> date | None:
    try:
        return day_of(tree.word(*place) or "")
    except ValueError:
        return None
