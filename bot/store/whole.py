"""Whole: a write goes on to its end, also where nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")
_under_way: set[asyncio.Task[Any]] = set()
"""The loop itself holds tasks only weakly."""


def whole(
    write: Callable[Given, Coroutine[Any, Any, Result]],
) -> Callable[Given, Coroutine[Any, Any, Result]]:
    """Shield a write from the cancellation of who awaits it.

    A transaction that is cut off in the middle leaves its connection to the garbage collector, and
    with it the lock on a SQLite file: everybody else would wait for nothing.
    """

    @wraps(write)
    async def written(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        task = asyncio.ensure_future(write(*args, **kwargs))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)
        return await asyncio.shield(task)

    return written
