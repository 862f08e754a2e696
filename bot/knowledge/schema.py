"""The form of the files: pydantic models whose JSON Schema editors use while one types."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.core import limits
from bot.core.entry import Status, Verdict


def _only_true_or_false(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return value if isinstance(value, bool) else f"{value} is neither true nor false"


def _iso_date(value: Any) -> Any:
    return value if not isinstance(value, str) else date.fromisoformat(value)


def _text(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


Day = Annotated[date, BeforeValidator(_iso_date)]
YesNo = Annotated[bool, BeforeValidator(_only_true_or_false)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=limits.SLUG)]
Text = Annotated[str, _text(limits.PHRASING)]
Texts = Annotated[list[Text], Field(max_length=limits.MOST_TEXTS)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimForm(_Form):
    """What the article says, in our words, and our verdict on that very claim."""

    id: Annotated[str, _text(12)] = Field(description="The claim's id in the evidence ledger, such as C10.")
    section: Annotated[str, _text(limits.SECTION)] = Field(description="Where the article says it.")
    says: Annotated[str, _text(limits.SAYS)] = Field(description="What the article says, in our words.")
    verdict: Verdict = Field(description="Our verdict on this claim.")
    why: Annotated[str, _text(limits.WHY)] = Field(description="Why, in one sentence.")


class CitationForm(_Form):
    """A source and what it shows for this answer."""

    key: Annotated[str, _text(80)] = Field(description="A key of sources.yaml.")
    shows: Annotated[str, _text(limits.SHOWS)] = Field(description="What this study shows for this answer.")


class ReviewForm(_Form):
    """Who read the entry against its evidence, and when it is due again."""

    on: Day = Field(description="Day of the review, YYYY-MM-DD.")
    by: Annotated[str, _text(limits.REVIEWER)] = Field(description="A role, such as editorial review.")
    next: Day = Field(description="Day on which the next review is due; after `on`.")


class CorrectionForm(_Form):
    """A change of substance to a published answer."""

    on: Day = Field(description="Day of the correction, YYYY-MM-DD.")
    changed: Annotated[str, _text(limits.CHANGED)] = Field(
        description="What changed, for readers of the old answer."
    )


class TestsForm(_Form):
    """Questions that are asked whenever the entry is checked; never part of the search."""

    match: Texts = Field(description="Questions that must find this entry.")
    no_match: Texts = Field(description="Questions that this entry must not answer.")


class EntryForm(_Form):
    """One entry of the knowledge base; the file's name is its id."""

    question: Annotated[str, _text(limits.QUESTION)] = Field(description="The question, as members see it.")
    status: Status = Field(description="draft (never shown), live, or retired.")
    caveat: Annotated[str, _text(40)] = Field(description="A level of caveats.yaml.")
    professional_first: YesNo = Field(description="true: ask a doctor or physio before acting on it.")
    urgent: Annotated[str, _text(limits.URGENT)] | None = Field(
        default=None, description="Goes first where the entry speaks of symptoms: when to get urgent care."
    )
    answer: Annotated[str, _text(limits.ANSWER)] = Field(description="What to know, in three sentences.")
    details: Annotated[str, _text(limits.DETAILS)] = Field(description="The longer story, in Markdown.")
    claims: Annotated[list[ClaimForm], Field(max_length=limits.MOST_CLAIMS)] = Field(
        description="What the article says of this; [] where it is silent."
    )
    sources: Annotated[list[CitationForm], Field(max_length=limits.MOST_SOURCES)] = Field(
        description="What the answer rests on."
    )
    reviewed: ReviewForm
    related: Annotated[list[Slug], Field(max_length=limits.MOST_RELATED)] = Field(
        description="Ids of entries that readers may want next."
    )
    corrections: Annotated[list[CorrectionForm], Field(max_length=limits.MOST_TEXTS)] = Field(
        description="Newest last; [] where nothing was ever corrected."
    )
    phrasings: Texts = Field(description="The same question in other people's words; searched.")
    decoys: Texts = Field(description="Look-alike questions that this entry does not answer; searched too.")
    tests: TestsForm


class LevelForm(_Form):
    """A caveat level."""

    name: Annotated[str, _text(20)]
    sign: Annotated[str, _text(4)]
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
    meaning: Annotated[str, _text(100)]


class SourceForm(_Form):
    """A record of the bibliography."""

    ledger: Annotated[str, _text(12)]
    authors: Annotated[str, _text(400)]
    year: Annotated[int, Field(ge=1800, le=2200)] | None = None
    title: Annotated[str, _text(400)]
    journal: Annotated[str, _text(120)]
    volume_pages: Annotated[str, _text(60)] | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$", max_length=120)] | None = None
    pmid: Annotated[str, StringConstraints(pattern=r"^\d{1,9}$")] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=300)] | None = None
    kind: Annotated[str, _text(120)]
    participants: Annotated[str, _text(200)] | None = None
    verified: Annotated[list[str], Field(max_length=12)]


class CalibrationForm(_Form):
    """Thresholds and what they promise."""

    answer: Annotated[float, Field(ge=0, le=1)]
    suggest: Annotated[float, Field(ge=0, le=1)]
    slope: Annotated[float, Field(gt=0, le=1000)]
    intercept: Annotated[float, Field(ge=-1000, le=1000)]
    target_risk: Annotated[float, Field(ge=0, le=1)]
    measured_risk: Annotated[float, Field(ge=0, le=1)] | None = None
    measured_coverage: Annotated[float, Field(ge=0, le=1)] | None = None
    questions: Annotated[int, Field(ge=0)]
    on: Day
    how: Annotated[str, _text(400)]


GroupTitle = Annotated[str, _text(60)]


def entry_schema() -> str:
    """The JSON Schema of an entry file as text, ending in a newline; committed beside the entries."""
    schema = EntryForm.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "A Caveat entry"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
