"""Engines: the search models as `make model` left them."""

from __future__ import annotations

from functools import lru_cache

import pytest

from bot.matching.engine import MODEL, TABLE, Engine, Kind, cache_folder


@lru_cache(maxsize=2)
def the_engine(kind: Kind) -> Engine:
    """The untuned engine. Where nothing was set up the test is left out; what is there has to run."""
    for name in (MODEL, TABLE) if kind == "default" else (TABLE,):
        if not (cache_folder() / name).exists():
            pytest.skip("the search model is not set up: make model")  # `make test` does it first
    engine = Engine.open(cache_folder(), kind)
    assert (engine.kind, engine.warning) == (kind, None), engine.warning
    return engine
