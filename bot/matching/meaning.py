"""Meaning: questions as vectors that can be kept, to tell which of them ask the same.

They are made without the library's word weights, so that those kept yesterday can be held against
today's after any edit of the knowledge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bot.matching.engine import Engine
from bot.matching.lexical import Lexical
from bot.matching.rows import Matrix

# From the calibrate half of the labelled questions, in scope and near misses, by benchmarks/clusters.py.
ENCODER_LINK = 0.55
TABLE_LINK = 0.45
WORDS_LINK = 0.3
_STEMS, _RUNS = math.sqrt(0.6), math.sqrt(0.4)
"""As `bot.matching.vectors.PLAIN` shares them."""
_WORDS = "words-1"
"""Counted up when `bot.matching.lexical` gives other rows."""


def meanings(texts: Sequence[str], engine: Engine) -> Matrix:
    """One row a normalised text, of length one (zero without words); shape (texts, `width`).

    From the encoder alone where there is one: with a tenth from the table, clusters agree no better with
    the labels (benchmarks/clusters.py), and a row is two thirds longer. Nothing goes to the vector cache,
    whose files outlive what members asked.
    """
    encoder, table = engine.widths
    if encoder or table:
        return np.ascontiguousarray(engine.dense(texts)[:, : encoder or table], dtype=np.float32)
    lexical = _plain()
    return np.array([lexical.row(text) for text in texts], dtype=np.float32).reshape(-1, lexical.width)


def width(engine: Engine) -> int:
    """Numbers in a row."""
    return engine.widths[0] or engine.widths[1] or _plain().width


def meaning_id(engine: Engine) -> str:
    """Changes with anything that changes a row: rows of different ids cannot be compared."""
    if engine.encoder is not None:
        return f"encoder-{engine.encoder.id}"
    return f"table-{engine.table.id}" if engine.table is not None else _WORDS


def link_from(engine: Engine) -> float:
    """The average cosine (0 to 1) from which a question belongs to a cluster, for this engine's rows."""
    encoder, table = engine.widths
    if encoder:
        return ENCODER_LINK
    return TABLE_LINK if table else WORDS_LINK


def _plain() -> Lexical:
    """Every word counts alike."""
    return Lexical.over((), _STEMS, _RUNS)
