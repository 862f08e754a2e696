"""Tuned: the converted model with an adapter put to its weights, made once and kept in the cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.matching.minilm.encoder import (
    ABOUT,
    GRAPH,
    LAYOUT,
    VOCABULARY,
    WEIGHTS,
    Encoder,
)
from bot.matching.minilm.graph import Shape, encoder
from bot.matching.minilm.wordpiece import WordPiece
from bot.matching.onnx_session import ModelUnusableError, open_session
from bot.matching.tuning.adapter import Adapter, AdapterBrokenError

MOST_KEPT = 4
"""Tuned models that stay in the cache folder, 23 MB each; the newest."""


class AdapterStaleError(Exception):
    """The adapter is sound but was made for another model; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """The model that an adapter is put to: its weights in float, as the set-up kept them."""

    weights_sha256: str
    shape: Shape
    words: WordPiece
    tensors: Mapping[str, npt.NDArray[np.generic]]

    @classmethod
    def read(cls, folder: Path) -> Base:
        """From a converted model's folder. Raises ModelUnusableError."""
        try:
            digest, shape = _described(folder)
            with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
                tensors = {name: stored[name].astype(np.float32) for name in stored.files}
            return cls(digest, shape, WordPiece.read(folder / VOCABULARY), tensors)
        except FileNotFoundError as fault:
            raise ModelUnusableError(f"{folder} holds no weights to tune") from fault
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as fault:
            raise ModelUnusableError(f"the weights in {folder} cannot be read: {fault}") from fault


def tuned_encoder(folder: Path, adapter: Adapter, kept: Path) -> Encoder:
    """The encoder of the converted model in `folder` with the adapter, from `kept` where it was made before.

    A `kept` folder that cannot be written costs time only. Raises ModelUnusableError, AdapterBrokenError,
    or AdapterStaleError.
    """
    try:
        digest, _ = _described(folder)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise ModelUnusableError(f"the model in {folder} is from before tuning") from fault
    if digest != adapter.weights_sha256:
        raise AdapterStaleError("what was tuned belongs to another model")
    place = kept / f"{digest[:16]}-{adapter.id}"
    with contextlib.suppress(ModelUnusableError):
        return Encoder.open(place)
    base = Base.read(folder)
    graph = tuned_graph(base, adapter)
    with contextlib.suppress(OSError):
        _keep(graph, base, folder, place)
        return Encoder.open(place)
    return Encoder(hashlib.sha256(graph).hexdigest()[:16], base.shape.width, base.words, open_session(graph))


def tuned_graph(base: Base, adapter: Adapter) -> bytes:
    """The quantised graph of the model with the adapter. Raises AdapterBrokenError."""
    try:
        return encoder(adapter.applied(base.tensors), base.shape, quantised=True)
    except (KeyError, ValueError) as fault:
        raise AdapterBrokenError(f"the tuned file does not fit the model: {fault}") from fault


def _keep(graph: bytes, base: Base, folder: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=place.parent, prefix=".new-"))
    try:
        (made / GRAPH).write_bytes(graph)
        shutil.copyfile(folder / VOCABULARY, made / VOCABULARY)
        digest = hashlib.sha256(graph).hexdigest()
        about = {"layout": LAYOUT, "width": base.shape.width, "graph_sha256": digest}
        (made / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        made.chmod(0o755)
        shutil.rmtree(place, ignore_errors=True)
        made.replace(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    whole = sorted((p for p in place.parent.glob("[!.]*") if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for old in whole[:-MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _described(folder: Path) -> tuple[str, Shape]:
    """The digest of the published weights and their shape. Raises as reading does."""
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    own = about["shape"]
    shape = Shape(int(own["layers"]), int(own["heads"]), float(own["epsilon"]), int(own["width"]))
    return str(about["weights_sha256"]), shape
