"""`caveat check --against REV`: an answer that changed in substance carries its correction."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.core.entry import Entry, Status
from tests.git_places import a_working_copy, git
from tests.make import a_claim, a_correction, a_knowledge_folder, an_entry

DAY = date(2026, 1, 9)
OLD = an_entry("holes", caveat="likely", answer="A pot needs one hole. Water runs off.", claims=(a_claim(),))


@pytest.fixture(autouse=True)
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed needs no search."""
    monkeypatch.setenv("MATCHER", "light")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder in a repository, with one commit, tagged `published`."""
    copy = a_working_copy(tmp_path / "copy", {"README.md": "Ours.\n"})
    a_knowledge_folder(copy / "knowledge", OLD)
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message=Publish")
    git(copy, "tag", "published")
    return copy / "knowledge"


def edited(folder: Path, entry: Entry) -> None:
    """The entry as somebody has just saved it."""
    a_knowledge_folder(folder, entry)


def check(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(caveat, ["check", str(folder), *words], prog_name="caveat")


def rules(folder: Path) -> list[str]:
    """The rules of what is told about corrections, against the published state."""
    told = json.loads(check(folder, "--against", "published", "--format", "json").stdout)
    return [p["rule"] for p in told["problems"] if p["rule"].startswith("correction-")]


def new(**changes: object) -> Entry:
    """The published entry, changed."""
    return an_entry("holes", **{"caveat": "likely", "answer": OLD.answer, "claims": OLD.claims, **changes})


def test_an_answer_that_says_something_else_without_a_correction_fails(folder: Path) -> None:
    edited(folder, new(answer="A pot needs two holes. Water runs off."))

    ran = check(folder, "--against", "published")

    assert ran.exit_code == 1
    assert 'was "A pot needs one hole. Water runs off." and is "A pot needs two holes.' in ran.stdout
    assert "[correction-missing]" in ran.stdout
    assert "add to `corrections`" in ran.stdout
    assert check(folder).exit_code == 0


def test_with_its_correction_it_passes(folder: Path) -> None:
    edited(folder, new(answer="A pot needs two holes.", corrections=(a_correction(DAY, "It is two."),)))

    assert rules(folder) == []
    assert check(folder, "--against", "published").exit_code == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"caveat": "disputed"},
        {"professional_first": True},
        {"urgent": "Call a gardener at once."},
        {"claims": (a_claim(verdict="unsupported"),)},
        {"claims": ()},
    ],
)
def test_level_urgency_and_verdicts_are_substance(folder: Path, changes: dict[str, object]) -> None:
    edited(folder, new(**changes))
    assert rules(folder) == ["correction-missing"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"answer": "A **pot** needs one hole!  Water runs off"},
        {"details": "**The trial.** Another story."},
        {"phrasings": ("how many holes has a pot",)},
        {"claims": (a_claim(), a_claim("T2"))},
        {"status": Status.RETIRED},
    ],
)
def test_what_members_rely_on_did_not_change_by(folder: Path, changes: dict[str, object]) -> None:
    edited(folder, new(**changes))
    assert rules(folder) == []


def test_a_mended_typo_is_only_pointed_at(folder: Path) -> None:
    edited(folder, new(answer="A pot needs one hole. Wather runs off."))
    assert rules(folder) == ["correction-perhaps"]
    assert check(folder, "--against", "published").exit_code == 0


def test_an_entry_that_was_no_answer_before_needs_none(folder: Path) -> None:
    a_knowledge_folder(folder, OLD, an_entry("saucers"))
    assert rules(folder) == []


def test_a_revision_that_there_is_not_is_told_with_its_mend(folder: Path) -> None:
    ran = check(folder, "--against", "last-year")
    assert ran.exit_code == 2
    assert '"last-year" is no revision of this repository: name a commit' in ran.stderr


def test_a_folder_outside_of_git_is_told_with_its_mend(tmp_path: Path) -> None:
    ran = check(a_knowledge_folder(tmp_path / "plain", OLD), "--against", "HEAD")
    assert ran.exit_code == 2
    assert "lies in no git repository; give a folder that is kept in git" in ran.stderr


def test_a_revision_without_knowledge_is_told(folder: Path) -> None:
    ran = check(folder, "--against", "published~1")
    assert ran.exit_code == 2
    assert 'no knowledge in this folder at "published~1"' in ran.stderr
