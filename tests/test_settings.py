"""Settings: a wrong one is named, with what to write in its place; a whole set of them in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where no .env lies."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("WATCH", "perhaps", "write true or false"),
        ("DIGEST_HOUR", "noon", "write a whole number"),
        ("DIGEST_HOUR", "24", "less than or equal to 23"),
        ("DIGEST", "weekly", "'monday'"),
        ("MATCHER", "best", "'default' or 'light'"),
        ("KNOWLEDGE_BRANCH", "a branch", "write the name of a branch, such as main"),
        ("KNOWLEDGE_BRANCH", "main:refs/heads/other", "write the name of a branch"),
        ("KNOWLEDGE_BRANCH", "--upload-pack=x", "write the name of a branch"),
        ("KNOWLEDGE_FETCH_SECONDS", "-1", "greater than or equal to 0"),
        ("KNOWLEDGE_FORGES", "git.example.org", "write host=kind"),
        ("KNOWLEDGE_REMOTE", "not an address", "write https://host/owner/name.git"),
        ("MODERATORS_CHANNEL", "general", "write a whole number"),
    ],
)
def test_a_wrong_setting_is_named_with_its_mend(
    name: str, value: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert str(told.value).startswith(f"{name}: ")
    assert mend in str(told.value)


def test_all_wrong_ones_are_told_at_once(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("WATCH=perhaps\nDIGEST_HOUR=noon\n", encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert sorted(line.split(":")[0] for line in str(told.value).splitlines()) == ["DIGEST_HOUR", "WATCH"]


def test_a_secret_in_the_address_of_the_remote_is_refused_and_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KNOWLEDGE_REMOTE", "https://robin:sesame-open@git.example.org/garden/plants.git")
    with pytest.raises(SettingsError, match="a file of its own") as told:
        read_settings()
    assert "sesame" not in str(told.value)


def test_a_misspelt_name_in_env_is_told_with_the_name_that_was_meant(empty_folder: Path) -> None:
    (empty_folder / ".env").write_text("KNOWLEGE_DIR=here\nmoderator_channel=1\nDIGEST_HOUR=noon\n", "utf-8")
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert str(told.value).split("\n") == [
        "KNOWLEGE_DIR: .env has no such setting; write KNOWLEDGE_DIR, or take the line out of .env",
        "MODERATOR_CHANNEL: .env has no such setting; write MODERATORS_CHANNEL, or take the line out of .env",
        "DIGEST_HOUR: write a whole number",
    ]


@pytest.mark.parametrize(
    "names", ["POSTGRES_PASSWORD", "DISCORD_TOKEN_OLD", "DISCORD_BOT_TOKEN", "DATABASE_URL\nDATABASE_URI"]
)
def test_other_names_in_env_are_left_alone(empty_folder: Path, names: str) -> None:
    lines = [f"{name}=sqlite+aiosqlite:///x.db" for name in [*names.split("\n")]]
    (empty_folder / ".env").write_text("\n".join([*lines, "MATCHER=light"]), "utf-8")
    assert read_settings().matcher == "light"


def test_an_empty_setting_is_the_default_and_case_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGEST_HOUR", "METRICS_PORT", "KNOWLEDGE_DIR", "WATCH"):
        monkeypatch.setenv(name, "")
    for name, value in (("LOG_LEVEL", "debug"), ("DIGEST", "Monday"), ("MATCHER", "LIGHT")):
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.digest_hour, settings.metrics_port, settings.watch) == (8, None, True)
    assert settings.knowledge_dir == Path("knowledge")
    assert (settings.log_level, settings.digest, settings.matcher) == ("DEBUG", "monday", "light")
    monkeypatch.setenv("KNOWLEDGE_PATH", "")
    assert read_settings().knowledge_path == ""
