"""The workbench as the settings make it: with a remote, with a repository around the folder, with neither."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.journeys.changes import propose_phrasing
from bot.knowledge.git import NoRepository
from bot.knowledge.repository import Repository
from bot.store.changes import ChangeStatus
from tests.git_places import git
from tests.make import KNOWLEDGE, some_settings
from tests.make_changes import ADA, NEW_PHRASING, a_forge, a_knowledge_repository, proposed
from tests.make_kept import NOON

pytestmark = pytest.mark.usefixtures("_no_git_of_the_machine")


@pytest.fixture
def _no_git_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


@pytest.fixture
async def apps() -> AsyncIterator[list[App]]:
    """Apps that a test opened; closed afterwards."""
    opened: list[App] = []
    yield opened
    for app in opened:
        await app.close()


async def opened(apps: list[App], folder: Path, tmp_path: Path, **changes: Any) -> App:
    app = await App.open(some_settings(folder, tmp_path / "caveat.db", **changes), lambda: NOON)
    apps.append(app)
    return app


async def test_with_a_remote_a_proposal_stands_there_as_a_branch(tmp_path: Path, apps: list[App]) -> None:
    source = a_knowledge_repository(tmp_path / "source")
    forge = a_forge(source)
    app = await opened(apps, source / "knowledge", tmp_path, knowledge_remote=str(forge))
    made = proposed(
        await propose_phrasing(
            await app.workbench(), app.live, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON
        )
    )
    assert made.status is ChangeStatus.PUSHED
    assert made.branch is not None
    assert git(forge, "rev-parse", made.branch) == made.commit
    assert await app.workbench() is await app.workbench()


async def test_a_folder_with_another_name_in_a_repository_is_found_where_it_is(
    tmp_path: Path, apps: list[App]
) -> None:
    source = a_knowledge_repository(tmp_path / "source")
    git(source, "mv", "knowledge", "plants")
    git(source, "commit", "--quiet", "--message=Rename")
    app = await opened(apps, source / "plants", tmp_path)
    bench = await app.workbench()
    assert bench.knowledge_path == "plants"
    made = proposed(
        await propose_phrasing(bench, app.live, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )
    assert made.status is ChangeStatus.COMMITTED
    assert b"b/plants/entries/watering/cactus-in-winter.yaml" in made.patch


async def test_without_a_repository_a_proposal_is_a_file_and_a_patch_and_a_later_one_is_found(
    tmp_path: Path, apps: list[App]
) -> None:
    folder = tmp_path / "alone" / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    app = await opened(apps, folder, tmp_path)
    bench = await app.workbench()
    assert isinstance(bench.repository, NoRepository)
    made = proposed(
        await propose_phrasing(bench, app.live, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )
    assert made.status is ChangeStatus.KEPT
    assert made.branch is None
    assert "no git repository" in made.notes[0]
    assert NEW_PHRASING.encode() in made.patch
    git(folder.parent, "init", "--quiet", "--initial-branch=main")
    git(folder.parent, "add", "--all")
    git(folder.parent, "commit", "--quiet", "--message=Begin")
    assert isinstance((await app.workbench()).repository, Repository)


async def test_a_damaged_clone_is_told_and_changes_are_kept_all_the_same(
    tmp_path: Path, apps: list[App]
) -> None:
    source = a_knowledge_repository(tmp_path / "source")
    app = await opened(apps, source / "knowledge", tmp_path)
    clone = tmp_path / "data" / "changes" / "knowledge.git"
    clone.mkdir(parents=True)
    (clone / "HEAD").write_text("nonsense", "utf-8")
    bench = await app.workbench()
    made = proposed(
        await propose_phrasing(bench, app.live, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )
    assert made.status is ChangeStatus.KEPT
    assert "is damaged: move it away" in made.notes[0]
