"""Train: fit the encoder to the phrasings and decoys of a knowledge base. Needs torch (extra `tune`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from bot.matching.minilm.graph import Shape, Tensors
from bot.matching.minilm.wordpiece import WordPiece
from bot.matching.tuning.bert import Bert
from bot.matching.tuning.recipe import Lessons, Recipe

Pair = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def train(
    lessons: Lessons,
    tensors: Tensors,
    shape: Shape,
    words: WordPiece,
    recipe: Recipe,
    told: Callable[[int, float], None] = lambda _step, _loss: None,
) -> dict[str, Pair]:
    """The thin matrices by the name of their weight: (up, down), to be added as up @ down.

    Supervised contrastive learning (Khosla et al. 2020): texts of one subject draw near, other subjects'
    and its own decoys push away. `told` hears each step and its loss.
    """
    torch.manual_seed(recipe.seed)
    draw = np.random.default_rng(recipe.seed)
    bert = Bert(tensors, shape, recipe.first, recipe.rank)
    own = _lower(bert, words, lessons.own)
    decoys = _lower(bert, words, lessons.decoys)
    optimiser = torch.optim.AdamW(bert.learnt(), lr=recipe.rate, weight_decay=0.01)
    for step in range(recipe.steps):
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * min(1.0, (step + 1) / 10) * max(0.05, 1.0 - step / recipe.steps)
        states, labels, is_decoy = _batch(own, decoys, recipe, draw)
        loss = contrast(bert.upper(states, recipe.drop), labels, is_decoy, recipe.heat, recipe.everyone)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bert.learnt(), 1.0)
        optimiser.step()
        told(step, loss.item())
    return {n: (bert.up[n].detach().numpy() * recipe.share, bert.down[n].detach().numpy()) for n in bert.up}


def _lower(bert: Bert, words: WordPiece, texts: Sequence[Sequence[str]]) -> list[list[Tensor]]:
    states = iter(bert.lower([words.encode(text) for own in texts for text in own]))
    return [[next(states) for _ in own] for own in texts]


def _batch(
    own: Sequence[Sequence[Tensor]],
    decoys: Sequence[Sequence[Tensor]],
    recipe: Recipe,
    draw: np.random.Generator,
) -> tuple[list[Tensor], Tensor, Tensor]:
    states: list[Tensor] = []
    labels: list[int] = []
    is_decoy: list[bool] = []
    for label in draw.permutation(len(own))[: recipe.subjects].tolist():
        for pool, most, decoy in ((own[label], recipe.own, False), (decoys[label], recipe.decoys, True)):
            for place in draw.permutation(len(pool))[:most].tolist():
                states.append(pool[place])
                labels.append(label)
                is_decoy.append(decoy)
    return states, torch.tensor(labels), torch.tensor(is_decoy)


def contrast(vectors: Tensor, labels: Tensor, is_decoy: Tensor, heat: float, everyone: bool) -> Tensor:
    """The loss of one batch. A decoy counts against its own subject only: another one may answer it."""
    alike = vectors @ vectors.T / heat
    same = labels[:, None] == labels[None, :]
    itself = torch.eye(len(labels), dtype=torch.bool)
    drawn = same & ~itself & ~is_decoy[None, :] & ~is_decoy[:, None]
    left_out = itself if everyone else itself | (is_decoy[None, :] & ~same)
    alike = alike.masked_fill(left_out, -1e9)
    share = alike - torch.logsumexp(alike, 1, keepdim=True)
    anchors = drawn.any(1)
    return (-(share * drawn).sum(1)[anchors] / drawn.sum(1)[anchors]).mean()
