"""Gathering: what means the same comes together, keeps its number, and counts askers whom nobody can name."""

from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.outcome import Reason
from bot.journeys.gather import Gatherer
from bot.journeys.pseudonyms import KEY_FILE, KEY_LASTS, Pseudonyms
from bot.matching.engine import PLAIN
from bot.matching.normalise import normalise
from bot.store.cluster_records import Cluster, ClusterKind, ClusterStatus, Dismissal, Done, View
from bot.store.records import Feedback, FeedbackKind, Place
from bot.store.store import Store
from tests.make_changes import ADA
from tests.make_kept import NOON, a_kept, later

pytest_plugins = ["tests.store_fixtures"]
ALICE, BOB, CAROL = 987_654_321_012_345_678, 987_654_321_012_345_679, 987_654_321_012_345_680
FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")


@pytest.fixture
def gatherer(store: Store, tmp_path: Path) -> Gatherer:
    """A gatherer with a key of its own."""
    return Gatherer(store, Pseudonyms(tmp_path))


async def logged(store: Store, words: str, minutes: float = 0) -> int:
    """A question that was not answered."""
    kept = a_kept(words, key=normalise(words))
    return await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, later(minutes))


async def ask(store: Store, gatherer: Gatherer, words: str, user_id: int, minutes: float = 0) -> int:
    """A member asks; the number of the cluster."""
    question = await logged(store, words, minutes)
    number = await gatherer.asked(question, user_id, PLAIN, later(minutes))
    assert number is not None
    return number


async def queue(store: Store) -> list[Cluster]:
    """The queue in its rank."""
    return await store.clusters.page(View.QUEUE, NOON)


async def everything(url: str) -> str:
    """Every row of every table, as text."""
    engine = create_async_engine(url)
    listing = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if engine.dialect.name == "sqlite"
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found: list[str] = []
    async with engine.connect() as connection:
        for name in (await connection.execute(sa.text(listing))).scalars().all():
            rows = await connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))
            found.extend(repr(tuple(row)) for row in rows)
    await engine.dispose()
    return "\n".join(found)


# ------------------------------------------------------------------ together


async def test_three_who_ask_the_same_in_other_words_are_one_cluster_of_three(
    store: Store, gatherer: Gatherer
) -> None:
    numbers = [
        await ask(store, gatherer, words, user)
        for words, user in zip(FERNS, (ALICE, BOB, CAROL), strict=True)
    ]
    assert len(set(numbers)) == 1
    (found,) = await queue(store)
    assert (found.size, found.times, found.askers) == (3, 3, 3)


async def test_what_means_something_else_is_another_cluster(store: Store, gatherer: Gatherer) -> None:
    one = await ask(store, gatherer, FERNS[0], ALICE)
    other = await ask(store, gatherer, "which pot suits a big yucca", ALICE)
    assert one != other


async def test_the_same_words_again_count_up_and_the_same_member_once(
    store: Store, gatherer: Gatherer
) -> None:
    for minutes in range(3):
        await ask(store, gatherer, FERNS[0], ALICE, minutes)
    await ask(store, gatherer, FERNS[0], BOB, 9)
    (found,) = await queue(store)
    assert (found.size, found.times, found.askers, found.last_at) == (1, 4, 2, later(9))


async def test_numbers_stay_when_more_is_asked_and_after_a_restart(
    store: Store, gatherer: Gatherer, tmp_path: Path
) -> None:
    ferns = await ask(store, gatherer, FERNS[0], ALICE)
    yucca = await ask(store, gatherer, "which pot suits a big yucca", ALICE)
    again = Gatherer(store, Pseudonyms(tmp_path))
    assert await ask(store, again, FERNS[1], ALICE) == ferns
    assert await ask(store, again, "a big yucca suits which pot", BOB) == yucca
    by_number = {cluster.id: cluster.askers for cluster in await queue(store)}
    assert by_number == {ferns: 1, yucca: 2}


async def test_what_was_logged_without_being_placed_is_placed_by_the_round(
    store: Store, gatherer: Gatherer
) -> None:
    for words in FERNS:
        await logged(store, words)
    said = Feedback(FeedbackKind.WRONG, Place(1, 2), "lily-and-cats", "0a1b2c3d", "v", None, "no")
    await store.log_feedback(said, NOON)
    done = await gatherer.gather(PLAIN, NOON)
    assert (done.placed, done.disputes, done.is_all) == (3, 1, True)
    assert {cluster.kind for cluster in await queue(store)} == {ClusterKind.QUESTION, ClusterKind.DISPUTE}
    assert (await gatherer.gather(PLAIN, NOON)).placed == 0


async def test_clusters_that_have_grown_alike_are_joined_into_the_lower_number(
    store: Store, gatherer: Gatherer
) -> None:
    first = await ask(store, gatherer, "do ferns dream", ALICE)
    second = await ask(store, gatherer, "yucca pots at night", ALICE)
    assert first != second
    for n in range(4):
        await ask(store, gatherer, f"do ferns dream {'at night ' * (n + 1)}", BOB)
        await gatherer.gather(PLAIN, NOON)
    numbers = [cluster.id for cluster in await queue(store)]
    assert first in numbers
    assert len(numbers) <= 2


async def test_what_a_moderator_had_a_hand_in_is_never_joined_by_itself(
    store: Store, gatherer: Gatherer
) -> None:
    ids = [await logged(store, words) for words in FERNS]
    await gatherer.gather(PLAIN, NOON)
    (found,) = await queue(store)
    outcome = await store.acts.split(found.id, found.revision, ids[2:], ADA, NOON)
    assert isinstance(outcome, Done)
    for _ in range(3):
        await gatherer.gather(PLAIN, NOON)
    assert sorted(cluster.size for cluster in await queue(store)) == [1, 2]


async def test_after_a_split_both_parts_take_in_what_is_asked_next(store: Store, gatherer: Gatherer) -> None:
    ids = [await logged(store, words) for words in FERNS]
    await gatherer.gather(PLAIN, NOON)
    (found,) = await queue(store)
    await store.acts.split(found.id, found.revision, ids[2:], ADA, NOON)
    await gatherer.gather(PLAIN, NOON)
    assert await store.renewing.stale("none", 9) != []
    number = await ask(store, gatherer, "do ferns really dream at night", BOB)
    assert number in {cluster.id for cluster in await queue(store)}
    assert sum(cluster.size for cluster in await queue(store)) == 4


async def test_what_was_dismissed_takes_in_nothing_but_the_same_words(
    store: Store, gatherer: Gatherer
) -> None:
    number = await ask(store, gatherer, FERNS[0], ALICE)
    assert isinstance(await store.acts.dismiss(number, 1, Dismissal.SPAM, ADA, NOON), Done)
    assert await ask(store, gatherer, FERNS[0], BOB) == number
    assert await ask(store, gatherer, FERNS[1], BOB) != number
    dismissed = await store.clusters.cluster(number)
    assert dismissed is not None
    assert (dismissed.status, dismissed.times, dismissed.askers) == (ClusterStatus.DISMISSED, 2, 2)


async def test_the_nearest_clusters_are_told_for_a_merge(store: Store, gatherer: Gatherer) -> None:
    ferns = await ask(store, gatherer, FERNS[0], ALICE)
    far = await ask(store, gatherer, "which pot suits a big yucca", ALICE)
    near = await ask(store, gatherer, "ferns in my bathroom at noon", ALICE)
    assert await gatherer.alike(ferns, PLAIN) == [near, far]
    assert await gatherer.alike(999, PLAIN) == []


async def test_another_model_makes_the_vectors_anew_and_keeps_the_numbers(
    store: Store, gatherer: Gatherer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await ask(store, gatherer, FERNS[0], ALICE)
    monkeypatch.setattr("bot.journeys.gather.meaning_id", lambda engine: "another")
    await gatherer.gather(replace(PLAIN), NOON)
    assert await ask(store, gatherer, FERNS[1], BOB) == number


async def test_many_who_ask_at_once_are_all_placed(store: Store, gatherer: Gatherer, tmp_path: Path) -> None:
    other = Gatherer(store, Pseudonyms(tmp_path))
    words = [f"{FERNS[n % 3]} {'really ' * n}" for n in range(6)] + ["which pot suits a big yucca"] * 4
    numbers = await asyncio.gather(
        *(ask(store, (gatherer, other)[n % 2], each, 100 + n) for n, each in enumerate(words))
    )
    assert len(numbers) == len(words)
    assert await store.placing.waiting(99) == []
    assert sum(cluster.times for cluster in await queue(store)) == len(words)
    assert max(cluster.askers for cluster in await queue(store) if cluster.title.startswith("which")) == 4


# ------------------------------------------------------------------ who asked


async def test_no_user_id_is_stored_anywhere(
    store: Store, gatherer: Gatherer, database_url: str, tmp_path: Path
) -> None:
    await ask(store, gatherer, FERNS[0], ALICE)
    said = Feedback(FeedbackKind.WRONG, Place(1, 2), "lily-and-cats", "0a1b2c3d", "v", None, "no")
    assert await gatherer.disputed(await store.log_feedback(said, NOON), ALICE, NOON) is not None
    kept = await everything(database_url)
    assert "do ferns dream" in kept
    assert str(ALICE) not in kept
    assert str(ALICE) not in (tmp_path / KEY_FILE).read_text()


def test_one_member_is_another_pseudonym_in_each_cluster(tmp_path: Path) -> None:
    pseudonyms = Pseudonyms(tmp_path)
    texts = {pseudonyms.of(user, origin, NOON).text for user in (ALICE, BOB) for origin in (1, 2, 3)}
    assert len(texts) == 6
    assert pseudonyms.of(ALICE, 1, NOON) == Pseudonyms(tmp_path).of(ALICE, 1, NOON)


def test_the_key_is_replaced_after_thirty_days_and_the_old_one_is_nowhere(tmp_path: Path) -> None:
    pseudonyms = Pseudonyms(tmp_path)
    before = pseudonyms.of(ALICE, 1, NOON)
    old = json.loads((tmp_path / KEY_FILE).read_text())["key"]
    assert pseudonyms.of(ALICE, 1, NOON + KEY_LASTS - timedelta(seconds=1)) == before
    after = pseudonyms.of(ALICE, 1, NOON + KEY_LASTS)
    assert (after.epoch != before.epoch, after.text != before.text) == (True, True)
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]
    assert old not in (tmp_path / KEY_FILE).read_text()


def test_nobody_else_may_read_the_key(tmp_path: Path) -> None:
    Pseudonyms(tmp_path / "new").of(ALICE, 1, NOON)
    assert stat.S_IMODE((tmp_path / "new" / KEY_FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"epoch": 1, "key": "zz", "made_at": "x"}',
        "\xff",
        f'{{"epoch": "e", "key": "{"ab" * 32}", "made_at": "2026-11-22T12:00:00"}}',
        f'{{"epoch": "e", "key": "", "made_at": "{NOON.isoformat()}"}}',
    ],
)
def test_a_broken_key_is_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_bytes(content.encode("latin-1"))
    assert len(Pseudonyms(tmp_path).of(ALICE, 1, NOON).text) == 32
    assert len(json.loads((tmp_path / KEY_FILE).read_text())["key"]) == 64


async def test_without_a_place_for_the_key_the_question_is_gathered_all_the_same(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    gatherer = Gatherer(store, Pseudonyms(tmp_path / "file"))
    await ask(store, gatherer, FERNS[0], ALICE)
    gatherer.renew_key(NOON)
    (found,) = await queue(store)
    assert found.askers == 1
