"""Facts: every number of an entry stands in the ledger, for its own claims and sources, or is explained.

The ledger lies beside the repository where entries are written; elsewhere these tests are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.entry import Entry
from bot.core.library import Source
from tests.facts.ledger import ROOT, Ledger, the_ledger
from tests.facts.numbers import Stated, numbers_in
from tests.facts.shipped import prose_of, the_claims, the_library
from tests.facts.tables import table_under

REVIEW = ROOT / "docs" / "REVIEW.md"
EXPLAINED = "## Numbers that the ledger does not state for the entry"


def numbers_of(texts: Iterable[str]) -> list[Stated]:
    return [stated for text in texts for stated in numbers_in(text)]


def allowed_in(entry: Entry, place: str, ledger: Ledger) -> list[Stated]:
    """What the ledger says of that claim or source alone, in the answer and details of all of them."""
    library = the_library()
    cited = {citation.key: library.sources[citation.key] for citation in entry.sources}
    years = [str(source.year) for source in cited.values() if source.year]
    claim_id = place.split()[0]
    if place in cited:
        passages = [ledger.of_record(cited[place].ledger)]
    elif claim_id in ledger.claims:
        passages = [ledger.of_claim(claim_id)]
    else:
        passages = [ledger.of_claim(claim.id) for claim in entry.claims]
        passages += [ledger.of_record(source.ledger) for source in cited.values()]
    return numbers_of([*passages, ledger.easily_wrong, *years])


def not_in_ledger(entry: Entry, ledger: Ledger) -> Iterator[tuple[str, Stated]]:
    """(place, number) for each number of the entry that the ledger does not state for it."""
    for place, text in prose_of(entry):
        allowed = allowed_in(entry, place, ledger)
        yield from ((place, stated) for stated in numbers_in(text) if not stated.agrees_with(allowed))


def explained() -> dict[str, list[Stated]]:
    """Entry id -> the numbers that docs/REVIEW.md explains."""
    rows = table_under(REVIEW, EXPLAINED)
    return {entry_id: numbers_in(numbers) for entry_id, numbers, _why in rows}


def test_each_number_of_an_entry_stands_in_the_ledger_or_is_explained() -> None:
    ledger, reasons = the_ledger(), explained()

    found = [
        f"{entry.id} ({place}): {stated.said}"
        for entry in the_library().live
        for place, stated in not_in_ledger(entry, ledger)
        if not stated.agrees_with(reasons.get(entry.id, []))
    ]

    assert not found, "not what the ledger says of their claims and sources, and not explained"


def test_each_explanation_is_still_needed() -> None:
    ledger = the_ledger()
    needed = {entry.id: [s for _, s in not_in_ledger(entry, ledger)] for entry in the_library().live}

    stale = [
        f"{entry_id}: {stated.said}"
        for entry_id, numbers in explained().items()
        for stated in numbers
        if not stated.agrees_with(needed.get(entry_id, []))
    ]

    assert not stale, "explained in docs/REVIEW.md, but no longer in the entry, or the ledger states it now"


def test_the_bibliography_gives_no_number_that_the_ledger_lacks() -> None:
    ledger = the_ledger()

    def unknown(source: Source) -> list[str]:
        allowed = numbers_of([ledger.of_record(source.ledger), ledger.easily_wrong])
        told = numbers_in(f"{source.kind}. {source.participants or ''}")
        return [f"{source.key}: {stated.said}" for stated in told if not stated.agrees_with(allowed)]

    found = [line for source in the_library().sources.values() for line in unknown(source)]

    assert found == ["tabata-2016: 1", "krieger-2018: 1"], "beside case reports, which tell of one person"


def test_the_register_of_claims_is_that_of_the_ledger() -> None:
    told = {claim.id: (claim.section, claim.verdict.value) for claim in the_claims()}

    assert told == {claim.id: (claim.section, claim.verdict) for claim in the_ledger().claims.values()}


def test_what_a_verdict_leaves_open_is_told_where_the_ledger_tells_it() -> None:
    remarks = {claim.id: claim.remark for claim in the_claims() if claim.remark}
    ledgers = {claim.id: claim.remark for claim in the_ledger().claims.values() if claim.remark}

    assert remarks.keys() == ledgers.keys()
    assert all(remarks[claim_id].startswith(remark) for claim_id, remark in ledgers.items())


# ---- the reading of numbers, shown on texts whose answer is plain


def told(text: str) -> list[str]:
    return [f"{stated.value:f} {stated.unit}".strip() for stated in numbers_in(text)]


def test_numbers_are_read_from_digits_and_from_words() -> None:
    assert told("six people, 29 men, twenty-nine men") == ["6 people", "29 people", "29 people"]
    assert told("fourfold, 1.3-fold, 290 times") == ["4 times", "1.3 times", "290 times"]
    assert told("12,462 users; seven older men; n=13") == ["12462 people", "7 people", "13 people"]
    assert told("15 and 15 reps at 20-40% (p=0.06)") == ["15", "15 reps", "20", "40 percent", "0.06"]


def test_a_minus_is_no_hyphen() -> None:
    assert told("-0.17 (-0.40 to 0.05)") == ["-0.17", "-0.40", "0.05"]
    assert told("30-15-15-15 and 2-3 days") == ["30", "15", "15", "15", "2", "3 days"]


def test_digits_in_names_are_no_numbers() -> None:
    assert told("IGF-1, IL-6, class S2, R01, NCT03419169, 1RM, no one") == []
    assert told("after 10RM work") == ["10"]


def test_a_third_is_a_part_only_before_what_it_is_a_part_of() -> None:
    assert told("A third saw no gap") == []
    assert told("a third of the work") == ["0.3333333333333333333333333333"]


def test_the_same_number_of_something_else_does_not_agree() -> None:
    (men, days) = numbers_in("14 men, 14 days")

    assert men.agrees_with([men])
    assert not men.agrees_with([days])
    assert men.agrees_with(numbers_in("14 of them")), "where a text names no unit, the value decides"


def test_a_number_from_nowhere_is_found() -> None:
    ledger = the_ledger()
    entry = the_library().entries["gh-290-times"]

    assert list(not_in_ledger(entry, ledger)) == []
    assert not numbers_in("about 300 times")[0].agrees_with(allowed_in(entry, "answer", ledger))
