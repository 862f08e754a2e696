"""The page: an entry as the lines that members read."""

from __future__ import annotations

import pytest

from bot.core.entry import Citation
from bot.core.library import Source
from bot.core.page import source_line

WHERE = "J Plants 3:1-9. Review."


@pytest.mark.parametrize(
    ("title", "told"),
    [("Ferns at night", "Ferns at night."), ("Do ferns dream?", "Do ferns dream?"), ("Ferns.", "Ferns.")],
)
def test_a_title_that_ends_with_a_sign_of_its_own_gets_no_second_one(title: str, told: str) -> None:
    source = Source(
        key="fern-2001",
        ledger="P1",
        authors="Fern A, Moss B, Reed C",
        year=2001,
        title=title,
        journal="J Plants",
        volume_pages="3:1-9",
        doi=None,
        pmid=None,
        url=None,
        kind="review",
        participants=None,
        verified=(),
    )
    line = source_line(Citation("fern-2001", "They do not."), source)
    assert line == f"**Fern A et al. (2001).** {told} {WHERE}\nThey do not."
