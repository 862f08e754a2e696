"""Merged changes from a real remote: checked before they go live, and served after a restart too."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.core.problem import Problem
from bot.journeys.change_merged import note_merged
from bot.journeys.change_words import NewEntry
from bot.journeys.changes import propose_entry, propose_phrasing
from bot.journeys.fetch_merged import Fetcher, NotTaken, Staged, TakenOver
from bot.journeys.reload import Came
from bot.knowledge.git import RepositoryError
from bot.knowledge.repository import Diverged, Repository, UpToDate
from bot.opening import served_of
from bot.settings import Settings
from bot.store.changes import ChangeStatus
from tests.git_places import a_git_server, commit, git
from tests.make import some_settings
from tests.make_changes import (
    ADA,
    CACTUS,
    NEW_PHRASING,
    merge,
    merge_edit,
    proposed,
    the_change,
)
from tests.make_kept import NOON

FILE = f"knowledge/{CACTUS}"


@pytest.fixture
def settings(source: Path, forge: Path, tmp_path: Path) -> Settings:
    """A bot whose own folder lies outside of any repository of the forge, as in a container."""
    return some_settings(source / "knowledge", tmp_path / "caveat.db", knowledge_remote=str(forge))


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """The app."""
    opened = await App.open(settings, lambda: NOON)
    yield opened
    await opened.close()


def answer(app: App) -> str:
    return app.live.library.entries["cactus-in-winter"].answer


async def test_the_first_fetch_serves_what_is_merged_and_the_next_finds_nothing(app: App) -> None:
    told: list[Came] = []
    app.after_reload.append(lambda reloaded: told.append(reloaded.came))
    first = await app.fetch()
    assert isinstance(first, TakenOver)
    assert app.folder == first.folder
    assert isinstance(await app.fetch(), UpToDate)
    assert told == [Came.SAME]


async def test_a_merge_goes_live_and_is_served_after_a_restart(
    app: App, source: Path, settings: Settings
) -> None:
    await app.fetch()
    merge_edit(source, FILE, "About once a month", "Roughly once a month")
    taken = await app.fetch()
    assert isinstance(taken, TakenOver)
    assert taken.changed == (CACTUS,)
    assert answer(app).startswith("Roughly once a month")
    assert app.reloaded is not None
    assert app.reloaded.came is Came.LIVE
    await app.close()
    again = await App.open(settings, lambda: NOON)
    assert answer(again).startswith("Roughly once a month")
    assert again.folder == taken.folder
    reloaded = await again.take_up()
    assert reloaded.came is Came.SAME
    await again.close()


async def test_a_merge_with_an_error_leaves_what_is_live_and_is_told_once(app: App, source: Path) -> None:
    await app.fetch()
    version, folder = app.live.library.version, app.folder
    merge_edit(source, FILE, "caveat: likely", "caveat: likly")
    told: list[Came] = []
    app.after_reload.append(lambda reloaded: told.append(reloaded.came))
    refused = await app.fetch()
    assert isinstance(refused, NotTaken)
    assert [(p.path, p.line, p.rule) for p in refused.problems] == [(CACTUS, 3, "caveat-unknown")]
    assert isinstance(await app.fetch(), NotTaken)
    assert told == [Came.KEPT]
    assert (app.live.library.version, app.folder) == (version, folder)
    merge_edit(source, FILE, "caveat: likely", "caveat: tentative")
    assert isinstance(await app.fetch(), TakenOver)
    assert told == [Came.KEPT, Came.LIVE]


async def test_what_is_only_checked_is_never_taken_for_what_is_served(app: App, source: Path) -> None:
    """An edit of the served folder at that moment would go unseen."""
    await app.fetch()
    served = app.folder
    merge_edit(source, FILE, "caveat: likely", "caveat: likly")
    fetching = asyncio.ensure_future(app.fetch())
    seen: set[Path] = set()
    while not fetching.done():
        seen.add(app.folder)
        await asyncio.sleep(0)
    assert isinstance(await fetching, NotTaken)
    assert seen == {served}


async def test_a_main_that_was_rewritten_is_not_taken_over_and_the_mend_is_told(
    app: App, source: Path
) -> None:
    await app.fetch()
    version = app.live.library.version
    git(source, "commit", "--quiet", "--amend", "--message=Another story")
    git(source, "push", "--quiet", "--force", "origin", "main")
    outcome = await app.fetch()
    assert isinstance(outcome, Diverged)
    assert "update-ref" in outcome.mend
    assert app.live.library.version == version


async def test_a_remote_out_of_reach_is_told_and_a_reload_goes_on_without_it(
    app: App, forge: Path, tmp_path: Path
) -> None:
    forge.rename(tmp_path / "away")
    with pytest.raises(RepositoryError):
        await app.fetch()
    assert (await app.take_up()).came is Came.SAME
    (tmp_path / "away").rename(forge)
    assert isinstance(await app.fetch(), TakenOver)


async def test_an_edit_goes_live_while_the_remote_is_waited_for(
    source: Path, forge: Path, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret", "utf-8")
    with a_git_server(forge.parent, "s3cret") as server:
        remote = f"{server.address}/{forge.name}"
        app = await App.open(
            _settings(source, tmp_path, knowledge_remote=remote, knowledge_push_secret_file=token),
            lambda: NOON,
        )
        assert isinstance(await app.fetch(), TakenOver)
        merge_edit(source, FILE, "caveat: likely", "caveat: tentative")
        server.answers.clear()
        fetching = asyncio.ensure_future(app.fetch())
        assert await asyncio.to_thread(server.waited_for.wait, 30)
        entry = app.folder / CACTUS
        text = entry.read_text("utf-8")
        entry.write_text(text.replace("About once a month", "Roughly once a month"), "utf-8")
        try:
            async with asyncio.timeout(30):
                assert (await app.reload()).came is Came.LIVE
            assert not fetching.done()
        finally:
            server.answers.set()
        assert isinstance(await fetching, TakenOver)
        assert answer(app).startswith("About once a month")
        await app.close()


async def test_nothing_is_fetched_where_that_is_switched_off_or_there_is_no_remote(
    source: Path, forge: Path, tmp_path: Path
) -> None:
    for changes in ({"knowledge_fetch_seconds": 0, "knowledge_remote": str(forge)}, {}):
        app = await App.open(_settings(source, tmp_path, **changes), lambda: NOON)
        assert await app.fetch() is None
        assert app.folder == source / "knowledge"
        await app.close()


def _settings(source: Path, tmp_path: Path, **changes: Any) -> Settings:
    return some_settings(source / "knowledge", tmp_path / "caveat.db", **changes)


async def test_a_copy_that_was_damaged_falls_back_to_the_folder(app: App, settings: Settings) -> None:
    taken = await app.fetch()
    assert isinstance(taken, TakenOver)
    await app.close()
    (taken.folder / CACTUS).write_text("nonsense", "utf-8")
    again = await App.open(settings, lambda: NOON)
    assert again.folder == settings.knowledge_dir
    assert "cactus-in-winter" in again.live.library.entries
    await again.close()


async def test_two_fetches_at_once_take_one_another_s_turn(app: App) -> None:
    one, other = await asyncio.gather(app.fetch(), app.fetch())
    assert {type(one), type(other)} == {TakenOver, UpToDate}


async def test_the_way_of_a_change_from_its_proposal_to_live(app: App, forge: Path, tmp_path: Path) -> None:
    await app.fetch()
    bench = await app.workbench()
    made = proposed(
        await propose_phrasing(bench, app.live, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )
    assert made.branch is not None
    assert await note_merged(bench, app.live.library) == ()
    merge(forge, made.branch, tmp_path / "hers")
    assert isinstance(await app.fetch(), TakenOver)
    assert NEW_PHRASING in app.live.library.entries["cactus-in-winter"].phrasings
    (news,) = await note_merged(bench, app.live.library)
    assert news.id == made.change_id
    assert (await the_change(bench, made.change_id)).status is ChangeStatus.MERGED


async def test_a_draft_that_is_completed_and_merged_is_answered_from(
    app: App, forge: Path, tmp_path: Path
) -> None:
    await app.fetch()
    bench = await app.workbench()
    idea = NewEntry(
        question="Do ferns dream at night?",
        level="tentative",
        group="light-and-growth",
        answer="Nobody has measured that so far.",
        sources=("windowsill-2019",),
    )
    made = proposed(await propose_entry(bench, app.live, idea, None, ADA, NOON))
    assert made.branch is not None
    path = f"knowledge/entries/light-and-growth/{made.entry_id}.yaml"
    edits = [
        (path, "status: draft", "status: live"),
        (path, "shows: To be written.", "shows: Nothing about dreams."),
        (path, "details: To be written.", "details: Nobody has put electrodes on a fern at night."),
        (path, "by: nobody so far, this is a draft", "by: Rosa"),
    ]
    merge(forge, made.branch, tmp_path / "hers", edit=edits)
    taken = await app.fetch()
    assert isinstance(taken, TakenOver), taken
    assert app.live.library.served("do-ferns-dream-at-night") is not None


# ------------------------------------------------------------------ cut off


async def test_cut_off_while_it_is_checked_nothing_is_served_and_it_is_fetched_again(
    app: App, settings: Settings
) -> None:
    repository = (await app.workbench()).repository
    assert isinstance(repository, Repository)
    served = served_of(settings)
    fetcher = Fetcher(served)
    staged = await fetcher.stage(repository)
    assert isinstance(staged, Staged)

    async def killed(folder: Path) -> tuple[Problem, ...]:
        assert (folder / CACTUS).is_file()
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await fetcher.take(repository, staged, killed)
    assert served.current() is None
    assert repository.accepted() is None
    assert isinstance(await app.fetch(), TakenOver)


async def test_cut_off_after_it_is_served_it_is_checked_and_accepted_again(
    app: App, settings: Settings
) -> None:
    repository = (await app.workbench()).repository
    assert isinstance(repository, Repository)
    served = served_of(settings)
    commit_id = repository.newest()
    repository.revisions.export(commit_id, served.copy_of(commit_id))
    served.switch(commit_id)
    assert repository.accepted() is None
    assert isinstance(await app.fetch(), TakenOver)
    assert repository.accepted() == commit_id
    assert isinstance(await app.fetch(), UpToDate)


async def test_a_copy_that_somebody_deleted_is_made_again(app: App) -> None:
    taken = await app.fetch()
    assert isinstance(taken, TakenOver)
    shutil.rmtree(taken.folder)
    assert isinstance(await app.fetch(), TakenOver)
    assert (taken.folder / CACTUS).is_file()


async def test_of_many_merges_two_copies_are_kept(app: App, source: Path, settings: Settings) -> None:
    commits = []
    for number in range(4):
        taken = await app.fetch()
        assert isinstance(taken, TakenOver)
        commits.append(taken.commit)
        commit(source, {"README.md": f"{number}\n"}, "Write")
        git(source, "push", "--quiet", "origin", "main")
    copies = {path.name for path in served_of(settings).folder.iterdir() if path.is_dir()}
    assert copies == set(commits[-2:])
