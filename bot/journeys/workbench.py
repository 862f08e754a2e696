"""The workbench: what a change of the knowledge is made with, by a moderator here or on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.repository import Repository
from bot.knowledge.revisions import Revisions
from bot.store.changes import Changes

CLONE = "changes"
"""The clone's folder within the data folder."""


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

    @classmethod
    def open(
        cls,
        changes: Changes,
        folder: Path,
        data: Path,
        *,
        knowledge_path: str,
        remote: str | None = None,
        **options: Any,
    ) -> Workbench:
        """The workbench on the clone in the data folder, made where it is missing; blocks while git works.

        `options` as `Repository.open` takes them. Without a remote the knowledge's place in its repository
        is seen, not believed. Where git does not do its part there is no repository, and each change
        comes as a file and a patch, with the reason.
        """
        try:
            if remote is None and isinstance(found := Revisions.of(folder), Revisions):
                knowledge_path = found.knowledge_path
            repository = Repository.open(
                folder, data / CLONE, knowledge_path=knowledge_path, remote=remote, **options
            )
        except RepositoryError as fault:
            repository = NoRepository(str(fault), "until then take the file and the patch")
        return cls(changes, repository, folder, knowledge_path)
