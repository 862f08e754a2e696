"""The knowledge as it was: read from git, in the bot's clone and in anybody's working copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.revisions import Revisions
from tests.git_places import ENTRY, FILES, OTHER, a_working_copy, commit, git

OLD = FILES[f"knowledge/{ENTRY}"]
NEW = OLD + "  - when it is cold\n"
INSIDE = {name.removeprefix("knowledge/"): text for name, text in FILES.items() if name != "README.md"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A working copy with two commits; the second changes one entry."""
    commit(a_working_copy(tmp_path / "source"), {f"knowledge/{ENTRY}": NEW, "README.md": "x\n"})
    return tmp_path / "source"


@pytest.fixture
def revisions(source: Path) -> Revisions:
    """What is read of it."""
    found = Revisions.of(source / "knowledge")
    assert isinstance(found, Revisions)
    return found


def test_the_folder_is_found_in_its_repository(revisions: Revisions) -> None:
    assert revisions.knowledge_path == "knowledge"


def test_every_file_is_as_it_was_at_each_revision(revisions: Revisions, source: Path) -> None:
    git(source, "tag", "first", "HEAD~1")

    assert revisions.files_at("HEAD") == {**INSIDE, ENTRY: NEW}
    for name in ("HEAD~1", "first", "main^", git(source, "rev-parse", "--short", "HEAD~1")):
        assert revisions.files_at(name) == INSIDE
    assert list(revisions.files_at("HEAD")) == sorted(INSIDE)


def test_one_file_is_read_alone(revisions: Revisions) -> None:
    assert revisions.text_at("HEAD~1", ENTRY) == OLD
    assert revisions.text_at("HEAD", OTHER) == "question: May they?\r\nphrasings: []\r\n"
    assert revisions.text_at("HEAD", "entries/none.yaml") is None


def test_what_changed_is_named_within_the_knowledge_only(revisions: Revisions, source: Path) -> None:
    git(source, "rm", "--quiet", f"knowledge/{OTHER}")
    git(source, "commit", "--quiet", "--message=Remove")

    assert revisions.changed_files("HEAD", "HEAD~1") == (OTHER,)
    assert revisions.changed_files("HEAD", "HEAD~2") == (OTHER, ENTRY)
    assert revisions.changed_files("HEAD~2", "HEAD") == (OTHER, ENTRY)
    assert revisions.changed_files("HEAD", "HEAD") == ()


def test_a_branch_is_compared_with_where_it_began(revisions: Revisions, source: Path) -> None:
    git(source, "checkout", "--quiet", "-b", "feature")
    commit(source, {f"knowledge/{OTHER}": "x: 1\n"})
    git(source, "checkout", "--quiet", "main")
    commit(source, {"knowledge/sources.yaml": "x: 1\n"})

    assert revisions.changed_files("feature") == (OTHER,)


def test_what_differs_only_in_line_breaks_or_is_no_utf8_comes_back_byte_for_byte(
    revisions: Revisions, source: Path
) -> None:
    raw = b"a: \xff\xfe\r\n\0"
    (source / "knowledge" / "odd.yaml").write_bytes(raw)
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message=Odd")

    assert revisions.files_at("HEAD")["odd.yaml"].encode("utf-8", "surrogateescape") == raw


def test_links_and_what_leads_out_of_the_folder_are_left_out(revisions: Revisions, source: Path) -> None:
    (source / "knowledge" / "entries" / "link.yaml").symlink_to("/etc/hostname")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message=Link")
    blob = git(source, "rev-parse", f"HEAD:knowledge/{ENTRY}")
    tree = git(source, "mktree", stdin=f"100644 blob {blob}\tpasswd\n")
    for name in ("..", ".git", ".GIT"):
        tree = git(source, "mktree", stdin=f"040000 tree {tree}\t{name}\n")
    evil = git(source, "mktree", stdin=f"040000 tree {tree}\tknowledge\n")
    git(source, "tag", "evil", git(source, "commit-tree", evil, "-m", "Evil"))

    assert set(revisions.files_at("HEAD")) == set(INSIDE)
    assert revisions.files_at("evil") == {}


def test_a_revision_is_written_whole_into_a_new_folder(revisions: Revisions, tmp_path: Path) -> None:
    revisions.export("HEAD~1", tmp_path / "out" / "was")

    written = tmp_path / "out" / "was"
    found = {str(path.relative_to(written)): path.read_bytes().decode() for path in written.rglob("*.yaml")}
    assert found == INSIDE
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["was"]
    with pytest.raises(RepositoryError, match="is there already"):
        revisions.export("HEAD", written)


@pytest.mark.parametrize(
    "name", ["none", "", "--all", "-h", "HEAD:knowledge", "HEAD~9", "a b", "$(id)", "x\0y", "\ud800"]
)
def test_what_is_no_revision_is_told_with_what_to_do(revisions: Revisions, name: str) -> None:
    for read in (revisions.files_at, revisions.changed_files, revisions.commit_of):
        with pytest.raises(
            RepositoryError, match="is no revision of this repository: name a commit, a branch or a tag"
        ):
            read(name)


def test_reading_changes_nothing_in_a_working_copy(
    revisions: Revisions, source: Path, tmp_path: Path
) -> None:
    (source / "knowledge" / ENTRY).write_text("half written")
    before = {path: path.lstat().st_mtime_ns for path in source.rglob("*")}

    revisions.files_at("HEAD")
    revisions.changed_files("HEAD", "HEAD~1")
    revisions.export("HEAD", tmp_path / "out")

    assert {path: path.lstat().st_mtime_ns for path in source.rglob("*")} == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_working_copy_of_another_user_is_read_too(source: Path) -> None:
    for path in [source, *source.rglob("*")]:
        os.chown(path, 12345, 12345)
    found = Revisions.of(source / "knowledge")

    assert isinstance(found, Revisions)
    assert found.files_at("HEAD")[ENTRY] == NEW


def test_a_second_working_tree_has_the_same_history(source: Path, tmp_path: Path) -> None:
    git(source, "worktree", "add", "--quiet", "--detach", str(tmp_path / "second"))
    found = Revisions.of(tmp_path / "second" / "knowledge")

    assert isinstance(found, Revisions)
    assert found.files_at("main")[ENTRY] == NEW


def test_a_folder_in_no_repository_is_a_value(tmp_path: Path) -> None:
    assert isinstance(Revisions.of(tmp_path), NoRepository)
    assert isinstance(Revisions.of(tmp_path / "none"), NoRepository)
