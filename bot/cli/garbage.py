"""Garbage: when Python looks for objects that only refer to each other."""

from __future__ import annotations

import gc

FEWER_COLLECTIONS = 50_000
"""New objects between two collections: a library has many that all stay, and were looked at in vain."""


def collect_nothing() -> None:
    """Until `collect_again`, for the time of the imports: what they make stays."""
    gc.disable()


def collect_again() -> None:
    """After `collect_nothing`: look for garbage from now on, yet never at what is there already."""
    if not gc.isenabled():
        gc.freeze()
        gc.set_threshold(FEWER_COLLECTIONS)
        gc.enable()
