"""The form of the files: pydantic models whose JSON Schema editors use while one types."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from bot.core import limits
from bot.core.entry import Status, Verdict

ONE_PARAGRAPH = r"^\s*\S[^\n\r]*\s*$"
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
DAY = r"^2\d{3}-\d{2}-\d{2}$"
_YES_NO = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def _yes_no(value: Any) -> Any:
    return _YES_NO.get(value, value) if isinstance(value, str) else value


def day_of(text: str) -> date:
    """The day that a text such as 2026-11-22 names.

    Raises ValueError for anything but a day of the calendar from 2000 on, written year-month-day.
    """
    if not re.match(DAY, text, re.ASCII):
        raise ValueError("not written year-month-day")
    return date.fromisoformat(text)


def _day(value: Any) -> Any:
    return day_of(value.strip()) if isinstance(value, str) else value


def _prose(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


def _text(most: int) -> StringConstraints:
    """One paragraph: a line break in it would break the line of Markdown that it stands in."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=ONE_PARAGRAPH)


# In JSON Schema a day is a text: YAML 1.2, which editors speak, knows no dates.
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": DAY})
]
YesNo = Annotated[bool, Field(strict=True), BeforeValidator(_yes_no)]
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=limits.SLUG)]
Text = Annotated[str, _text(limits.PHRASING)]
Texts = Annotated[list[Text], Field(max_length=limits.MOST_TEXTS)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClaimForm(_Form):
    """What the article says, in our words, and our verdict on that very claim."""

    id: Annotated[str, _text(12)] = Field(description="The claim's id in the evidence ledger, such as C10.")
    section: Annotated[str, _text(limits.SECTION)] = Field(description="Where the article says it.")
    says: Annotated[str, _text(limits.SAYS)] = Field(
        description="What the article says, in our own words; never a quote from it."
    )
    verdict: Verdict = Field(description="Our verdict on this very claim.")
    why: Annotated[str, _text(limits.WHY)] = Field(description="Why that verdict, in one sentence.")


class CitationForm(_Form):
    """A source and what it shows for this answer."""

    key: Annotated[str, _text(80)] = Field(
        description="The key of a record in sources.yaml, such as takarada-2000-gh."
    )
    shows: Annotated[str, _text(limits.SHOWS)] = Field(
        description="What this study shows for this very answer: who, how many, against what, the number."
    )


class ReviewForm(_Form):
    """Who read the entry against its evidence, and when it is due again."""

    on: Day = Field(description="The day of the review: year-month-day, such as 2026-11-22.")
    by: Annotated[str, _text(limits.REVIEWER)] = Field(
        description="A role, such as editorial review; no name."
    )
    next: Day = Field(description="The day by which it is due again; after `on`, mostly a year on.")


class CorrectionForm(_Form):
    """A change of substance to a published answer."""

    on: Day = Field(description="The day of the correction: year-month-day.")
    changed: Annotated[str, _text(limits.CHANGED)] = Field(
        description="What changed, for those who read the old answer."
    )


class TestsForm(_Form):
    """Questions that are asked whenever the entry is checked; never part of the search."""

    match: Texts = Field(description="Questions that must find this entry, worded unlike its phrasings.")
    no_match: Texts = Field(
        description="Questions that this entry must not answer, worded unlike its decoys."
    )


class EntryForm(_Form):
    """One question of the community with its reviewed answer; the file's name is its id."""

    question: Annotated[str, _text(limits.QUESTION)] = Field(
        description="The question as members see it, with its question mark."
    )
    status: Status = Field(
        description="draft: checked, never shown; live: served to members; retired: kept, no longer shown."
    )
    caveat: Annotated[str, _text(40)] = Field(
        description="How far the answer can be relied on: the key of a level in caveats.yaml, such as likely."
    )
    professional_first: YesNo = Field(description="true: ask a doctor or physio before acting on it.")
    urgent: Annotated[str, _text(limits.URGENT)] | None = Field(
        default=None,
        description="Only where the entry speaks of symptoms: one line that goes first and says when to get "
        "urgent care. Leave the whole field out otherwise.",
    )
    answer: Annotated[str, _prose(limits.ANSWER)] = Field(
        description=f"What to know, in three short sentences; aim at {limits.ANSWER_ADVISED} characters."
    )
    details: Annotated[str, _prose(limits.DETAILS)] = Field(
        description="The longer story, in Markdown; opens on the button [Details]."
    )
    claims: Annotated[list[ClaimForm], Field(max_length=limits.MOST_CLAIMS)] = Field(
        description="What the article says of this, each with a verdict; [] where it is silent."
    )
    sources: Annotated[list[CitationForm], Field(max_length=limits.MOST_SOURCES)] = Field(
        description="What the answer rests on; a live entry needs at least one."
    )
    reviewed: ReviewForm
    related: Annotated[list[Slug], Field(max_length=limits.MOST_RELATED)] = Field(
        description="Ids of entries that readers may want next, without .yaml; [] for none."
    )
    corrections: Annotated[list[CorrectionForm], Field(max_length=limits.MOST_TEXTS)] = Field(
        description="Oldest first; [] where nothing was ever corrected."
    )
    phrasings: Texts = Field(
        description="The same question as people really type it; searched. "
        f"{limits.FEWEST_PHRASINGS_ADVISED} or more."
    )
    decoys: Texts = Field(
        description="Look-alike questions that this entry does not answer; searched too. "
        f"{limits.FEWEST_DECOYS_ADVISED} or more."
    )
    tests: TestsForm


class SafetyKindForm(_Form):
    """A kind of question that no entry may answer, with its reviewed reply."""

    name: Annotated[str, _text(60)]
    reply: Annotated[str, _prose(limits.ANSWER)]
    reviewed: ReviewForm
    phrasings: Texts
    decoys: Texts
    tests: TestsForm


class ArticleClaimForm(_Form):
    """A claim of the article, which some live entry must take up."""

    section: Annotated[str, _text(limits.SECTION)]
    says: Annotated[str, _text(limits.SAYS)]
    verdict: Verdict
    remark: Annotated[str, _text(limits.WHY)] | None = None


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
    pmid: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=300)] | None = None
    kind: Annotated[str, _text(120)]
    participants: Annotated[str, _text(200)] | None = None
    verified: Annotated[list[Annotated[str, _text(40)]], Field(max_length=12)]


class ThresholdsForm(_Form):
    """The thresholds of one engine."""

    answer: Share
    suggest: Share
    refer: Share = 0.2
    slope: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
    intercept: Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


class CalibrationForm(ThresholdsForm):
    """Thresholds and what they promise; `light` are those of the light engine."""

    light: ThresholdsForm | None = None
    target_risk: Share
    measured_risk: Share | None = None
    measured_coverage: Share | None = None
    questions: Annotated[int, Field(ge=0)]
    on: Day
    how: Annotated[str, _prose(400)]


GroupTitle = Annotated[str, _text(60)]


class _ForEditors(GenerateJsonSchema):
    """Without what only clutters an editor: titles made of names, and null for what may be left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A field is left out, never written as null: the loader takes no empty value either."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default is not for moderators to see."""
        return self.generate_inner(schema["schema"])

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        """The whole schema without titles."""
        untitled: JsonSchemaValue = _without_titles(super().generate(schema, mode))
        return untitled


def _without_titles(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_titles(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: _without_titles(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}


def entry_schema() -> str:
    """The JSON Schema of an entry file as text, ending in a newline; committed beside the entries."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `caveat check --schema`; do not edit.",
        "title": "A Caveat entry",
    }
    schema = head | EntryForm.model_json_schema(schema_generator=_ForEditors)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
