"""Rows: what they tell of a question, by whichever way, is what their numbers in full tell."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bot.matching.rows import LARGE, NOT_COMPARED, REFINED, Rows, Slots

WIDTH, SLOTS = 32, 16


def parts(count: int) -> tuple[np.ndarray, np.ndarray]:
    """A dense part, and one in which three of four numbers are zero; each row of length one."""
    draw = np.random.default_rng(4)
    rows = draw.normal(size=(count, WIDTH + SLOTS)).astype(np.float32)
    rows[:, WIDTH:] *= draw.random((count, SLOTS)) < 0.25
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[:, :WIDTH], rows[:, WIDTH:]


def rows_of(dense: np.ndarray, sparse: np.ndarray) -> Rows:
    owners, slots = np.nonzero(sparse)
    return Rows.of(dense, Slots.of(owners, slots, sparse[owners, slots], sparse.shape))


def test_a_few_rows_are_compared_in_full() -> None:
    dense, sparse = parts(60)
    rows, full = rows_of(dense, sparse), np.concatenate([dense, sparse], axis=1)
    assert np.allclose(rows.block(np.arange(60)), full)
    for query in full[::7]:
        assert np.allclose(rows.cosines(query), full @ query, atol=1e-6)


def test_a_row_without_slots_and_a_question_without_any_are_no_trouble() -> None:
    dense, sparse = parts(9)
    sparse[4] = 0.0
    rows = rows_of(dense, sparse)
    assert rows.slots.products(np.zeros(SLOTS, dtype=np.float32)).tolist() == [0.0] * 9
    chosen = np.array([4, 7, 4])
    assert np.allclose(rows.slots.products_of(chosen, sparse[7]), sparse[chosen] @ sparse[7])
    assert rows.slots.products_of(np.array([], dtype=np.intp), sparse[7]).shape == (0,)


def test_of_few_numbers_the_rarest_slots_speak() -> None:
    dense, sparse = parts(9)
    sparse[:] = 0.0
    sparse[:, 0] = 0.5
    sparse[2:4, 1] = 0.7
    rows = rows_of(dense, sparse)
    query = np.ones(SLOTS, dtype=np.float32)
    assert np.allclose(rows.slots.products(query, most=3), sparse[:, 1])
    assert np.allclose(rows.slots.products(query, most=11), sparse.sum(axis=1))
    assert not rows.slots.products(query, most=1).any()


def test_of_many_rows_those_that_look_most_alike_are_compared_in_full() -> None:
    dense, sparse = parts(LARGE)
    rows, full = rows_of(dense, sparse), np.concatenate([dense, sparse], axis=1)
    assert rows.rough is not None
    query = full[17]
    found, cosines = rows.cosines(query), full @ query
    compared = np.flatnonzero(found > NOT_COMPARED)
    assert len(compared) == REFINED
    assert np.allclose(found[compared], cosines[compared], atol=2e-3)  # they are kept in 16 bits
    assert np.isin(np.argsort(-cosines)[:100], compared).all()
    assert np.abs(rows.rough.products(query[:WIDTH]) - dense @ query[:WIDTH]).max() < 0.02


def test_without_onnxruntime_many_rows_are_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    dense, sparse = parts(LARGE)
    rows, full = rows_of(dense, sparse), np.concatenate([dense, sparse], axis=1)
    assert rows.rough is None
    assert np.allclose(rows.cosines(full[17]), full @ full[17], atol=1e-6)


def test_without_a_dense_part_many_rows_are_compared_in_full() -> None:
    _, sparse = parts(LARGE)
    rows = rows_of(np.zeros((LARGE, 0), dtype=np.float32), sparse)
    assert rows.rough is None
    assert np.allclose(rows.cosines(sparse[17]), sparse @ sparse[17], atol=1e-6)
