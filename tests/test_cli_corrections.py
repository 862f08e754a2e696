"""`caveat corrections`: the public record, newest first, for people and for programs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.core.entry import Status
from bot.knowledge.served import Served
from bot.opening import SERVED
from tests.make import a_correction, a_knowledge_folder, an_entry


def corrections(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["corrections", *words], prog_name="caveat")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three corrections of answers that are or were live, and one of a draft."""
    first, second = a_correction(date(2026, 1, 4), "One hole."), a_correction(date(2026, 3, 2), "Two holes.")
    return a_knowledge_folder(
        tmp_path / "knowledge",
        an_entry("holes", corrections=(first, second)),
        an_entry("saucers", corrections=(a_correction(date(2026, 2, 1), "None."),), status=Status.RETIRED),
        an_entry("gravel", corrections=(a_correction(date(2026, 4, 1), "Never."),), status=Status.DRAFT),
    )


def test_they_are_listed_newest_first_with_what_was_withdrawn(folder: Path) -> None:
    lines = corrections(str(folder)).stdout.splitlines()
    assert lines == [
        "2026-03-02  What is there to know of holes?  [holes]",
        "    Two holes.",
        "2026-02-01  What is there to know of saucers?  [saucers, withdrawn]",
        "    None.",
        "2026-01-04  What is there to know of holes?  [holes]",
        "    One hole.",
    ]


def test_a_limit_says_how_many_more_there_are(folder: Path) -> None:
    told = corrections(str(folder), "--limit", "1").stdout
    assert "Two holes." in told
    assert "One hole." not in told
    assert "There are 2 more" in told


def test_programs_get_every_field(folder: Path) -> None:
    found = json.loads(corrections(str(folder), "--json").stdout)
    assert [each["on"] for each in found] == ["2026-03-02", "2026-02-01", "2026-01-04"]
    assert found[1] == {
        "on": "2026-02-01",
        "entry": "saucers",
        "question": "What is there to know of saucers?",
        "changed": "None.",
        "status": "retired",
    }


def test_no_correction_is_said_and_is_an_empty_array(tmp_path: Path) -> None:
    folder = a_knowledge_folder(tmp_path / "knowledge", an_entry("holes"))
    assert corrections(str(folder)).stdout == "No answer has been corrected so far.\n"
    assert json.loads(corrections(str(folder), "--json").stdout) == []


def test_what_was_merged_and_is_served_comes_before_the_folder_of_the_settings(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = Served(tmp_path / "data" / SERVED)
    fixed = an_entry("holes", corrections=(a_correction(date(2026, 5, 5), "Merged meanwhile."),))
    a_knowledge_folder(served.copy_of("a" * 40), fixed)
    served.switch("a" * 40)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert "Merged meanwhile." not in corrections().stdout, "without a remote nothing is fetched"
    monkeypatch.setenv("KNOWLEDGE_REMOTE", str(tmp_path / "forge.git"))
    assert "Merged meanwhile." in corrections().stdout
    assert "Two holes." in corrections(str(folder)).stdout, "a folder that is named is read"
    monkeypatch.setenv("KNOWLEDGE_FETCH_SECONDS", "0")
    assert "Two holes." in corrections().stdout


def test_a_folder_without_knowledge_is_told_with_its_mend(tmp_path: Path) -> None:
    ran = corrections(str(tmp_path))
    assert ran.exit_code == 2
    assert "there is no knowledge in" in ran.stderr
