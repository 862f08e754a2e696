"""Forms: what was written and chosen in a submitted modal, read off the raw submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.discord_ui.buttons import Interaction


def filled_in(interaction: Interaction) -> Mapping[str, tuple[str, ...]]:
    """The values of each field by its custom id: one of a text, any number of a menu.

    A form that was made up may hold anything; what is no field in it is left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    stack: list[Any] = [dict(interaction.data or {}).get("components")]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            stack.extend((part.get("components"), part.get("component")))
            name = part.get("custom_id")
            if isinstance(name, str):
                found[name] = _values(part)
    return found


def text_of(fields: Mapping[str, tuple[str, ...]], name: str, most: int) -> str:
    """What was written in a field, at most so long; "" where there is nothing."""
    return next(iter(fields.get(name, ())), "")[:most].strip()


def _values(part: Mapping[str, Any]) -> tuple[str, ...]:
    values = part.get("values")
    if isinstance(values, list):
        return tuple(str(value) for value in values[:25])
    value = part.get("value")
    return () if value is None else (str(value),)
