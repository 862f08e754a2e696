"""A folder read again and again: what an edit costs, what stops it, and which tests are asked again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.library import Library
from bot.journeys import retest
from bot.journeys.entry_tests import StoppedError, entry_tests
from bot.journeys.live import Live
from bot.journeys.reload import Keeper
from bot.knowledge.load import KnowledgeNotFoundError, load_library
from bot.matching.engine import PLAIN, Engine
from tests.engines import the_engine
from tests.make import KNOWLEDGE

SHIPPED = Path(__file__).resolve().parent.parent / "knowledge"
CACTUS = "entries/watering/cactus-in-winter.yaml"
LILY = "entries/trouble/lily-and-cats.yaml"
ITS_TEST = "how often should a cactus be watered in the winter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that may be edited."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


def a_keeper(folder: Path, engine: Engine = PLAIN) -> Keeper:
    return Keeper(folder, folder.parent / "passed", lambda _: engine)


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def goes_on() -> bool:
    return True


def first(keeper: Keeper) -> Live:
    """The first reading, which must be in order."""
    live = keeper.read(None).live
    assert live is not None
    return live


# ------------------------------------------------------------------ what an edit costs


def test_nothing_edited_gives_the_very_same(folder: Path) -> None:
    keeper = a_keeper(folder)
    live = first(keeper)
    assert keeper.read(live).live is live


def test_an_edited_answer_keeps_the_index_and_an_edited_phrasing_does_not(folder: Path) -> None:
    keeper = a_keeper(folder)
    before = first(keeper)
    edit(folder, CACTUS, "About once a month", "Roughly once a month")
    answered = keeper.read(before).live
    assert answered is not None
    assert answered.matcher.index is before.matcher.index
    assert answered.library.entries["cactus-in-winter"].answer.startswith("Roughly")
    edit(folder, CACTUS, "  - watering schedule for cacti", "  - a watering plan for cacti")
    phrased = keeper.read(answered).live
    assert phrased is not None
    assert phrased.matcher.index is not before.matcher.index
    found = phrased.matcher.match("a watering plan for cacti during the cold months")
    assert (found[0].entry_id, found[0].confidence) == ("cactus-in-winter", 1.0)


def test_thresholds_that_are_edited_hold_at_once_and_the_index_stays(folder: Path) -> None:
    keeper = a_keeper(folder)
    before = first(keeper)
    edit(folder, "calibration.yaml", "suggest: 0.2", "suggest: 0.9")
    after = keeper.read(before).live
    assert after is not None
    assert after.matcher.thresholds.suggest == 0.9
    assert after.matcher.index is before.matcher.index


# ------------------------------------------------------------------ what keeps it from going live


def test_an_error_gives_its_place_and_mended_it_goes_live(folder: Path) -> None:
    keeper = a_keeper(folder)
    before = first(keeper)
    edit(folder, CACTUS, "caveat: likely", "caveat: likly")
    broken = keeper.read(before)
    assert broken.live is None
    assert [(p.path, p.line, p.rule) for p in broken.problems] == [(CACTUS, 3, "caveat-unknown")]
    edit(folder, CACTUS, "caveat: likly", "caveat: likely")
    assert keeper.read(before).live is before


def test_a_folder_that_is_gone_is_told_and_one_that_never_was_is_an_error(
    folder: Path, tmp_path: Path
) -> None:
    keeper = a_keeper(folder)
    before = first(keeper)
    folder.rename(tmp_path / "away")
    gone = keeper.read(before)
    assert gone.live is None
    assert [problem.rule for problem in gone.problems] == ["entries-missing"]
    with pytest.raises(KnowledgeNotFoundError):
        a_keeper(folder).read(None)
    (tmp_path / "away").rename(folder)
    assert keeper.read(before).live is before


def test_a_model_that_broke_meanwhile_does_not_take_the_place_of_the_one_that_runs(folder: Path) -> None:
    engines = [PLAIN, replace(PLAIN, warning="the model is broken")]
    keeper = Keeper(folder, folder.parent / "passed", lambda _: engines[0])
    before = first(keeper)
    keeper = Keeper(folder, folder.parent / "passed", lambda _: engines[1])
    read = keeper.read(replace_warning(before))
    assert read.live is None
    assert [problem.message for problem in read.problems] == ["the model is broken"]


def replace_warning(live: Live) -> Live:
    """The same, on an engine without a warning."""
    return Live.of(live.library, replace(PLAIN, warning=None))


# ------------------------------------------------------------------ with the entries' tests


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The default engine, as it is set up."""
    return the_engine("default")


def test_a_test_that_another_entry_takes_over_keeps_the_edit_from_going_live(
    folder: Path, engine: Engine
) -> None:
    keeper = a_keeper(folder, engine)
    before = first(keeper)
    assert keeper.is_to_verify(before)
    assert keeper.verify(before, goes_on) == ()
    assert not keeper.is_to_verify(before)
    edit(folder, LILY, "phrasings:\n", f"phrasings:\n  - {ITS_TEST}\n")
    read = keeper.read(before)
    assert read.live is None
    told = {(problem.rule, problem.path) for problem in read.problems}
    assert told & {("test-fails", CACTUS), ("phrasing-confused", LILY)}, read.problems


def test_knowledge_without_any_test_is_edited_like_any_other(folder: Path, engine: Engine) -> None:
    (folder / "never.yaml").unlink()
    for file in folder.rglob("entries/*/*.yaml"):
        text = file.read_text("utf-8").partition("\ntests:")[0]
        file.write_text(f"{text}\ntests:\n  match: []\n  no_match: []\n", "utf-8")
    keeper = a_keeper(folder, engine)
    before = first(keeper)
    assert keeper.verify(before, goes_on) == ()
    edit(folder, CACTUS, "phrasings:\n", "phrasings:\n  - may a cactus drink at a party\n")
    read = keeper.read(before)
    assert read.problems == ()
    assert read.live is not None
    assert read.live.matcher.match("may a cactus drink at a party")[0].entry_id == "cactus-in-winter"


@pytest.mark.parametrize("lost", ["removed", "emptied"])
def test_a_safety_list_that_was_live_is_not_lost_by_an_edit(folder: Path, lost: str) -> None:
    keeper = a_keeper(folder)
    before = first(keeper)
    assert before.library.never
    never = folder / "never.yaml"
    kept = never.read_text("utf-8")
    if lost == "removed":
        never.unlink()
    else:
        never.write_text("{}\n", "utf-8")

    read = keeper.read(before)

    assert read.live is None
    assert [(problem.rule, problem.path) for problem in read.problems] == [("file-missing", "never.yaml")]
    assert keeper.read(None).live is not None, "who never had one may do without"
    never.write_text(kept, "utf-8")
    assert keeper.read(before).live is before


def test_it_is_given_up_when_the_bot_ends(folder: Path, engine: Engine) -> None:
    keeper = a_keeper(folder, engine)
    before = first(keeper)
    for mark in (folder.parent / "passed").iterdir():
        mark.unlink()
    with pytest.raises(StoppedError):
        keeper.verify(before, lambda: False)


@pytest.mark.parametrize("number", [7, 40])
def test_every_test_whose_outcome_an_edit_changes_is_asked_again(number: int) -> None:
    """Asking them all, before and after, is the oracle."""
    library = load_library(SHIPPED).library
    assert library is not None
    old = Live.of(library, PLAIN)
    book = retest.book_of(old, retest.Memory(PLAIN), goes_on)
    new = Live.of(with_fewer_phrasings(library, number), PLAIN)
    assert len(retest.changed_entries(old.library, new.library)) == 1
    tests = entry_tests(new.library)
    questions = [test.question for test in tests]
    pairs = zip(old.matcher.respond_many(questions), new.matcher.respond_many(questions), strict=True)
    differs = {
        test.question for test, (one, other) in zip(tests, pairs, strict=True) if type(one) is not type(other)
    }
    asked = {test.question for test in retest.tests_to_ask(book, new)}
    assert differs <= asked
    assert len(asked) < len(questions)


def with_fewer_phrasings(library: Library, number: int) -> Library:
    """The library after every second phrasing of one entry was taken out."""
    entry = library.live[number]
    entries = {**library.entries, entry.id: replace(entry, phrasings=entry.phrasings[::2])}
    return replace(library, entries=entries, version="edited")
