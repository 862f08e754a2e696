"""Encoder: texts -> vectors through onnxruntime, one text at a time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.matching.minilm.wordpiece import WordPiece
from bot.matching.onnx_session import ModelUnusableError, open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LAYOUT = 2
"""Rises when the converted folder changes its meaning; it stands in the folder's name, so that an older
version of the bot keeps its own."""
GRAPH, VOCABULARY, ABOUT = "encoder.onnx", "vocab.txt", "model.json"
WEIGHTS = "weights.npz"
"""The weights in 16 bits, for tuning and for putting what was tuned to them; not read otherwise."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A converted sentence encoder. `id` changes with its weights; vectors are cached under it."""

    id: str
    width: int
    words: WordPiece
    session: InferenceSession

    @classmethod
    def open(cls, folder: Path) -> Encoder:
        """Open a folder that the set-up wrote. Raises ModelUnusableError."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            graph = (folder / GRAPH).read_bytes()
            words = WordPiece.read(folder / VOCABULARY)
            layout, width, digest = int(about["layout"]), int(about["width"]), str(about["graph_sha256"])
        except FileNotFoundError as fault:
            raise ModelUnusableError(f"there is no converted model in {folder}") from fault
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise ModelUnusableError(f"the model in {folder} cannot be read: {fault}") from fault
        if layout != LAYOUT:
            raise ModelUnusableError(f"the model in {folder} was converted by another version of the bot")
        if hashlib.sha256(graph).hexdigest() != digest:
            raise ModelUnusableError(f"{folder / GRAPH} is damaged: its SHA-256 is not the one in {ABOUT}")
        return cls(digest[:16], width, words, open_session(graph))

    def vector(self, text: str) -> npt.NDArray[np.float32]:
        """The vector of one normalised text: shape (width,), length one."""
        ids = np.array([self.words.encode(text)], dtype=np.int64)
        return np.asarray(self.session.run(None, {"ids": ids})[0][0], dtype=np.float32)

    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One row a text. Each text runs on its own, on as many threads as there are processors.

        Not in one batch: activations are quantised over a whole run, so a text's vector would
        depend on its company; and a batch of texts this short is no faster.
        """
        if len(texts) < 2:
            return np.array([self.vector(text) for text in texts], dtype=np.float32).reshape(-1, self.width)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            return np.array(list(pool.map(self.vector, texts, chunksize=32)), dtype=np.float32)
