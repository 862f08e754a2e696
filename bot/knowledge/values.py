"""From the form of the files to the values of the core."""

from __future__ import annotations

import hashlib
import json

from bot.core.article_claim import ArticleClaim
from bot.core.entry import Citation, Claim, Correction, Entry, Review
from bot.core.library import CaveatLevel, SafetyKind, Source
from bot.knowledge.schema import ArticleClaimForm, EntryForm, LevelForm, SafetyKindForm, SourceForm


def entry(slug: str, group: str, form: EntryForm) -> Entry:
    """The entry of a file; the file's name is its id, its folder its group."""
    return Entry(
        id=slug,
        group=group,
        question=form.question,
        phrasings=tuple(form.phrasings),
        decoys=tuple(form.decoys),
        caveat=form.caveat,
        professional_first=form.professional_first,
        urgent=form.urgent,
        answer=form.answer,
        details=form.details,
        claims=tuple(Claim(**claim.model_dump()) for claim in form.claims),
        sources=tuple(Citation(**source.model_dump()) for source in form.sources),
        reviewed=Review(**form.reviewed.model_dump()),
        related=tuple(form.related),
        corrections=tuple(Correction(**item.model_dump()) for item in form.corrections),
        status=form.status,
        match=tuple(form.tests.match),
        no_match=tuple(form.tests.no_match),
        version=entry_version(form),
    )


def entry_version(form: EntryForm) -> str:
    """Eight hex digits that change with anything members see, and with nothing else."""
    seen = form.model_dump(mode="json", exclude={"phrasings", "decoys", "tests", "related", "status"})
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:8]


def level(key: str, form: LevelForm) -> CaveatLevel:
    """A level of caveats.yaml."""
    return CaveatLevel(key, form.name, form.sign, form.meaning, int(form.colour[1:], 16))


def source(key: str, form: SourceForm) -> Source:
    """A record of sources.yaml."""
    return Source(key=key, **{**form.model_dump(), "verified": tuple(form.verified)})


def article_claim(key: str, form: ArticleClaimForm) -> ArticleClaim:
    """A claim of claims.yaml."""
    return ArticleClaim(key, form.section, form.says, form.verdict, form.remark or "")


def safety_kind(key: str, form: SafetyKindForm) -> SafetyKind:
    """A kind of never.yaml."""
    return SafetyKind(
        id=key,
        name=form.name,
        reply=form.reply,
        reviewed=Review(**form.reviewed.model_dump()),
        phrasings=tuple(form.phrasings),
        decoys=tuple(form.decoys),
        match=tuple(form.tests.match),
        no_match=tuple(form.tests.no_match),
    )
