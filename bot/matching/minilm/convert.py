"""Convert: a sentence encoder's published files -> the quantised graph that the bot runs, and its proof."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bot.matching.minilm.encoder import ABOUT, GRAPH, LAYOUT, VOCABULARY, WEIGHTS
from bot.matching.minilm.graph import Shape, encoder
from bot.matching.minilm.weights import read_safetensors
from bot.matching.minilm.wordpiece import WordPiece
from bot.matching.onnx_session import open_session

WORST = 0.97
"""Cosine to the float model that every probe must reach; on 300 dev questions: mean .993, worst .985."""
PROBES = (
    "does blood flow restriction training build muscle",
    "how tight should the cuffs be",
    "is growth hormone the reason muscles grow",
    "what is the capital of france",
    "i still have not received my new card when will it get here",
    "2.5 kg or 25 kg",
    "no",
)


class ConversionError(Exception):
    """The files are no encoder that can be converted; the message says why."""


def convert(source: Path, made: Path) -> float:
    """Write a converted model into `made`; the probes' worst cosine to the float model.

    `source` holds config.json, model.safetensors and vocab.txt. Raises ConversionError or OSError.
    """
    try:
        config = json.loads((source / "config.json").read_text(encoding="utf-8"))
        shape = Shape(
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            epsilon=float(config["layer_norm_eps"]),
            width=int(config["hidden_size"]),
        )
        if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
            raise ConversionError(f"{source} is no BERT encoder with GELU; only such can be converted")
        tensors = read_safetensors(source / "model.safetensors")
        words = WordPiece.read(source / "vocab.txt")
        small = encoder(tensors, shape, quantised=True)
        worst = _worst_cosine(small, encoder(tensors, shape, quantised=False), words)
    except (KeyError, ValueError, TypeError) as fault:
        raise ConversionError(f"{source} cannot be converted: {fault!r}") from fault
    if worst < WORST:
        raise ConversionError(f"the quantised model is off: cosine {worst:.3f} to the original, not {WORST}")
    (made / GRAPH).write_bytes(small)
    shutil.copyfile(source / "vocab.txt", made / VOCABULARY)
    halves = {name: t.astype(np.float16) for name, t in tensors.items() if t.dtype.kind == "f"}
    np.savez(made / WEIGHTS, allow_pickle=False, **halves)
    about = {
        "layout": LAYOUT,
        "width": shape.width,
        "shape": asdict(shape),
        "graph_sha256": hashlib.sha256(small).hexdigest(),
        "weights_sha256": hashlib.sha256((source / "model.safetensors").read_bytes()).hexdigest(),
        "worst_cosine": round(worst, 4),
    }
    (made / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return worst


def _worst_cosine(small: bytes, whole: bytes, words: WordPiece) -> float:
    sessions = [open_session(graph) for graph in (small, whole)]
    worst = 1.0
    for probe in PROBES:
        ids = np.array([words.encode(probe)], dtype=np.int64)
        one, other = (session.run(None, {"ids": ids})[0][0] for session in sessions)
        worst = min(worst, float(one @ other))
    return worst
