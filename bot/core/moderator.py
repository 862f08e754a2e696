"""A moderator: who acts on what members asked, by id and name."""

from __future__ import annotations

from dataclasses import dataclass

COMMAND_LINE_ID = 0
"""Who acts on the command line has no id that Discord would know."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who did something; `id` is 0 for the command line."""

    id: int
    name: str
