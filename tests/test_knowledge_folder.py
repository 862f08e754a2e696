"""The knowledge folder as a file system serves it: links, pipes, odd names, what may not be read."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from bot.core import limits
from bot.core.entry import Status
from bot.core.problem import Problem, Severity
from bot.journeys.check_knowledge import check_knowledge
from bot.knowledge.load import KnowledgeNotFoundError, load_library
from tests.bad_examples import GOOD, copy_good

TODAY = date(2026, 6, 1)
PUMPS = "entries/tyres/pump-up-tyres.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the good folder."""
    return copy_good(tmp_path / "knowledge")


def told(folder: Path) -> list[tuple[str, str]]:
    """File and rule of every error that stands in the way."""
    return [(p.path, p.rule) for p in check_knowledge(folder, TODAY, with_advice=False).problems]


@pytest.mark.parametrize("name", ["nowhere", "empty", "a-file"])
def test_where_there_is_no_knowledge_the_mend_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-file").write_text("x")
    with pytest.raises(KnowledgeNotFoundError, match="name a folder that holds entries/"):
        load_library(tmp_path / name)


def test_a_folder_with_nothing_but_entries_tells_all_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    assert told(tmp_path) == [
        ("calibration.yaml", "file-missing"),
        ("caveats.yaml", "file-missing"),
        ("entries", "entries-missing"),
        ("groups.yaml", "file-missing"),
        ("sources.yaml", "file-missing"),
    ]


def test_empty_folders_are_no_problem(folder: Path) -> None:
    (folder / "entries" / "saddles").mkdir()
    (folder / "entries" / "tyres" / "old" / "older").mkdir(parents=True)
    assert told(folder) == []


def test_hidden_files_and_folders_are_passed_over(folder: Path) -> None:
    (folder / "entries" / ".DS_Store").write_bytes(b"\0\1")
    (folder / "entries" / "tyres" / ".pump-up-tyres.yaml.swp").write_bytes(b"\0\1")
    (folder / "entries" / ".old" / "tyres").mkdir(parents=True)
    (folder / "entries" / ".old" / "tyres" / "x.yaml").write_text("no: entry\n")
    assert told(folder) == []


def test_a_loop_of_links_is_told_and_not_followed(folder: Path) -> None:
    (folder / "entries" / "tyres" / "loop").symlink_to(folder / "entries", target_is_directory=True)
    (folder / "entries" / "round").symlink_to(folder / "entries" / "round")
    (folder / "entries" / "tyres" / "round.yaml").symlink_to(folder / "entries" / "tyres" / "round.yaml")
    assert told(folder) == [
        ("entries/round", "file-name"),
        ("entries/tyres/loop", "file-place"),
        ("entries/tyres/round.yaml", "file-unreadable"),
    ]


def test_a_linked_group_is_told_rather_than_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "entries" / "brakes").rename(tmp_path / "elsewhere")
    (folder / "entries" / "brakes").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert ("entries/brakes", "file-place") in told(folder)


def test_a_linked_file_is_read(folder: Path, tmp_path: Path) -> None:
    (folder / PUMPS).rename(tmp_path / "elsewhere.yaml")
    (folder / PUMPS).symlink_to(tmp_path / "elsewhere.yaml")
    assert told(folder) == []


def test_a_link_that_leads_nowhere_is_told(folder: Path) -> None:
    (folder / "entries" / "tyres" / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "never.yaml").unlink()
    (folder / "never.yaml").symlink_to("nowhere.yaml")
    assert told(folder) == [("entries/tyres/gone.yaml", "file-missing"), ("never.yaml", "file-missing")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "entries" / "tyres" / "pipe.yaml")
    assert told(folder) == [("entries/tyres/pipe.yaml", "file-unreadable")]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless file here")
def test_an_endless_file_is_not_read_to_its_end(folder: Path) -> None:
    (folder / "entries" / "tyres" / "zero.yaml").symlink_to("/dev/zero")
    assert told(folder) == [("entries/tyres/zero.yaml", "file-unreadable")]


def test_a_huge_file_is_told_and_only_its_start_is_read(folder: Path) -> None:
    with (folder / "sources.yaml").open("ab") as file:
        file.truncate(3_000_000_000)  # a file with a hole takes no room on the disk
    assert told(folder) == [("sources.yaml", "yaml-too-large")]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so a test that runs as root lays that down for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="there are no users of this kind here")
def test_what_may_not_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = copy_good(Path(place) / "knowledge")
        (folder / PUMPS).chmod(0)
        (folder / "entries" / "brakes").chmod(0)
        with as_nobody():
            unreadable = told(folder)
        (folder / "entries" / "brakes").chmod(0o755)
    assert unreadable[:2] == [("entries/brakes", "file-unreadable"), (PUMPS, "file-unreadable")]


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="there are no users of this kind here")
def test_a_folder_that_may_not_be_entered_holds_no_knowledge() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = copy_good(Path(place) / "knowledge")
        Path(place).chmod(0)
        with as_nobody(), pytest.raises(KnowledgeNotFoundError):
            load_library(folder)
        Path(place).chmod(0o755)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("Gh-290.yaml", "rename it to gh-290.yaml"),
        ("gh_290.yaml", "rename it to gh-290.yaml"),
        ("gh 290 .yaml", "rename it to gh-290.yaml"),
        ("gh-290.yml", "rename it to gh-290.yaml"),
        ("gh-290.YAML", "rename it to gh-290.yaml"),
        ("gh-290.yaml~", "move it out of entries/, or name it like gh-290.yaml"),
        ("gh-290.yaml.orig", "move it out of entries/, or name it like gh-290-yaml.yaml"),
        ("größe.yaml", "rename it to gr-e.yaml"),
        ("-.yaml", "rename it to gh-290-times.yaml"),
        ("README.md", "move it out of entries/, or name it like readme.yaml"),
        ("gh-290", "move it out of entries/, or name it like gh-290.yaml"),
        ("a\nb\x1b[2J.yaml", "rename it to a-b-2j.yaml"),
        ("٣.yaml", "rename it to gh-290-times.yaml"),
    ],
)
def test_a_name_that_is_no_id_comes_with_one_that_is(name: str, mend: str, folder: Path) -> None:
    (folder / "entries" / "tyres" / name).write_text("question: x\n")
    problem = only(folder)
    assert (problem.rule, problem.mend) == ("file-name", mend)
    assert problem.path.isprintable() and problem.message.isprintable()


def only(folder: Path) -> Problem:
    """The one error of the folder."""
    (problem,) = check_knowledge(folder, TODAY, with_advice=False).problems
    return problem


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names that are not text")
def test_names_that_are_no_text_can_be_told(folder: Path) -> None:
    os.mkdir(os.fsencode(folder / "entries") + b"/t\xff")  # noqa: PTH102 - pathlib cannot name it
    (folder / "groups.yaml").unlink()
    place = os.fsencode(folder / "entries") + b"/t\xff/x.yaml"
    with open(place, "wb") as file:  # noqa: PTH123 - pathlib cannot name it
        file.write(b"question: x\n")

    assert told(folder) == [("entries/t\ufffd/x.yaml", "group-unknown"), ("groups.yaml", "file-missing")]


def test_two_entries_that_differ_in_case_only_are_told(folder: Path) -> None:
    if (folder / PUMPS.upper()).exists():
        pytest.skip("this file system knows no case: the two would be one file")
    (folder / "entries" / "tyres" / "Pump-Up-Tyres.yaml").write_bytes((folder / PUMPS).read_bytes())
    assert told(folder) == [("entries/tyres/Pump-Up-Tyres.yaml", "file-name")]


def test_an_entry_that_lies_wrong_can_still_be_referred_to(folder: Path) -> None:
    (folder / "entries" / "brakes" / "squealing-brakes.yaml").rename(
        folder / "entries" / "squealing-brakes.yaml"
    )
    assert told(folder) == [("entries/squealing-brakes.yaml", "file-place")]


def test_the_longest_name_is_read(folder: Path) -> None:
    text = (folder / PUMPS).read_text("utf-8").replace("  - squealing-brakes\n", "  - pump-up-tyres\n")
    (folder / PUMPS).rename(folder / "entries" / "tyres" / f"{'x' * limits.SLUG}.yaml")
    (folder / "entries" / "tyres" / f"{'x' * limits.SLUG}.yaml").write_text(text, "utf-8")
    assert told(folder) == [(f"entries/tyres/{'x' * limits.SLUG}.yaml", "related-unknown")]


# ---- what comes of it


def test_the_version_changes_with_every_byte_that_is_read(folder: Path) -> None:
    before = load_library(folder).draft.version
    assert load_library(GOOD).draft.version == before
    with (folder / "groups.yaml").open("a") as file:
        file.write("# a note\n")
    assert load_library(folder).draft.version != before


def test_an_entrys_version_changes_with_what_members_see_and_with_nothing_else(folder: Path) -> None:
    def version() -> str:
        return load_library(folder).draft.entries["pump-up-tyres"].version

    before, text = version(), (folder / PUMPS).read_text("utf-8")
    (folder / PUMPS).write_text(
        text.replace("  - how often do tyres need air\n", "  - tyre air, how often\n"), "utf-8"
    )
    assert version() == before
    (folder / PUMPS).write_text(text.replace("once a week", "twice a week"), "utf-8")
    assert version() != before


def test_errors_keep_the_library_back_and_the_draft_holds_what_could_be_read(folder: Path) -> None:
    (folder / PUMPS).write_text("question: x\n", "utf-8")
    loaded = load_library(folder)
    assert loaded.library is None
    assert not loaded.is_whole
    assert list(loaded.draft.entries) == ["squealing-brakes"]
    assert all(problem.severity is Severity.ERROR for problem in loaded.problems)


def test_a_library_without_a_live_entry_may_be_checked(folder: Path) -> None:
    for file in (folder / "entries").rglob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("status: live", "status: draft"), "utf-8")
    live = check_knowledge(folder, TODAY).live
    assert live is not None
    assert live.library.live == ()
    assert {entry.status for entry in live.library.entries.values()} == {Status.DRAFT}


def test_a_retired_entry_may_leave_its_questions_to_another(folder: Path) -> None:
    text = (folder / PUMPS).read_text("utf-8")
    (folder / "entries" / "tyres" / "air.yaml").write_text(text, "utf-8")
    assert {rule for _, rule in told(folder)} == {"question-duplicate", "phrasing-duplicate"}
    (folder / PUMPS).write_text(text.replace("status: live", "status: retired"), "utf-8")
    assert told(folder) == []
