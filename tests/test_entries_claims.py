"""The page of claims: made from the register and the entries, complete, and never stale."""

from __future__ import annotations

import os
from dataclasses import replace

from bot.core.article_claim import ArticleClaim, uncovered
from bot.core.entry import Status, Verdict
from bot.reports.claims import claims_page
from tests.facts.ledger import ROOT
from tests.facts.shipped import the_claims, the_library
from tests.facts.tables import table_under

PAGE = ROOT / "docs" / "CLAIMS.md"
WRITE = "CAVEAT_WRITE_DOCS"
UNHEARD = ArticleClaim("C99", "6 nowhere", "Cuffs | bands make coffee.", Verdict.UNSUPPORTED, "so far")


def test_the_committed_page_is_fresh() -> None:
    page = claims_page(the_library(), the_claims())
    if os.environ.get(WRITE):
        PAGE.write_text(page, "utf-8")

    mend = f"write it anew: {WRITE}=1 make pytest PYTEST_ARGS=tests/test_entries_claims.py"
    assert PAGE.read_text("utf-8") == page, mend


def test_each_claim_has_a_row_with_the_entries_that_speak_to_it() -> None:
    rows = {row[0]: row for row in table_under(PAGE, "## The claims")}

    assert list(rows) == [claim.id for claim in the_claims()]
    assert "[gh-290-times](" in rows["C10"][4]
    assert rows["C21"][3] == "contested (most evidence against)"
    assert not [claim_id for claim_id, row in rows.items() if "none" in row[4]]


def test_each_link_leads_to_a_file() -> None:
    links = [line for row in table_under(PAGE, "## The claims") for line in row[4].split(", ")]
    targets = {link.partition("](")[2].removesuffix(")") for link in links}

    assert len(targets) > 30
    assert [target for target in targets if not (PAGE.parent / target).is_file()] == []


def test_a_claim_that_no_entry_takes_up_says_so() -> None:
    page = claims_page(the_library(), [UNHEARD])

    row = r"| C99 | 6 nowhere | Cuffs \| bands make coffee. | unsupported (so far) | **none** |"
    assert row in page.splitlines()


def test_an_entry_that_is_not_live_covers_nothing() -> None:
    library = the_library()
    drafts = {e.id: replace(e, status=Status.DRAFT) for e in library.entries.values()}
    nothing_live = replace(library, entries=drafts)

    assert uncovered(the_claims(), nothing_live.live) == the_claims()
    assert claims_page(nothing_live, the_claims()).count("**none**") == 31
