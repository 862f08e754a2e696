"""Engine: which models turn a text into numbers here, opened once and shared by every matcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import platformdirs

from bot.matching.minilm.encoder import LAYOUT, Encoder
from bot.matching.onnx_session import ModelUnusableError
from bot.matching.spelling import FEWEST_ENGLISH, by_length
from bot.matching.tuning.adapter import Adapter, AdapterBrokenError
from bot.matching.tuning.tuned import AdapterStaleError, tuned_encoder
from bot.matching.vector_cache import Matrix, VectorCache
from bot.matching.word_table import TableUnusableError, WordTable

Kind = Literal["default", "light"]

MODEL, TABLE, VECTORS, TUNED = f"minilm-{LAYOUT}", "wordllama", "vectors", f"tuned-{LAYOUT}"
"""Folders under the cache folder, as `bot.matching.model_setup` fills them."""
PASSED = "passed"
"""Folder under the cache folder for libraries whose tests need not be asked again."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The models in use. `kind` is what runs, not what was wished for; `warning` says why they differ.

    `adapter` is what was tuned for the knowledge, where the encoder has it.
    `light` has no encoder; without a table either, only spelling and word forms are compared.
    """

    kind: Kind
    encoder: Encoder | None
    table: WordTable | None
    cache: VectorCache | None
    warning: str | None = None
    adapter: Adapter | None = None
    _common: dict[tuple[str, int], list[str]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(
        cls, folder: Path, kind: Kind = "default", model: Path | None = None, tuned: Path | None = None
    ) -> Engine:
        """Open what the set-up left in the cache folder; `model` names a converted model of one's own.

        `tuned` is the file that `caveat tune` wrote beside the knowledge; without it, or where it does not
        fit, the model runs as it was published. Never raises for a missing or broken model: the light
        engine runs then, and `warning` says so.
        """
        cache = VectorCache(folder / VECTORS)
        table, warning, helps = None, None, _mend(folder, model)
        try:
            table = WordTable.open(folder / TABLE)
        except TableUnusableError as fault:
            warning = f"Only spelling is compared, not meaning: {fault}. Mend: {_mend(folder)}."
        if kind == "light":
            return cls("light", None, table, cache, warning)
        try:
            encoder, adapter, untuned = _encoder(model or folder / MODEL, tuned, folder / TUNED, helps)
            warnings = " ".join(text for text in (untuned, warning) if text)
            return cls("default", encoder, table, cache, warnings or None, adapter)
        except ModelUnusableError as fault:
            less = "The light search is running, which finds less"
            light = f"{less}: {fault}. Mend: {helps}, or set MATCHER=light."
            return cls("light", None, table, cache, f"{light} {warning}" if warning else light)

    @property
    def id(self) -> str:
        """Changes with anything that changes a vector; vectors are cached under it."""
        encoder = self.encoder.id if self.encoder is not None else "none"
        return f"{encoder}-{self.table.id if self.table is not None else 'none'}"

    @property
    def widths(self) -> tuple[int, int]:
        """Numbers a text gets from the encoder and from the table; 0 where there is none."""
        return (
            self.encoder.width if self.encoder is not None else 0,
            self.table.width if self.table is not None else 0,
        )

    def knows(self, word: str) -> bool:
        """True for a common word of English: one whole piece of the table or of the encoder."""
        if self.encoder is not None and word in self.encoder.words.ids:
            return True
        return self.table is not None and self.table.knows(word)

    def common_words(self, letter: str, length: int) -> Sequence[str]:
        """Words of English for `Spelling`, the most common first: `by_length`, done when first asked.

        None without a model.
        """
        if not self._common:
            words = self.encoder.words.ids if self.encoder is not None else ()
            every = words or (self.table.words() if self.table is not None else ())
            plain = (w for w in every if len(w) >= FEWEST_ENGLISH - 1 and w.isascii() and w.isalpha())
            self._common.update(by_length(plain))
        return self._common.get((letter, length), ())

    def dense(self, texts: Sequence[str]) -> Matrix:
        """Normalised texts as rows: the encoder's vector, then the table's, each of length one."""
        parts = [np.zeros((len(texts), 0), dtype=np.float32)]
        if self.encoder is not None:
            parts.append(self.encoder.vectors(texts))
        if self.table is not None:
            parts.append(self.table.vectors(texts))
        return np.concatenate(parts, axis=1)

    def dense_cached(self, texts: Sequence[str]) -> Matrix:
        """The same by way of the disk, where the encoder makes it worth while."""
        if self.encoder is None or self.cache is None:
            return self.dense(texts)
        return self.cache.vectors(texts, self.id, sum(self.widths), self.dense)


def _mend(folder: Path, model: Path | None = None) -> str:
    """What helps where a model is missing or broken; `make model` fills the user's cache folder alone."""
    if model is not None:
        return "name the folder of a converted model in MODEL_DIR, or leave it empty"
    if folder != cache_folder():
        made = cache_folder()
        return f"run `make model` and leave CACHE_DIR empty, or copy to it what that puts into {made}"
    return "run `make model`"


def _encoder(
    model: Path, tuned: Path | None, kept: Path, helps: str
) -> tuple[Encoder, Adapter | None, str | None]:
    """The encoder, tuned where it can be; what it was tuned with; a warning, which tells what `helps`.

    Raises ModelUnusableError.
    """
    try:
        adapter = Adapter.read(tuned) if tuned is not None else None
        if adapter is not None:
            return tuned_encoder(model, adapter, kept), adapter, None
    except AdapterStaleError as fault:
        return Encoder.open(model), None, f"The search runs untuned: {fault}. Mend: run `caveat tune`."
    except (AdapterBrokenError, ModelUnusableError) as fault:
        mend = "put the file back, or run `caveat tune`" if isinstance(fault, AdapterBrokenError) else helps
        return Encoder.open(model), None, f"The search runs untuned: {fault}. Mend: {mend}."
    return Encoder.open(model), None, None


PLAIN = Engine("light", None, None, None)
"""No model at all: for tests of everything that is not about meaning."""


def cache_folder() -> Path:
    """Where the set-up puts models unless it is told otherwise: the user's cache folder."""
    return platformdirs.user_cache_path("caveat")


@lru_cache(maxsize=1)
def installed_engine() -> Engine:
    """The engine of the user's cache folder, opened once; what `Matcher.over` takes when given none."""
    return Engine.open(cache_folder())
