"""The watcher on a real folder: edits are told, whatever editors and deploys do to the folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.knowledge.watch import Watcher

PATIENCE_S = 60.0
"""Only a watcher that never tells lets a test wait for so long."""
QUIET_S = 1.5


class Heard:
    """How often a watcher told of an edit."""

    def __init__(self) -> None:
        self._told = threading.Semaphore(0)
        self.warnings: list[str] = []

    def told(self) -> None:
        self._told.release()

    def once(self) -> bool:
        """Whether it tells within a long time; what it told besides is taken for the same edit."""
        heard = self._told.acquire(timeout=PATIENCE_S)
        while self._told.acquire(timeout=0.6):
            pass
        return heard

    def nothing(self) -> bool:
        """Whether it tells nothing for a while."""
        return not self._told.acquire(timeout=QUIET_S)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in a folder in it."""
    (tmp_path / "knowledge" / "entries").mkdir(parents=True)
    (tmp_path / "knowledge" / "entries" / "one.yaml").write_text("a: 1\n", "utf-8")
    return tmp_path / "knowledge"


@pytest.fixture
def heard(folder: Path) -> Iterator[Heard]:
    """A watcher that has seen the folder as it is."""
    heard = Heard()
    watcher = Watcher(folder, heard.told, heard.warnings.append)
    watcher.start()
    assert heard.once(), "what was edited before it began is looked for at once"
    yield heard
    watcher.stop()
    assert heard.warnings == []


def test_an_edit_a_new_file_and_a_deleted_one_are_told(folder: Path, heard: Heard) -> None:
    file = folder / "entries" / "one.yaml"
    file.write_text("a: 2\n", "utf-8")
    assert heard.once()
    (folder / "entries" / "more").mkdir()
    (folder / "entries" / "more" / "two.yaml").write_text("b: 1\n", "utf-8")
    assert heard.once()
    file.unlink()
    assert heard.once()


def test_a_file_that_an_editor_puts_in_place_of_the_old_one_is_told(folder: Path, heard: Heard) -> None:
    draft = folder.parent / "draft"
    draft.write_text("a: 3\n", "utf-8")
    draft.replace(folder / "entries" / "one.yaml")
    assert heard.once()


def test_what_editors_and_git_lay_beside_is_no_edit(folder: Path, heard: Heard) -> None:
    for name in (".one.yaml.swp", "one.yaml~", "4913.tmp"):
        (folder / "entries" / name).write_text("x", "utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "index").write_text("x", "utf-8")
    assert heard.nothing()


def test_another_folder_in_its_place_is_told_and_watched(folder: Path, heard: Heard, tmp_path: Path) -> None:
    folder.rename(tmp_path / "old")
    (folder / "entries").mkdir(parents=True)
    assert heard.once()
    (folder / "entries" / "new.yaml").write_text("a: 1\n", "utf-8")
    assert heard.once()


def test_a_link_that_leads_elsewhere_is_told_and_followed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    link = tmp_path / "current"
    link.symlink_to("one")
    heard = Heard()
    watcher = Watcher(link, heard.told, heard.warnings.append)
    watcher.start()
    try:
        assert heard.once()
        (tmp_path / "next").symlink_to("two")
        (tmp_path / "next").replace(link)
        assert heard.once()
        (tmp_path / "two" / "new.yaml").write_text("a: 1\n", "utf-8")
        assert heard.once()
    finally:
        watcher.stop()


def test_a_folder_that_is_gone_for_a_while_is_watched_again(tmp_path: Path) -> None:
    heard = Heard()
    watcher = Watcher(tmp_path / "knowledge", heard.told, heard.warnings.append)
    watcher.start()
    try:
        assert heard.nothing()
        (tmp_path / "knowledge").mkdir()
        assert heard.once()
    finally:
        watcher.stop()


def test_stopped_it_tells_nothing_more(folder: Path) -> None:
    heard, before = Heard(), set(threading.enumerate())  # a bot of another test may be ending still
    watcher = Watcher(folder, heard.told, heard.warnings.append)
    watcher.stop()
    watcher = Watcher(folder, heard.told, heard.warnings.append)
    watcher.start()
    assert heard.once()
    watcher.stop()
    (folder / "entries" / "one.yaml").write_text("a: 4\n", "utf-8")
    assert heard.nothing()
    assert "knowledge watcher" not in {thread.name for thread in set(threading.enumerate()) - before}
