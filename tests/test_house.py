"""The house is tested: what the papers say of commands and settings is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import __version__
from bot.cli.main import VERBS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
SETTINGS = {name.upper(): field.default for name, field in Settings.model_fields.items()}


def shown(default: object) -> str:
    """A default as .env writes it."""
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_stands_in_the_readme(verb: str) -> None:
    assert re.search(rf"^\| `caveat {verb}` \| \S", README, re.MULTILINE)


def test_the_readme_names_no_command_that_there_is_not() -> None:
    named = set(re.findall(r"`caveat ([a-z]+)[^`]*`", README)) | set(
        re.findall(r"^(?:\S*/)?caveat ([a-z]+)", README, re.MULTILINE)
    )
    assert named - set(VERBS) == set()


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_stands_in_the_example_with_its_default_and_a_word_on_it(name: str) -> None:
    found = re.search(rf"^# .+\n(?:# .+\n)*{name}=(.*)$", EXAMPLE, re.MULTILINE)
    assert found is not None, f"{name} is not in .env.example, or has no comment above it"
    assert found[1] == shown(SETTINGS[name])


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| \S", README, re.MULTILINE)


def test_the_example_sets_nothing_that_is_no_setting() -> None:
    assert set(re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == set(SETTINGS)


def test_every_link_of_the_papers_leads_to_a_file() -> None:
    for paper in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", paper.read_text("utf-8")):
            assert (paper.parent / target).exists(), f"{paper.name} links to {target}"


def test_the_changelog_speaks_of_this_version_or_of_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## Unreleased" in changelog or f"## {__version__}" in changelog
