"""`caveat review`: the queue of a real database, a real repository and a bare remote, without Discord."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.core.outcome import Reason
from bot.journeys.gather import Gatherer
from bot.journeys.pseudonyms import Pseudonyms
from bot.matching.engine import PLAIN
from bot.matching.normalise import normalise
from bot.store.records import Feedback, FeedbackKind, Place
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.git_places import git
from tests.make_changes import a_forge, a_knowledge_repository
from tests.make_kept import NOON, a_kept

FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")
YUCCA = "which pot suits a big yucca"
CHRISTMAS = "does my cactus drink anything at christmas"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database, and settings that name it, a knowledge repository and its bare remote."""
    source = a_knowledge_repository(tmp_path / "source")
    forge = a_forge(source)
    monkeypatch.chdir(tmp_path)
    settings = {
        "MATCHER": "light",
        "CACHE_DIR": tmp_path / "cache",
        "DATA_DIR": tmp_path / "data",
        "KNOWLEDGE_DIR": source / "knowledge",
        "KNOWLEDGE_REMOTE": forge,
        "DATABASE_URL": sqlite_url(tmp_path),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    return sqlite_url(tmp_path)


def in_store(address: str, act: Callable[[Store], Awaitable[Any]]) -> Any:
    """What something does with the open store."""

    async def opened() -> Any:
        store = await Store.open(address)
        try:
            return await act(store)
        finally:
            await store.close()

    return asyncio.run(opened())


def asked(address: str, tmp_path: Path, *words: str) -> None:
    """Each is asked by a member of their own, and gathered as it is by the bot."""

    async def ask(store: Store) -> None:
        gatherer = Gatherer(store, Pseudonyms(tmp_path / "data"))
        for user_id, text in enumerate(words, start=1):
            kept = a_kept(text, key=normalise(text))
            question = await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, NOON)
            await gatherer.asked(question, user_id, PLAIN, NOON)
            await store.add_waiter(question, user_id, NOON)

    in_store(address, ask)


def review(*words: str) -> Result:
    """What a verb of `caveat review` does."""
    return CliRunner().invoke(caveat, ["review", *words], prog_name="caveat")


def told(*words: str) -> str:
    """The same, where it must go well: what it prints."""
    done = review(*words)
    assert done.exit_code == 0, done.output
    return done.output


def plain(*words: str) -> Any:
    """What it prints as JSON."""
    done = review(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_confirm_tells_everybody_who_waits_and_only_once(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, *FERNS)
    done = told("confirm", "1", "--entry", "cactus-in-winter", "--anyway", "--as", "Ada")
    assert "the bot tells the 3 members who wait" in done
    assert plain("list") == []
    deliveries = in_store(address, lambda store: store.outbox.rows())
    assert sorted(row["user_id"] for row in deliveries) == [1, 2, 3]
    assert review("confirm", "1", "--entry", "cactus-in-winter").exit_code == 1
    assert [action["action"] for action in plain("history", "1")] == ["resolve"]


def test_what_the_search_does_not_find_is_confirmed_only_anyway(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    done = review("confirm", "1", "--entry", "cactus-in-winter")
    assert done.exit_code == 1
    assert "answers the questions of cluster 1 with no entry, not with cactus-in-winter" in done.stderr
    assert "caveat review add-phrasing 1 cactus-in-winter" in done.stderr
    assert "--anyway" in done.stderr
    assert plain("list")[0]["status"] == "open"
    assert in_store(address, lambda store: store.outbox.rows()) == []


def test_what_the_search_finds_is_confirmed_and_no_other(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, "Is a lily poisonous to a cat?")
    done = review("confirm", "1", "--entry", "cactus-in-winter")
    assert (done.exit_code, "with lily-and-cats, not with cactus-in-winter" in done.stderr) == (1, True)
    assert "is resolved with lily-and-cats" in told("confirm", "1").replace("`", "")
    assert "cannot be taken back" in told("confirm", "--help")


def test_a_draft_stands_on_a_branch_and_nothing_else_is_touched(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, *FERNS)
    words = ("--question", "Do ferns dream?", "--answer", "No. They have no brain.")
    drafted = told("new-entry", "1", *words, "--level", "likely", "--group", "trouble", "--as", "Ada")
    assert "at the remote" in drafted
    (change,) = plain("show", "1")["changes"]
    forge = tmp_path / "forge" / "knowledge.git"
    assert git(forge, "log", "-1", "--format=%an", change["branch"]) == "Ada"
    path = f"knowledge/entries/trouble/{change['entry']}.yaml"
    assert "status: draft" in git(forge, "show", f"{change['branch']}:{path}")
    assert git(forge, "diff", "--name-only", f"main...{change['branch']}") == path


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("--level", "likely", "--group", "trouble"), 'give --question "WORDS"'),
        (("--question", " ", "--level", "likely", "--group", "trouble"), "git does not forget"),
        (("--question", "Why?", "--level", "likly", "--group", "trouble"), 'did you mean "likely"?'),
        (("--question", "Why?", "--level", "likely", "--group", "pots"), "the groups: "),
    ],
)
def test_a_draft_needs_words_a_level_and_a_group(
    address: str, tmp_path: Path, words: tuple[str, ...], mend: str
) -> None:
    asked(address, tmp_path, YUCCA)
    done = review("new-entry", "1", *words)
    assert (done.exit_code, mend in done.stderr) == (2, True), done.stderr
    assert plain("show", "1")["changes"] == []


# ------------------------------------------------------------------ one by one


def test_an_empty_queue_is_good_news(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path)
    assert "The queue is empty" in told("list")
    assert plain("list") == []


def test_most_askers_come_first_and_there_is_more(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA, *FERNS)
    assert [cluster["size"] for cluster in plain("list")] == [3, 1]
    assert "1 more" in told("list", "--limit", "1")


def test_what_was_never_gathered_is_gathered_first(address: str) -> None:
    async def ask(store: Store) -> None:
        for text in FERNS:
            await store.log_unanswered(a_kept(text, key=normalise(text)), Reason.UNSURE, NOON)
        said = Feedback(FeedbackKind.WRONG, Place(1, 2), "lily-and-cats", "0a1b2c3d", "v", None, "no!")
        await store.log_feedback(said, NOON)

    in_store(address, ask)
    found = {cluster["kind"]: cluster for cluster in plain("list")}
    assert found["question"]["size"] == 3
    shown = told("show", str(found["dispute"]["number"]))
    assert "lily-and-cats" in shown
    assert "no!" in shown


def test_dismiss_undo_and_history(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    assert "is dismissed: spam" in told("dismiss", "1", "spam", "--as", "Ada")
    assert plain("list") == []
    (dismissed,) = plain("list", "--view", "dismissed")
    assert dismissed["dismissed"] == "spam"
    (action,) = plain("history")
    assert (action["moderator"], action["note"]) == ("Ada", "spam")
    assert "is as it was" in told("undo", str(action["id"]))
    assert [cluster["number"] for cluster in plain("list")] == [1]
    again = review("undo", str(action["id"]))
    assert (again.exit_code, "cannot be taken back" in again.output) == (1, True)
    assert "(taken back)" in told("history")
    assert review("undo", "999").exit_code == 2


def test_only_what_was_said_to_be_wrong_can_be_settled(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    ran = review("dismiss", "1", "settled")
    assert ran.exit_code == 1
    assert "name one of off-topic, not-answerable, unsafe, spam" in ran.output
    assert [cluster["number"] for cluster in plain("list")] == [1]


def test_snooze_and_assign(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    told("assign", "1", "Ada")
    assert plain("show", "1")["assigned"] == "Ada"
    told("assign", "1")
    assert plain("show", "1")["assigned"] is None
    told("snooze", "1", "--days", "3")
    assert plain("list") == []
    assert len(plain("list", "--view", "snoozed")) == 1


def test_split_and_merge_and_the_old_number_leads_on(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, *FERNS)
    ids = [question["id"] for question in plain("show", "1")["questions"]]
    told("split", "1", str(ids[0]))
    assert sorted(cluster["size"] for cluster in plain("list")) == [1, 2]
    refused = review("split", "1", "999")
    assert refused.exit_code == 1
    told("merge", "2", "1")
    done = review("show", "2", "--json")
    assert json.loads(done.stdout)["number"] == 1
    assert review("merge", "1", "1").exit_code == 1


def test_a_phrasing_and_a_decoy_are_proposed_and_withdrawn(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    assert "at the remote" in told("add-phrasing", "1", "cactus-in-winter", CHRISTMAS)
    told("decoy", "1", "cactus-in-winter", "may a cactus be pruned in winter")
    first, second = plain("show", "1")["changes"]
    assert (first["kind"], second["kind"]) == ("phrasing", "decoy")
    assert first["branch"] == second["branch"]
    assert "phrasing for cactus-in-winter proposed, decoy for cactus-in-winter proposed" in told("list")
    for action in plain("history"):
        refused = review("undo", str(action["id"]))
        assert refused.exit_code == 1
        assert f"caveat review withdraw {action['change']}" in refused.stderr
    assert "are withdrawn" in told("withdraw", str(first["id"]))
    assert plain("show", "1")["changes"] == []
    assert review("withdraw", str(first["id"])).exit_code == 1
    assert review("withdraw", "999").exit_code == 2


def test_without_a_remote_the_file_and_the_patch_are_written(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KNOWLEDGE_REMOTE")
    asked(address, tmp_path, YUCCA)
    done = told("add-phrasing", "1", "cactus-in-winter", CHRISTMAS, "--output", str(tmp_path / "out"))
    patch = tmp_path / "out" / "cactus-in-winter.patch"
    assert f"Next, in your working copy of the knowledge: git am {patch}" in done
    (change,) = plain("show", "1")["changes"]
    (clone,) = re.findall(rf"The clone with the branch {change['branch']}: (.+)", done)
    assert git(Path(clone), "branch", "--list", change["branch"]) != ""
    git(tmp_path / "source", "am", str(patch))
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"cactus-in-winter.yaml", "cactus-in-winter.patch"}
    assert CHRISTMAS in (tmp_path / "out" / "cactus-in-winter.yaml").read_text("utf-8")


def test_words_that_tell_who_asked_are_refused_with_the_mend(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    done = review("add-phrasing", "1", "cactus-in-winter", "write me at fern@example.org")
    assert done.exit_code == 1
    assert "[e-mail]" in done.output


def test_of_two_who_saw_the_same_one_is_told(address: str, tmp_path: Path) -> None:
    asked(address, tmp_path, YUCCA)
    told("assign", "1", "Ada", "--revision", "1")
    for words in (
        ("dismiss", "1", "spam"),
        ("snooze", "1"),
        ("add-phrasing", "1", "cactus-in-winter", CHRISTMAS),
    ):
        done = review(*words, "--revision", "1")
        assert done.exit_code == 1, words
        assert "meanwhile" in done.output
    assert plain("show", "1")["revision"] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("show", "99"),
        ("dismiss", "99", "spam"),
        ("snooze", "99"),
        ("assign", "99", "Ada"),
        ("merge", "99", "1"),
        ("split", "99", "1"),
        ("confirm", "99", "--entry", "cactus-in-winter"),
        ("confirm", "1"),
        ("add-phrasing", "99", "cactus-in-winter", "words"),
        ("add-phrasing", "1", "catcus-in-wintr", "words"),
    ],
)
def test_what_there_is_not_is_told_with_the_mend(
    address: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    asked(address, tmp_path, YUCCA)
    done = review(*words)
    assert done.exit_code == 2
    assert "caveat: " in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "words", [("show", "0"), ("show", "x"), ("dismiss", "1", "bored"), ("snooze", "1", "--days", "0")]
)
def test_what_cannot_be_meant_is_refused(address: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    asked(address, tmp_path, YUCCA)
    assert review(*words).exit_code == 2
