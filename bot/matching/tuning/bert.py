"""Bert: the encoder of `bot.matching.minilm.graph` once more, in torch, with thin matrices that learn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bot.matching.minilm.graph import EARLIER, PREFIX, Shape, Tensors

LINEAR = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The matrices of one layer, each of which learns."""


class Bert:
    """Frozen weights; for each matrix from layer `first` on an `up` (rows, rank), a `down` (rank, columns).

    `up` begins at zero, so an untrained one gives the base model's vectors. Raises ValueError where `first`
    lies above the earlier layer that is part of them.
    """

    def __init__(self, tensors: Tensors, shape: Shape, first: int, rank: int) -> None:
        if first > shape.earlier:
            raise ValueError(f"layer {shape.earlier} and those above must learn: it is part of the vector")
        self.shape = shape
        self.first = first
        self._base = {name: torch.tensor(np.asarray(t, np.float32)) for name, t in _needed(tensors).items()}
        self.up: dict[str, Tensor] = {}
        self.down: dict[str, Tensor] = {}
        for layer in range(first, shape.layers):
            for part in LINEAR:
                name = f"{PREFIX}{layer}.{part}.weight"
                rows, columns = self._base[name].shape
                self.down[name] = (torch.randn(rank, columns) / math.sqrt(columns)).requires_grad_()
                self.up[name] = torch.zeros(rows, rank, requires_grad=True)

    def learnt(self) -> list[Tensor]:
        """What training may change."""
        return [*self.up.values(), *self.down.values()]

    def lower(self, ids: Sequence[Sequence[int]]) -> list[Tensor]:
        """Texts as states (tokens, width) below the first layer that learns; they never change."""
        states: dict[int, Tensor] = {}
        with torch.no_grad():
            for length in sorted({len(text) for text in ids}):
                places = [place for place, text in enumerate(ids) if len(text) == length]
                state = self._embedded(torch.tensor([list(ids[place]) for place in places]))
                for layer in range(self.first):
                    state = self._layer(state, torch.zeros(len(places), length), layer, 0.0)
                states.update(zip(places, state, strict=True))
        return [states[place] for place in range(len(ids))]

    def upper(self, states: Sequence[Tensor], drop: float = 0.0) -> Tensor:
        """The vectors of texts from `lower`: shape (texts, width), of length one."""
        state = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True)
        there = torch.zeros(state.shape[:2])
        for row, own in enumerate(states):
            there[row, : len(own)] = 1.0
        bias = (1.0 - there) * -1e9
        earlier = torch.zeros(())
        for layer in range(self.first, self.shape.layers):
            state = self._layer(state, bias, layer, drop)
            if layer == self.shape.earlier:
                earlier = EARLIER * _mean(state, there)
        return functional.normalize(_mean(state, there) + earlier, dim=1)

    def _embedded(self, ids: Tensor) -> Tensor:
        base = self._base
        words = base["embeddings.word_embeddings.weight"][ids]
        places = base["embeddings.position_embeddings.weight"][: ids.shape[1]]
        state = words + places + base["embeddings.token_type_embeddings.weight"][0]
        return self._norm(state, "embeddings.LayerNorm")

    def _layer(self, state: Tensor, bias: Tensor, layer: int, drop: float) -> Tensor:
        name = f"{PREFIX}{layer}."
        texts, tokens, width = state.shape
        heads = self.shape.heads
        q, k, v = (
            self._linear(state, f"{name}attention.self.{kind}")
            .view(texts, tokens, heads, width // heads)
            .transpose(1, 2)
            for kind in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias[:, None, None, :])
        mixed = self._linear(
            mixed.transpose(1, 2).reshape(texts, tokens, width), f"{name}attention.output.dense"
        )
        state = self._norm(state + functional.dropout(mixed, drop), f"{name}attention.output.LayerNorm")
        wide = functional.gelu(self._linear(state, f"{name}intermediate.dense"))
        narrow = self._linear(wide, f"{name}output.dense")
        return self._norm(state + functional.dropout(narrow, drop), f"{name}output.LayerNorm")

    def _linear(self, state: Tensor, name: str) -> Tensor:
        weight = f"{name}.weight"
        out = functional.linear(state, self._base[weight], self._base[f"{name}.bias"])
        if weight in self.up:
            out = out + functional.linear(functional.linear(state, self.down[weight]), self.up[weight])
        return out

    def _norm(self, state: Tensor, name: str) -> Tensor:
        base, width = self._base, (self.shape.width,)
        return functional.layer_norm(
            state, width, base[f"{name}.weight"], base[f"{name}.bias"], self.shape.epsilon
        )


def _mean(state: Tensor, there: Tensor) -> Tensor:
    """The mean over the tokens that are there, of length one."""
    return functional.normalize((state * there[..., None]).sum(1), dim=1)


def _needed(tensors: Tensors) -> Tensors:
    return {
        name: t
        for name, t in tensors.items()
        if name.startswith((PREFIX, "embeddings.")) and t.ndim and t.dtype.kind == "f"
    }
