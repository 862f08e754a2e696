"""The workbench: what a change of the knowledge is made with, by a moderator here or on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.git import NoRepository
from bot.knowledge.repository import Repository
from bot.store.changes import Changes


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where changes are kept, and the repository that they go to.

    `folder` is the knowledge folder that changes start from where there is no repository;
    `knowledge_path` is what it is called in the patch then.
    """

    changes: Changes
    repository: Repository | NoRepository
    folder: Path
    knowledge_path: str
