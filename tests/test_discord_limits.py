"""Whatever the schema allows in an entry: every view is within Discord's limits, and no flag is cut."""

from __future__ import annotations

from datetime import date

import discord
import pytest
from discord import ui
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simcord import HttpLogEntry

from bot.core import limits, wording
from bot.core.entry import Citation, Claim, Correction, Entry, Review, Verdict
from bot.core.library import CaveatLevel, Library, Source
from bot.core.outcome import Reason
from bot.core.page import page_of, source_line
from bot.discord_ui import render
from bot.discord_ui.answer_buttons import answer_message, opener
from bot.discord_ui.choice_buttons import offered_message, offered_short_message, unanswered_message
from bot.discord_ui.topics import topics_view
from bot.journeys.answer import Offered, Shown, Unanswered
from bot.journeys.check_message import Covered, MessageCheck
from bot.knowledge.schema import EntryForm, LevelForm, SourceForm
from tests.discord_api import check_requests
from tests.make import a_library, a_source, an_entry, entry_fields, level_fields, source_fields

TODAY = date(2026, 1, 1)
ASKER = 2**63 - 1
A_TRILLION = 10**12
"""More questions than will ever be kept; their ids stand in custom ids."""
UNITS = (
    "word ",
    "W",
    "**bold** ",
    "_`~|",
    "> quote ",
    "-# small ",
    "🌵",
    "👩🏽‍🌾 ",
    "مرحبا بكم ",
    "\u202eesrever\u202c ",
    "@everyone <@123456789012345678> ",
    "https://example.org/x ",
    "[a](https://example.org) ",
    "```code``` ",
    "\\",
    "{says} {0} %s ",
    "\u200b",
    "\u0301",
)
PARAGRAPHS = ("> quote\n", "# heading\n-# small\n", "- item\n\n", "a\r\n")


def filled(unit: str, length: int) -> str:
    """Exactly that many characters, none of them white space at an end, which the schema takes away."""
    text = (unit * length)[:length]
    return f"{text[:-1].lstrip()}{text[-1] if not text[-1].isspace() else 'x'}".rjust(length, "x")


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    """A library around one entry at the extremes that the schema allows, with eight that are related to it.

    Every length is the greatest, or each is the least or the greatest.
    """
    longest = draw(st.booleans())

    def text(most: int, units: tuple[str, ...] = UNITS) -> str:
        return filled(draw(st.sampled_from(units)), most if longest else draw(st.sampled_from((1, most))))

    def numbers(most: int) -> range:
        return range(most if longest else draw(st.sampled_from((0, 1, most))))

    def day() -> date:
        return draw(st.sampled_from((date(2000, 1, 1), TODAY, date(2100, 12, 31))))

    def claim() -> Claim:
        verdict = draw(st.sampled_from(Verdict))
        return Claim(text(12), text(limits.SECTION), text(limits.SAYS), verdict, text(limits.WHY))

    def source() -> Source:
        address = draw(st.sampled_from(("doi", "pmid", "url", "none")))
        return a_source(
            authors=text(400),
            year=draw(st.sampled_from((None, 1800, 2200))),
            title=text(400),
            journal=text(120),
            volume_pages=draw(st.sampled_from((None, text(60)))),
            doi="10.5555/" + "x" * 112 if address == "doi" else None,
            pmid="123456789" if address == "pmid" else None,
            url="https://example.org/" + "x" * 280 if address == "url" else None,
            kind=text(120),
            participants=draw(st.sampled_from((None, text(200)))),
        )

    others = [an_entry(f"other-{n}", question=text(limits.QUESTION)) for n in range(limits.MOST_RELATED)]
    entry = an_entry(
        "b" * limits.SLUG,
        question=text(limits.QUESTION),
        professional_first=longest or draw(st.booleans()),
        urgent=text(limits.URGENT) if longest else draw(st.sampled_from((None, text(limits.URGENT)))),
        answer=text(limits.ANSWER, (*UNITS, *PARAGRAPHS)),
        details=text(limits.DETAILS, (*UNITS, *PARAGRAPHS)),
        claims=tuple(claim() for _ in numbers(limits.MOST_CLAIMS)),
        sources=tuple(Citation(f"source-{n}", text(limits.SHOWS)) for n in numbers(limits.MOST_SOURCES)),
        reviewed=Review(day(), text(limits.REVIEWER), day()),
        related=tuple(other.id for other in others),
        corrections=tuple(Correction(day(), text(limits.CHANGED)) for _ in numbers(2)),
    )
    level = CaveatLevel("likely", text(20), text(4), text(100), 0xFFFFFF)
    found = {citation.key: source() for citation in entry.sources}
    return a_library(entry, *others, sources=found, levels={"likely": level})


def the_entry(library: Library) -> Entry:
    """The entry at the extremes."""
    return next(iter(library.entries.values()))


def text_of(*views: ui.LayoutView) -> str:
    """What members read."""
    displays = [part for view in views for part in view.walk_children() if isinstance(part, ui.TextDisplay)]
    return "\n".join(display.content for display in displays)


def sent(view: ui.LayoutView) -> HttpLogEntry:
    """The request that sends a view."""
    data = {
        "components": view.to_components(),  # type: ignore[no-untyped-call]  # discord.py left it untyped
        "flags": discord.MessageFlags.components_v2.flag,
        "allowed_mentions": {"parse": []},
    }
    return HttpLogEntry("POST", "/interactions/1/token/callback", {}, {"type": 4, "data": data}, None)


def check_every(*views: ui.LayoutView) -> None:
    """Discord takes each of them."""
    assert check_requests([sent(view) for view in views]) == []


at_the_extremes = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@at_the_extremes
@given(libraries())
def test_these_extremes_are_what_the_schema_allows(library: Library) -> None:
    EntryForm.model_validate(entry_fields(the_entry(library)))
    for level in library.levels.values():
        LevelForm.model_validate(level_fields(level))
    for source in library.sources.values():
        SourceForm.model_validate(source_fields(source))


@at_the_extremes
@given(libraries())
def test_an_answer_is_within_the_limits_and_its_flag_lines_stand_whole_above_everything(
    library: Library,
) -> None:
    entry = the_entry(library)
    view = answer_message(Shown(entry, 1.0, A_TRILLION), library, TODAY, ASKER, removable=True)
    check_every(view)
    page = page_of(entry, library, TODAY)
    text = text_of(view)
    assert text.startswith("\n".join([*page.first, f"## {entry.question}", page.level, entry.answer]))
    assert text.endswith(f"-# {page.foot}")
    assert (f"🚨 **{entry.urgent}**" in page.first) is (entry.urgent is not None)
    assert (wording.PROFESSIONAL_FIRST in page.first) is entry.professional_first


@at_the_extremes
@given(libraries())
def test_no_source_is_cut_or_left_out(library: Library) -> None:
    entry = the_entry(library)
    views = render.sources_views(entry, library)
    check_every(*views)
    text = text_of(*views)
    for citation in entry.sources:
        assert source_line(citation, library.sources[citation.key]) in text


@at_the_extremes
@given(libraries())
def test_details_stand_whole_with_every_claim_that_the_answer_had_no_room_for(library: Library) -> None:
    entry = the_entry(library)
    views = render.details_views(entry, library, TODAY)
    check_every(*views)
    under_answer = text_of(answer_message(Shown(entry, 1.0, 1), library, TODAY, ASKER))
    anywhere = f"{text_of(*views)}\n{under_answer}"
    assert entry.details in text_of(*views)
    for claim in entry.claims:
        form = wording.CLAIM.format(says=claim.says, verdict=wording.VERDICTS[claim.verdict], why=claim.why)
        assert form in anywhere


@at_the_extremes
@given(libraries(), st.integers(1, 40))
def test_a_check_that_finds_many_claims_is_within_the_limits(library: Library, count: int) -> None:
    entries = list(library.entries.values())
    covered = tuple(
        Covered("@everyone " + "**x**" * 100, entries[number % len(entries)], 1.0) for number in range(count)
    )
    view = render.check_view(MessageCheck(40, covered[: len(entries)]), library, TODAY, opener)
    check_every(view)
    first = page_of(entries[0], library, TODAY).first
    assert "\n".join(first) in text_of(view), "the flag lines stand with what they speak of"


@at_the_extremes
@given(libraries())
def test_everything_that_names_an_entry_is_within_the_limits(library: Library) -> None:
    entry = the_entry(library)
    offered = Offered(A_TRILLION, tuple(library.entries.values())[:3])
    check_every(
        offered_message(offered, ASKER),
        offered_short_message(offered, ASKER),
        render.stacked_view(
            wording.RELATED_HEADING.format(question=entry.question),
            [opener(each) for each in library.related(entry)],
        ),
        *render.caveats_views(library),
        topics_view(library),
        topics_view(library, entry.group, entry.caveat),
    )


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("question_id", [None, A_TRILLION])
def test_what_is_not_answered_is_within_the_limits(
    reason: Reason, short: bool, question_id: int | None
) -> None:
    view = unanswered_message(Unanswered(reason, question_id), ASKER, short=short)
    check_every(view)
    if question_id is None:
        assert wording.NOTED not in text_of(view)


@pytest.mark.parametrize("count", [0, 1, 26, 200])
def test_topics_of_any_number_of_groups_and_entries_is_within_the_limits(count: int) -> None:
    entries = [
        an_entry(f"entry-{n}", group=f"group-{n}", caveat=f"level-{n}", question="q" * limits.QUESTION)
        for n in range(count)
    ]
    library = a_library(*entries, groups={f"group-{n}": "t" * 60 for n in range(count)})
    check_every(topics_view(library), topics_view(library, "group-0"), topics_view(library, level="level-0"))
    check_every(*render.caveats_views(library))
