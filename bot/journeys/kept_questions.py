"""Kept questions: what members asked and the log still holds, to be asked again."""

from __future__ import annotations

from dataclasses import dataclass

from bot.journeys.replay import Question
from bot.matching.normalise import normalise
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class KeptQuestions:
    """Questions of the log, most asked first; `left_out` says how many more it holds."""

    questions: tuple[Question, ...]
    left_out: int


async def kept_questions(store: Store, most: int) -> KeptQuestions:
    """The `most` open and answered questions asked most, each once whatever its case and spacing."""
    found: dict[str, Question] = {}

    def add(text: str, times: int) -> None:
        key = normalise(text) or text
        first = found.get(key)
        found[key] = Question(text, times) if first is None else Question(first.text, first.times + times)

    async for question in store.every_question():
        add(question.text, question.times)
    for row in await store.answered_rows():
        add(row["text"], 1)
    ordered = sorted(found.values(), key=lambda question: (-question.times, question.text))
    return KeptQuestions(tuple(ordered[:most]), max(0, len(ordered) - most))
