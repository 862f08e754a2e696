"""Graph: a BERT sentence encoder (MiniLM) as ONNX, in float or with int8 weights.

Architecture: Devlin et al. 2019 (BERT), mean pooling over all tokens and length one as in sentence-
transformers/all-MiniLM-L6-v2, with the mean of an earlier layer beside (`EARLIER`). One text, or several of
one length, per run: there is no mask. Weights are quantised symmetrically, one scale an output column;
activations at run time (onnxruntime's dynamic quantisation).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matching.onnx_file import LARGEST, MICROSOFT, Graph

EARLIER = 0.3
"""How much the mean of an earlier layer counts beside the last one's, both of length one.

The last layer forgets wording that still tells intents apart. On the dev sets, with no time lost: CLINC150
90.9 to 91.1 % right and out of scope 97.8 to 98.1, Banking77 and its near misses the same; .2 to .5 are
alike, the earlier layer as dimensions of its own brings no more and makes rows twice as long.
"""
PREFIX = "encoder.layer."

Tensors = Mapping[str, npt.NDArray[np.generic]]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a BERT config.json says of the encoder."""

    layers: int
    heads: int
    epsilon: float
    width: int

    @property
    def earlier(self) -> int:
        """The layer, from 0, whose mean is added to the last one's: two thirds up, the fourth of six."""
        return max(0, round(self.layers * 2 / 3) - 1)


def encoder(tensors: Tensors, shape: Shape, *, quantised: bool) -> bytes:
    """The ONNX file: input `ids` (texts, tokens) int64, output `vectors` (texts, width) of length one."""
    builder = _Encoder(tensors, shape, quantised)
    graph = builder.graph
    state = builder.embeddings()
    earlier = ""
    for layer in range(shape.layers):
        state = builder.layer(state, f"{PREFIX}{layer}.")
        if layer == shape.earlier:
            share = graph.tensor("earlier.share", np.array([EARLIER], dtype=np.float32))
            earlier = graph.node("Mul", [builder.mean(state, "earlier"), share], "earlier")
    both = graph.node("Add", [builder.mean(state, "last"), earlier], "both")
    graph.node("LpNormalization", [both], "vectors", axis=-1, p=2)
    ids, vectors = ("int64", "texts", "tokens"), ("float32", "texts", shape.width)
    return graph.model("sentence-encoder", {"ids": ids}, {"vectors": vectors})


class _Encoder:
    """Appends the parts of one encoder to one graph."""

    def __init__(self, tensors: Tensors, shape: Shape, quantised: bool) -> None:
        self.graph = Graph()
        self._tensors = tensors
        self._shape = shape
        self._quantised = quantised

    def embeddings(self) -> str:
        """Token plus position (plus the one segment), normalised."""
        graph = self.graph
        words = self._floats("embeddings.word_embeddings.weight")
        if self._quantised:
            table, scale = quantise_rows(words)
            whole = graph.node("Gather", [graph.tensor("words", table), "ids"], "words8")
            as_float = graph.node("Cast", [whole], "wordsf", to=1)
            scales = graph.node("Gather", [graph.tensor("scales", scale[:, None]), "ids"], "row_scale")
            tokens = graph.node("Mul", [as_float, scales], "tokens")
        else:
            tokens = graph.node("Gather", [graph.tensor("words", words), "ids"], "tokens")
        places = self._floats("embeddings.position_embeddings.weight")
        places = places + self._floats("embeddings.token_type_embeddings.weight")[0]
        size = graph.node("Shape", ["ids"], "size", start=1, end=2)
        zero = graph.tensor("zero", np.zeros(1, dtype=np.int64))
        here = graph.node("Slice", [graph.tensor("places", places), zero, size, zero], "here")
        summed = graph.node("Add", [tokens, here], "placed")
        return graph.node(
            "LayerNormalization",
            [summed, *self._norm("embeddings.LayerNorm")],
            "state",
            axis=-1,
            epsilon=self._shape.epsilon,
        )

    def mean(self, state: str, name: str) -> str:
        """The mean over all tokens, of length one."""
        mean = self.graph.node("ReduceMean", [state], f"{name}.mean", axes=[1], keepdims=0)
        return self.graph.node("LpNormalization", [mean], f"{name}.unit", axis=-1, p=2)

    def layer(self, state: str, prefix: str) -> str:
        """Self-attention and the feed-forward half, each added to its input and normalised."""
        own = f"{prefix}attention.self."
        kinds = ("query", "key", "value")
        weight = np.concatenate([self._floats(f"{own}{kind}.weight") for kind in kinds]).T
        bias = np.concatenate([self._floats(f"{own}{kind}.bias") for kind in kinds])
        attended = self._attention(state, weight, bias, prefix)
        output = f"{prefix}attention.output."
        mixed = self._linear(attended, f"{output}dense")
        state = self._skip(mixed, state, output)
        wide = self._linear(state, f"{prefix}intermediate.dense")
        about = self.graph.tensor(f"{prefix}wide.bias", self._floats(f"{prefix}intermediate.dense.bias"))
        active = self.graph.node("BiasGelu", [wide, about], f"{prefix}active", MICROSOFT)
        narrow = self._linear(active, f"{prefix}output.dense")
        return self._skip(narrow, state, f"{prefix}output.")

    def _attention(self, state: str, weight: Floats, bias: Floats, prefix: str) -> str:
        graph, heads = self.graph, self._shape.heads
        biased = graph.tensor(f"{prefix}qkv.bias", bias)
        if not self._quantised:
            inputs = [state, graph.tensor(f"{prefix}qkv", weight), biased]
            return graph.node("Attention", inputs, f"{prefix}attended", MICROSOFT, num_heads=heads)
        table, scale = quantise_rows(weight.T)
        outputs = [f"{prefix}{part}" for part in ("state8", "state_scale", "state_zero")]
        whole, ascale, azero = graph.nodes_of("DynamicQuantizeLinear", [state], outputs)
        inputs = [
            whole, graph.tensor(f"{prefix}qkv", table.T), biased, ascale,
            graph.tensor(f"{prefix}qkv.scale", scale), "", azero,
            graph.tensor(f"{prefix}qkv.zero", np.zeros(len(scale), dtype=np.int8)),
        ]  # fmt: skip
        return graph.node("QAttention", inputs, f"{prefix}attended", MICROSOFT, num_heads=heads)

    def _linear(self, state: str, name: str) -> str:
        graph = self.graph
        weight = self._floats(f"{name}.weight")
        if not self._quantised:
            return graph.node("MatMul", [state, graph.tensor(f"{name}.weight", weight.T)], f"{name}.out")
        table, scale = quantise_rows(weight)
        inputs = [
            state,
            graph.tensor(f"{name}.weight", table.T),
            graph.tensor(f"{name}.scale", scale),
            graph.tensor(f"{name}.zero", np.zeros(len(scale), dtype=np.int8)),
        ]
        return graph.node("DynamicQuantizeMatMul", inputs, f"{name}.out", MICROSOFT)

    def _skip(self, mixed: str, state: str, name: str) -> str:
        """Bias, what went in, and the norm, as three nodes.

        onnxruntime's SkipLayerNormalization, which is all three, takes four times as long on a processor:
        60 microseconds for 20 tokens, a quarter of all that a text takes.
        """
        graph = self.graph
        bias = graph.tensor(f"{name}bias", self._floats(f"{name}dense.bias"))
        biased = graph.node("Add", [mixed, bias], f"{name}biased")
        summed = graph.node("Add", [biased, state], f"{name}summed")
        inputs = [summed, *self._norm(f"{name}LayerNorm")]
        epsilon = self._shape.epsilon
        return graph.node("LayerNormalization", inputs, f"{name}state", axis=-1, epsilon=epsilon)

    def _norm(self, name: str) -> tuple[str, str]:
        weight = self.graph.tensor(f"{name}.weight", self._floats(f"{name}.weight"))
        return weight, self.graph.tensor(f"{name}.bias", self._floats(f"{name}.bias"))

    def _floats(self, name: str) -> Floats:
        return np.asarray(self._tensors[name], dtype=np.float32)


def quantise_rows(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Small whole rows and the scale of each: `weights` is nearly `rows * scale[:, None]`."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-8).astype(np.float32) / np.float32(LARGEST)
    return np.round(weights / scale[:, None]).astype(np.int8), scale
