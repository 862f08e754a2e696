"""Tune: train on a knowledge base, measure on questions that were held back, keep only what is better."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bot.core.labelled import Kind, Labelled
from bot.core.library import Library
from bot.matching.calibrate import see
from bot.matching.engine import Engine
from bot.matching.evaluate import auroc
from bot.matching.matcher import Matcher
from bot.matching.normalise import normalise
from bot.matching.tuning.adapter import Adapter, dump
from bot.matching.tuning.recipe import Lessons, Recipe
from bot.matching.tuning.tuned import Base, tuned_encoder


@dataclass(frozen=True, slots=True)
class Figures:
    """On held-back questions, 0 to 1: right entry first, among the first three, and how well the score
    tells the questions answered right from all others (AUROC).
    """

    accuracy: float
    recall: float
    separation: float
    questions: int


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it: the file's bytes, and the figures without and with it."""

    blob: bytes
    before: Figures
    after: Figures

    @property
    def is_better(self) -> bool:
        """More right, and no worse at telling right from wrong."""
        return self.after.accuracy > self.before.accuracy and self.after.separation >= self.before.separation


def tune(
    library: Library,
    held_back: Sequence[Labelled],
    base: Base,
    engine: Engine,
    recipe: Recipe,
    told: Callable[[int, float], None],
    model: Path,
    kept: Path,
) -> Tuned:
    """Train and measure. `engine` runs the untuned model of the folder `model`; `kept` caches the tuned one.

    Raises ImportError where torch is missing.
    """
    from bot.matching.tuning.train import train  # torch is an extra; whoever only runs the bot has none

    lessons = lessons_of(library)
    parts = train(lessons, base.tensors, base.shape, base.words, recipe, told)
    about = {
        "weights_sha256": base.weights_sha256,
        "texts_sha256": texts_sha256(lessons),
        "recipe": asdict(recipe),
    }
    before = measure(Matcher.over(library, engine), held_back)
    trial = tuned_encoder(model, Adapter.parse(dump(parts, about)), kept)
    after = measure(Matcher.over(library, replace(engine, encoder=trial)), held_back)
    figures = {"before": asdict(before), "after": asdict(after)}
    return Tuned(dump(parts, {**about, "figures": figures}), before, after)


def lessons_of(library: Library) -> Lessons:
    """The searched texts and decoys of live entries and kinds of the safety list, normalised, by id."""
    entries = sorted(library.live, key=lambda e: e.id)
    kinds = sorted(library.never.values(), key=lambda k: k.id)
    own = [*(e.searched for e in entries), *(k.phrasings for k in kinds)]
    decoys = [*(e.decoys for e in entries), *(k.decoys for k in kinds)]
    return Lessons(*([[normalise(text) for text in texts] for texts in side] for side in (own, decoys)))


def texts_sha256(lessons: Lessons) -> str:
    """Of all the texts that were trained on, in order: tells if the knowledge has changed since."""
    digest = hashlib.sha256()
    for side in (lessons.own, lessons.decoys):
        for texts in side:
            digest.update("\n".join(texts).encode() + b"\0")
    return digest.hexdigest()


def tests_of(library: Library) -> tuple[Labelled, ...]:
    """The entries' own tests as held-back questions; they are never searched and never trained on."""
    match = [Labelled(text, Kind.IN_SCOPE, e.id, "plain") for e in library.live for text in e.match]
    return (*match, *(Labelled(t, Kind.NEAR_MISS, e.id, "plain") for e in library.live for t in e.no_match))


def measure(matcher: Matcher, held_back: Sequence[Labelled]) -> Figures:
    """The figures of one engine. Raises ValueError where no question is in scope."""
    seen = see(matcher, held_back)
    inside = int(seen.inside.sum())
    if not inside:
        raise ValueError("none of the held-back questions is in scope")
    others = seen.score[~seen.right].tolist()
    return Figures(
        accuracy=round(float(seen.right.sum()) / inside, 4),
        recall=round(float(np.isfinite(seen.own).sum()) / inside, 4),
        separation=round(auroc(seen.score[seen.right].tolist(), others), 4),
        questions=len(held_back),
    )
