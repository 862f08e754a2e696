"""Seen: what was read of a knowledge folder before, so that a reload reads only what has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.entry import Entry
from bot.core.problem import Problem
from bot.knowledge.tree import Node


@dataclass(frozen=True, slots=True)
class SeenTree:
    """A file's bytes, and what its YAML came to."""

    raw: bytes
    tree: Node | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What a tree came to as an entry of this group; None where its form is wrong."""

    tree: Node
    group: str
    entry: Entry | None
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Seen:
    """Trees and entries by path. Files are compared byte by byte: no clock and no file system can mislead it.

    Not for two loads at once. What a load did not come across is forgotten.
    """

    trees: dict[str, SeenTree] = field(default_factory=dict)
    entries: dict[str, SeenEntry] = field(default_factory=dict)
