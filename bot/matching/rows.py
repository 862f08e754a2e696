"""Rows: the vectors of all texts of an index, and how alike each is to a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.matching.onnx_file import LARGEST, Graph
from bot.matching.onnx_session import ModelUnusableError, open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Matrix = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

LARGE = 20_000
"""Rows from which a first, rough look chooses those that are compared in full.

Below, every row is compared: 15,000 take 1.4 ms. At 150,000 rows that would be 25 ms; with the rough look
it is 3.
"""
AXES = 192
"""Main axes of the rough look. With 128 it loses .7 % of the 128 nearest, with these .1 % (150,000 rows)."""
REFINED = 1024
"""Rows that are compared in full after the rough look; with 2,048 next to nothing more is found."""
SLOTS_READ = 0.5
"""Numbers of the slots that the rough look reads, a row: a budget that a question's rarest slots spend first.

The slots that stand in every third text tell little and take most of the time; with all of them no more of
the 128 nearest are found.
"""
NOT_COMPARED = -1.0
"""Stands for the likeness of a row that the rough look left out: the lowest cosine."""
_SIGN_AND_REST = np.int32(0x8FFFE000 - (1 << 32))
"""Bits of a half that was widened to 32 bits with its sign, and moved: sign, exponent, fraction."""
_ZERO = 128
"""Of the question in 8 bits without sign: what stands for 0."""
_SAMPLE = 8192
"""Rows that the main axes are learnt from."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The part of the rows in which most numbers are zero, once by row and once by slot.

    Row i holds `values[starts[i]:starts[i + 1]]` in the slots of the same place; slot s stands in the rows
    `rows[slot_starts[s]:slot_starts[s + 1]]` with `row_values` of the same place.
    """

    starts: npt.NDArray[np.intp]
    slots: npt.NDArray[np.uint16]
    values: Matrix
    slot_starts: npt.NDArray[np.intp]
    rows: npt.NDArray[np.int32]
    row_values: Matrix

    @classmethod
    def of(cls, owners: Places, slots: Places, values: Matrix, shape: tuple[int, int]) -> Slots:
        """From row, slot and value of each number, row by row; `shape` is (rows, slots)."""
        order = np.argsort(slots, kind="stable")
        return cls(
            starts=np.searchsorted(owners, np.arange(shape[0] + 1)),
            slots=slots.astype(np.uint16),
            values=values,
            slot_starts=np.searchsorted(slots[order], np.arange(shape[1] + 1)),
            rows=owners[order].astype(np.int32),
            row_values=values[order],
        )

    @property
    def width(self) -> int:
        """How many slots there are."""
        return len(self.slot_starts) - 1

    def products(self, query: Matrix, most: int | None = None) -> Matrix:
        """Each row's product with the query, shape (width,); of the rarest slots' `most` numbers only."""
        count = len(self.starts) - 1
        used = np.flatnonzero(query)
        first = self.slot_starts[used]
        sizes = self.slot_starts[used + 1] - first
        if most is not None:
            order = np.argsort(sizes, kind="stable")
            rarest = order[np.cumsum(sizes[order]) <= most]
            used, first, sizes = used[rarest], first[rarest], sizes[rarest]
        places = _runs(first, sizes)
        parts = self.row_values[places] * np.repeat(query[used], sizes)
        return np.bincount(self.rows[places], parts, minlength=count).astype(np.float32)

    def products_of(self, chosen: Places, query: Matrix) -> Matrix:
        """The chosen rows' products with the query."""
        owners, places = self._places(chosen)
        parts = self.values[places] * query[self.slots[places]]
        return np.bincount(owners, parts, minlength=len(chosen)).astype(np.float32)

    def write(self, chosen: Places, block: Matrix) -> None:
        """Write the chosen rows into `block`, shape (chosen, width), which holds zeros."""
        owners, places = self._places(chosen)
        block[owners, self.slots[places]] = self.values[places]

    def _places(self, chosen: Places) -> tuple[Places, Places]:
        """For each number of the chosen rows: which of them it belongs to, and its place."""
        first = self.starts[chosen]
        counts = self.starts[chosen + 1] - first
        return np.repeat(np.arange(len(chosen)), counts), _runs(first, counts)


@dataclass(frozen=True, slots=True)
class Rough:
    """A first look at many rows: their numbers on the main axes of the dense part, which hold most of it.

    They are kept in 8 bits, as `session`, which multiplies whole numbers: three times as quick as numpy's
    product of floats. `scale` is what one step of these whole numbers is.
    """

    axes: Matrix
    session: InferenceSession
    scale: float

    @classmethod
    def over(cls, dense: Matrix) -> Rough:
        """The axes of an evenly drawn sample (principal components, not centred).

        Raises ModelUnusableError.
        """
        sample = dense[:: max(1, len(dense) // _SAMPLE)].astype(np.float32)
        _, vectors = np.linalg.eigh(sample.T @ sample)
        axes = np.ascontiguousarray(vectors[:, ::-1][:, :AXES], dtype=np.float32)
        numbers = dense @ axes
        scale = max(float(numbers.max()), -float(numbers.min()), 1e-9) / LARGEST
        numbers /= np.float32(scale)
        graph = Graph()
        rows = graph.tensor("rows", np.rint(numbers, out=numbers).astype(np.int8).T)
        zero = graph.tensor("zero", np.array(_ZERO, dtype=np.uint8))
        graph.node("MatMulInteger", ["query", rows, zero], "products")
        size, count = ("uint8", 1, axes.shape[1]), ("int32", 1, len(dense))
        return cls(axes, open_session(graph.model("rough-look", {"query": size}, {"products": count})), scale)

    def products(self, query: Matrix) -> Matrix:
        """Each row's product with the query, nearly; `query` has the width of the dense part."""
        short = query @ self.axes
        scale = max(float(np.abs(short).max()), 1e-9) / (_ZERO - 1)
        whole = (np.round(short / np.float32(scale)) + _ZERO).astype(np.uint8)
        products = self.session.run(None, {"query": whole[None]})[0][0]
        return np.asarray(products * np.float32(scale * self.scale), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Rows:
    """`dense` is (rows, numbers), `slots` the rest of the width. With `rough`, dense is in 16 bits."""

    dense: npt.NDArray[np.floating]
    slots: Slots
    rough: Rough | None

    @classmethod
    def of(cls, dense: Matrix, slots: Slots) -> Rows:
        """From both parts of the same rows."""
        if len(dense) < LARGE or not dense.shape[1]:  # a rough look is one at the dense part
            return cls(dense, slots, None)
        try:
            return cls(dense.astype(np.float16), slots, Rough.over(dense))
        except ModelUnusableError:  # no onnxruntime: slower, and right
            return cls(dense, slots, None)

    def __len__(self) -> int:
        return len(self.dense)

    def block(self, chosen: Places) -> Matrix:
        """The chosen rows in full, shape (chosen, width), in the order in which they were named."""
        split = self.dense.shape[1]
        block = np.zeros((len(chosen), split + self.slots.width), dtype=np.float32)
        block[:, :split] = self.dense[chosen]
        self.slots.write(chosen, block[:, split:])
        return block

    def cosines(self, query: Matrix) -> Matrix:
        """The likeness of every row to a query, shape (width,).

        Where there are many rows, those that look least alike are `NOT_COMPARED`.
        """
        split = self.dense.shape[1]
        if self.rough is None:
            found = self.slots.products(query[split:])
            found += self.dense @ query[:split]
            return found
        rough = self.rough.products(query[:split])
        rough += self.slots.products(query[split:], int(SLOTS_READ * len(self)))
        best = np.argpartition(rough, len(rough) - REFINED)[-REFINED:]
        best.sort()  # read in the order in which they lie
        rough.fill(NOT_COMPARED)
        rough[best] = _halves_times(self.dense[best], query[:split])
        rough[best] += self.slots.products_of(best, query[split:])
        return rough

    def refined(self, cosines: Matrix, chosen: Places, query: Matrix) -> Matrix:
        """What `cosines` gave for the chosen rows, each compared in full."""
        return cosines[chosen] if self.rough is None else self.block(chosen) @ query


def _runs(first: Places, sizes: Places) -> Places:
    """Run after run of `sizes` numbers that go up by one from each `first`."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - ends + sizes, sizes)


def _halves_times(halves: npt.NDArray[np.floating], query: Matrix) -> Matrix:
    """`halves.astype(np.float32) @ query` to the last bit, for 16-bit numbers under 2, in half the time.

    numpy makes floats of halves one by one. Moved to the places of a float, sign, exponent and fraction of a
    half read as 2 ** -112 of it (the exponents count from 15 and from 127), which the query makes good.
    """
    moved = halves.view(np.int16).astype(np.int32)
    moved <<= 13
    moved &= _SIGN_AND_REST
    return np.asarray(moved.view(np.float32) @ (query * np.float32(2.0**112)), dtype=np.float32)
