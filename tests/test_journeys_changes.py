"""From a moderator's action to a change set: exact, checked, traceable, and nothing lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.journeys.change_steps import Pause, carry_on, message_of, tend
from bot.journeys.change_words import NewEntry, NotProposed, Why
from bot.journeys.changes import NotOpen, propose_decoy, propose_entry, propose_phrasing, shown, withdraw
from bot.journeys.workbench import Workbench
from bot.knowledge.commits import NOREPLY
from bot.knowledge.load import load_library
from bot.knowledge.repository import Repository
from bot.store.changes import ChangeKind, ChangeStatus, FileChange, NewChange
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.git_places import changed, commit, git
from tests.make_changes import (
    ADA,
    BO,
    CACTUS,
    LILY,
    NEW_DECOY,
    NEW_PHRASING,
    a_bench,
    a_checked_live,
    a_cluster,
    merge,
    proposed,
    the_change,
    withdrawn,
    without_git,
)
from tests.make_kept import NOON, later

BRANCH = "caveat/cluster-cactus-abc123"
LIVE = a_checked_live()
DRAFT = NewEntry(
    question="Do ferns dream at night?",
    level="tentative",
    group="light-and-growth",
    answer="Nobody has measured that so far.",
    sources=("windowsill-2019",),
    phrasings=("what do ferns do in the dark",),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The log's address."""
    return sqlite_url(tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store."""
    opened = await Store.open(url)
    yield opened
    await opened.close()


@pytest.fixture
def bench(store: Store, source: Path, forge: Path, tmp_path: Path) -> Workbench:
    """A workbench whose clone pushes to the bare repository."""
    return a_bench(store, source, tmp_path / "data", remote=str(forge))


def repository_of(bench: Workbench) -> Repository:
    """The clone, where there is git."""
    assert isinstance(bench.repository, Repository)
    return bench.repository


def at(forge: Path, branch: str | None, path: str) -> str:
    """A file of the knowledge as it stands on a branch of the bare repository."""
    return git(forge, "show", f"{branch}:knowledge/{path}")


# ---- what is proposed


async def test_a_phrasing_stands_on_a_branch_of_the_remote(bench: Workbench, forge: Path, url: str) -> None:
    cluster = await a_cluster(url)

    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))

    assert (done.status, done.kind, done.entry_id) == (
        ChangeStatus.PUSHED,
        ChangeKind.PHRASING,
        "cactus-in-winter",
    )
    assert git(forge, "rev-parse", str(done.branch)) == done.commit
    assert git(forge, "diff", "--numstat", "main", str(done.branch)) == f"1\t0\tknowledge/{CACTUS}"
    assert f"\n  - {NEW_PHRASING}\n" in at(forge, done.branch, CACTUS)
    assert done.files == {CACTUS: (at(forge, done.branch, CACTUS) + "\n").encode()}
    assert done.notes == ()


async def test_the_commit_tells_who_for_which_cluster_and_how_many_asked_and_none_of_their_words(
    bench: Workbench, forge: Path, url: str
) -> None:
    cluster = await a_cluster(url, askers=3, times=5)
    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))

    said = git(forge, "log", "-1", "--format=%an|%ae|%B", str(done.branch))

    assert said == (
        f"Ada Lovelace|{NOREPLY}|Add a phrasing to cactus-in-winter (cluster {cluster})\n\n"
        f"Cluster {cluster}: asked 5 times by at least 3 members since 2026-11-19.\n\n"
        f"Caveat-Change: {done.change_id}"
    )


async def test_a_decoy_goes_into_the_decoys(bench: Workbench, forge: Path) -> None:
    done = proposed(await propose_decoy(bench, LIVE, "cactus-in-winter", NEW_DECOY, None, ADA, NOON))

    before, _, after = at(forge, done.branch, CACTUS).partition("decoys:\n")
    assert NEW_DECOY not in before
    assert f"  - {NEW_DECOY}\n" in after


async def test_every_other_byte_of_the_knowledge_stays_as_it_is(
    bench: Workbench, forge: Path, source: Path
) -> None:
    odd = b"# by hand\r\nquestion:   'Quoted'  # and why\r\nphrasings: [ \"a\",   'b' ]\r\n\r\n"
    (source / "knowledge" / "notes.yaml").write_bytes(odd)
    commit(source, {})
    git(source, "push", "--quiet", str(forge), "main")

    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))
    two = proposed(await propose_entry(bench, LIVE, DRAFT, None, ADA, NOON))

    for done, touched in ((one, CACTUS), (two, f"entries/light-and-growth/{two.entry_id}.yaml")):
        changed = git(forge, "diff", "--name-only", "main", str(done.branch)).split("\n")
        assert changed == [f"knowledge/{touched}"]
    removed = [
        line
        for line in git(forge, "diff", "main", str(one.branch)).split("\n")
        if line.startswith("-") and not line.startswith("---")
    ]
    assert removed == []


async def test_a_new_entry_is_a_draft_that_is_complete_in_form_and_served_to_nobody(
    bench: Workbench, forge: Path, tmp_path: Path, url: str
) -> None:
    cluster = await a_cluster(url)
    done = proposed(await propose_entry(bench, LIVE, DRAFT, cluster, ADA, NOON))
    git(forge, "clone", "--quiet", f"--branch={done.branch}", str(forge), str(tmp_path / "look"))

    loaded = load_library(tmp_path / "look" / "knowledge")

    assert done.entry_id == "do-ferns-dream-at-night"
    assert loaded.library is not None
    entry = loaded.library.entries[done.entry_id]
    assert (entry.status, entry.caveat, entry.group) == ("draft", "tentative", "light-and-growth")
    assert (entry.answer, entry.phrasings) == (DRAFT.answer, DRAFT.phrasings)
    assert [citation.key for citation in entry.sources] == ["windowsill-2019"]
    assert loaded.library.served(done.entry_id) is None


async def test_what_a_cluster_leads_to_is_one_change_set(bench: Workbench, forge: Path, url: str) -> None:
    cluster, other = await a_cluster(url), await a_cluster(url)
    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))
    two = proposed(
        await propose_phrasing(bench, LIVE, "cactus-in-winter", "cactus, snow, water?", cluster, BO, NOON)
    )
    three = proposed(await propose_decoy(bench, LIVE, "lily-and-cats", NEW_DECOY, other, BO, NOON))

    assert one.branch == two.branch != three.branch
    assert git(forge, "log", "--format=%an", f"main..{one.branch}") == "Bo\nAda Lovelace"
    assert git(forge, "diff", "--numstat", "main", str(one.branch)) == f"2\t0\tknowledge/{CACTUS}"


async def test_the_change_set_goes_on_upon_what_others_committed_in_it(
    bench: Workbench, forge: Path, tmp_path: Path, url: str
) -> None:
    cluster = await a_cluster(url)
    draft = proposed(await propose_entry(bench, LIVE, DRAFT, cluster, ADA, NOON))
    copy = tmp_path / "reviewer"
    git(forge, "clone", "--quiet", f"--branch={draft.branch}", str(forge), str(copy))
    path = f"entries/light-and-growth/{draft.entry_id}.yaml"
    text = (copy / "knowledge" / path).read_text().replace("Nobody has", "As far as we know nobody has")
    commit(copy, {f"knowledge/{path}": text}, "Complete")
    git(copy, "push", "--quiet", "origin", str(draft.branch))

    more = proposed(
        await propose_phrasing(bench, LIVE, draft.entry_id, "are ferns asleep in the dark", cluster, BO, NOON)
    )

    assert (more.branch, more.status) == (draft.branch, ChangeStatus.PUSHED)
    assert "As far as we know nobody has" in at(forge, more.branch, path).replace("\n  ", " ")
    assert "are ferns asleep in the dark" in at(forge, more.branch, path)


async def test_a_change_set_that_was_merged_is_not_gone_on_with(
    bench: Workbench, forge: Path, tmp_path: Path, url: str
) -> None:
    cluster = await a_cluster(url)
    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))
    merge(forge, str(one.branch), tmp_path / "merging")

    two = proposed(
        await propose_phrasing(bench, LIVE, "cactus-in-winter", "cactus, snow, water?", cluster, BO, NOON)
    )

    assert two.branch != one.branch
    assert git(forge, "diff", "--numstat", "main", str(two.branch)) == f"1\t0\tknowledge/{CACTUS}"


async def test_an_edit_that_is_merged_meanwhile_is_not_taken_back(
    bench: Workbench, source: Path, forge: Path, url: str, tmp_path: Path
) -> None:
    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))
    text = (source / "knowledge" / CACTUS).read_text().replace("About once a month", "About every month")
    commit(source, {f"knowledge/{CACTUS}": text}, "Edit the same file meanwhile")
    git(source, "push", "--quiet", str(forge), "main")

    merge(forge, str(done.branch), tmp_path / "merging")

    assert "About every month" in at(forge, "main", CACTUS)
    assert NEW_PHRASING in at(forge, "main", CACTUS)


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "rewording"),
    [
        ("does @ada.lovelace water cacti", "does [mention] water cacti"),
        ("write me at ada@example.org about cacti", "write me at [e-mail] about cacti"),
        ("is https://example.org/cacti right", "is [link] right"),
        ("call me 0170 1234567 about cacti", "call me [number] about cacti"),
    ],
)
async def test_words_that_could_tell_who_asked_do_not_go_in(
    bench: Workbench, forge: Path, text: str, rewording: str
) -> None:
    refused = await propose_phrasing(bench, LIVE, "cactus-in-winter", text, None, ADA, NOON)

    assert isinstance(refused, NotProposed)
    assert (refused.why, refused.rewording) == (Why.TELLS_WHO, rewording)
    assert rewording in refused.message
    assert "git does not forget" in refused.mend
    assert await bench.changes.newest() == []
    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


@pytest.mark.parametrize("field", ["question", "answer", "details", "phrasings"])
async def test_no_field_of_a_draft_may_tell_who_asked(bench: Workbench, field: str) -> None:
    text = "Fine.\n\n" + "word " * 90 + "and write to eve@example.org"
    value = (text,) if field == "phrasings" else text
    refused = await propose_entry(bench, LIVE, replace(DRAFT, **{field: value}), None, ADA, NOON)  # type: ignore[arg-type]  # the fields by name

    assert isinstance(refused, NotProposed)
    assert refused.why is Why.TELLS_WHO
    assert "eve@example.org" not in refused.message


@pytest.mark.parametrize(
    ("entry", "text", "why", "message"),
    [
        ("cactus-in-winter", "  ", Why.EMPTY, "the phrasing is empty"),
        ("cactus-in-winter", "x " * 200, Why.TOO_LONG, "at most 250 fit"),
        (
            "cactus-in-winter",
            "A cactus needs NO water at all in winter",
            Why.DUPLICATE,
            "stands already in line",
        ),
        ("cactus-in-sommer", "how much", Why.UNKNOWN, 'there is no entry "cactus-in-sommer"'),
        ("../../README", "how much", Why.UNKNOWN, "there is no entry"),
        ("cactus-in-winter", "my cat chewed a lily leaf", Why.ERRORS, "stands already in entries/trouble/"),
    ],
)
async def test_what_cannot_be_added_is_refused_with_the_mend(
    bench: Workbench, entry: str, text: str, why: Why, message: str
) -> None:
    refused = await propose_phrasing(bench, LIVE, entry, text, None, ADA, NOON)

    assert isinstance(refused, NotProposed)
    assert refused.why is why
    assert message in refused.message
    assert refused.mend
    assert await bench.changes.newest() == []


async def test_errors_that_a_change_would_cause_are_returned_and_nothing_is_committed(
    bench: Workbench, forge: Path
) -> None:
    entry = replace(DRAFT, level="certain", sources=("none-1999",))
    refused = await propose_entry(bench, LIVE, entry, None, ADA, NOON)

    assert isinstance(refused, NotProposed)
    assert refused.message == 'the knowledge would have 2 errors, the first: "certain" is not a caveat level'
    assert {p.rule for p in refused.problems} == {"caveat-unknown", "source-unknown"}
    assert all(p.mend for p in refused.problems)
    assert await bench.changes.newest() == []
    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


async def test_errors_that_were_there_before_are_told_and_do_not_block(
    bench: Workbench, source: Path, forge: Path
) -> None:
    text = (source / "knowledge" / LILY).read_text().replace("status: live", "status: alive")
    commit(source, {f"knowledge/{LILY}": text})
    git(source, "push", "--quiet", str(forge), "main")

    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))

    assert ("status-unknown", LILY) in {(p.rule, p.path) for p in done.problems}
    assert {p.path for p in done.problems if p.severity == "advice"} == {CACTUS}


async def test_a_group_that_cannot_be_one_is_refused(bench: Workbench) -> None:
    refused = await propose_entry(bench, LIVE, replace(DRAFT, group="../x"), None, ADA, NOON)

    assert isinstance(refused, NotProposed)
    assert (refused.why, refused.mend) == (
        Why.UNKNOWN,
        "take one of these: light-and-growth, trouble, watering",
    )


async def test_of_two_moderators_who_saw_the_same_cluster_one_wins(bench: Workbench, url: str) -> None:
    cluster = await a_cluster(url)
    facts = await bench.changes.cluster(cluster)
    assert facts is not None
    seen = facts.revision
    proposed(
        await propose_phrasing(
            bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON, cluster_revision=seen
        )
    )

    late = await propose_entry(bench, LIVE, DRAFT, cluster, BO, NOON, cluster_revision=seen)

    assert isinstance(late, NotProposed)
    assert late.why is Why.OUTDATED
    assert len(await bench.changes.newest()) == 1


async def test_a_cluster_that_is_not_there_is_told(bench: Workbench) -> None:
    refused = await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, 99, ADA, NOON)

    assert isinstance(refused, NotProposed)
    assert (refused.why, refused.message) == (Why.UNKNOWN, "there is no cluster 99")


# ---- without git, without the remote


async def test_without_git_there_is_the_file_and_a_patch_that_git_takes(
    bench: Workbench, source: Path
) -> None:
    done = proposed(
        await propose_phrasing(without_git(bench), LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )

    assert (done.status, done.branch, done.commit, done.link) == (ChangeStatus.KEPT, None, None, None)
    assert done.notes == ("there is no git program: install git",)
    git(source, "apply", stdin=done.patch.decode())
    assert (source / "knowledge" / CACTUS).read_bytes() == done.files[CACTUS]
    assert git(source, "diff", "--numstat") == f"1\t0\tknowledge/{CACTUS}"


async def test_without_a_git_program_nothing_else_changes(
    store: Store, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    bench = a_bench(store, source, tmp_path / "data")

    done = proposed(await propose_entry(bench, LIVE, DRAFT, None, ADA, NOON))

    assert done.status is ChangeStatus.KEPT
    assert "install git" in done.notes[0]
    assert (await tend(bench)).went_on == ()


async def test_without_a_remote_the_commit_waits_in_the_clone_with_a_patch_for_git_am(
    store: Store, source: Path, tmp_path: Path
) -> None:
    bench = a_bench(store, source, tmp_path / "data")

    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))

    assert (done.status, done.link) == (ChangeStatus.COMMITTED, None)
    git(source, "am", "--quiet", stdin=done.patch.decode())
    assert git(source, "log", "-1", "--format=%an") == "Ada Lovelace"
    assert git(source, "branch", "--list").split() == ["*", "main"]


async def test_the_patches_of_one_change_set_are_applied_one_after_the_other(
    store: Store, source: Path, tmp_path: Path, url: str
) -> None:
    bench, cluster = a_bench(store, source, tmp_path / "data"), await a_cluster(url)
    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))
    git(source, "am", "--quiet", stdin=one.patch.decode())
    two = proposed(await propose_entry(bench, LIVE, DRAFT, cluster, BO, NOON))

    assert two.branch == one.branch
    git(source, "am", "--quiet", stdin=two.patch.decode())

    assert git(source, "log", "-2", "--format=%an").split("\n") == ["Bo", "Ada Lovelace"]


async def test_the_patch_of_a_change_that_is_still_kept_is_its_own(
    store: Store, source: Path, tmp_path: Path, url: str
) -> None:
    bench, cluster = a_bench(store, source, tmp_path / "data"), await a_cluster(url)
    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))
    base = (await the_change(bench, one.change_id)).change.base
    lily = "entries/trouble/lily-and-cats.yaml"
    old = repository_of(bench).revisions.text_at(str(base), lily) or ""
    files = (FileChange(lily, old, f"{old}# kept\n"),)
    words = (ChangeKind.DECOY, "lily-and-cats", NEW_DECOY)
    number = await bench.changes.keep(NewChange(*words, files, cluster, one.branch, base), ADA, NOON)
    assert number is not None

    kept = await shown(bench, await the_change(bench, number))

    assert kept.status is ChangeStatus.KEPT
    assert b"+# kept" in kept.patch
    assert NEW_PHRASING.encode() not in kept.patch


async def test_a_push_that_fails_keeps_the_commit_tells_the_mend_and_is_tried_again(
    bench: Workbench, forge: Path, tmp_path: Path
) -> None:
    proposed(await propose_decoy(bench, LIVE, "lily-and-cats", NEW_DECOY, None, ADA, NOON))
    forge.rename(tmp_path / "away")

    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))

    assert done.status is ChangeStatus.COMMITTED
    assert any("look at the address and the network" in note for note in done.notes)
    assert NEW_PHRASING.encode() in done.patch
    again = await tend(bench)
    assert [each.id for each in again.troubled] == [done.change_id]
    (tmp_path / "away").rename(forge)
    assert [each.status for each in (await tend(bench)).went_on] == [ChangeStatus.PUSHED]
    assert git(forge, "rev-parse", str(done.branch)) == done.commit
    assert (await the_change(bench, done.change_id)).trouble is None
    assert (await tend(bench)).went_on == ()


async def test_a_remote_that_was_never_reached_leaves_the_file_and_the_patch(
    store: Store, source: Path, tmp_path: Path
) -> None:
    bench = a_bench(store, source, tmp_path / "data", remote=str(tmp_path / "none.git"))

    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))

    assert (done.status, done.branch) == (ChangeStatus.KEPT, None)
    assert "until then take the file and the patch" in done.notes[0]
    assert "none.git cannot be reached" in done.notes[0], "the cause, not what follows from it"


def test_what_fails_is_tried_again_ever_more_seldom() -> None:
    pause = Pause()
    waits = []
    for _ in range(9):
        pause.note(NOON, failed=True)
        assert pause.until is not None
        waits.append(int((pause.until - NOON).total_seconds() // 60))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert not pause.is_over(later(59))
    assert pause.is_over(later(60))
    pause.note(NOON, failed=False)
    assert pause.is_over(NOON)


# ---- withdrawn


async def test_a_change_set_is_withdrawn_as_a_whole_here_and_at_the_remote(
    bench: Workbench, forge: Path, url: str
) -> None:
    cluster = await a_cluster(url)
    one = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON))
    two = proposed(await propose_entry(bench, LIVE, DRAFT, cluster, ADA, NOON))

    gone = withdrawn(await withdraw(bench, two.change_id, BO, NOON))

    assert (gone.change_ids, gone.notes) == ((one.change_id, two.change_id), ())
    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert await withdraw(bench, one.change_id, BO, NOON) == NotOpen(one.change_id, ChangeStatus.WITHDRAWN)
    assert await withdraw(bench, 99, BO, NOON) == NotOpen(99, None)
    again = proposed(
        await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, cluster, ADA, NOON)
    )
    assert again.branch != one.branch


async def test_a_branch_with_which_others_went_on_stays_at_the_remote(
    bench: Workbench, forge: Path, tmp_path: Path
) -> None:
    done = proposed(await propose_entry(bench, LIVE, DRAFT, None, ADA, NOON))
    copy = tmp_path / "reviewer"
    git(forge, "clone", "--quiet", f"--branch={done.branch}", str(forge), str(copy))
    commit(copy, {"knowledge/x.txt": "x"})
    git(copy, "push", "--quiet", "origin", str(done.branch))

    withdrawn(await withdraw(bench, done.change_id, ADA, NOON))

    assert git(forge, "rev-parse", str(done.branch)) == git(copy, "rev-parse", "HEAD")
    assert (await the_change(bench, done.change_id)).trouble is None


async def test_a_withdrawal_while_the_remote_is_away_is_finished_later(
    bench: Workbench, forge: Path, tmp_path: Path
) -> None:
    done = proposed(await propose_entry(bench, LIVE, DRAFT, None, ADA, NOON))
    forge.rename(tmp_path / "away")

    gone = withdrawn(await withdraw(bench, done.change_id, ADA, NOON))
    assert "look at the address and the network" in gone.notes[0]
    (tmp_path / "away").rename(forge)
    await tend(bench)

    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert (await the_change(bench, done.change_id)).trouble is None


@pytest.mark.parametrize("ending", ["exit 0", "exit 1"])
async def test_what_is_withdrawn_while_git_pushes_it_does_not_stay_at_the_remote(
    bench: Workbench, forge: Path, tmp_path: Path, ending: str
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    hook = forge / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{begun}'\nwhile [ ! -e '{go}' ]; do sleep 0.05; done\n{ending}\n")
    hook.chmod(0o755)
    pushing = asyncio.create_task(
        propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON)
    )
    async with asyncio.timeout(30):
        while not begun.exists():  # noqa: ASYNC110  # a hook of git sets no event of ours
            await asyncio.sleep(0.02)
    (change,) = await bench.changes.newest()

    withdrawn(await withdraw(bench, change.id, BO, NOON))
    go.touch()
    done = proposed(await pushing)
    hook.unlink()
    await tend(bench)

    assert done.status is ChangeStatus.WITHDRAWN
    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert (await the_change(bench, change.id)).trouble is None
    assert (await tend(bench)).went_on == ()


async def test_a_withdrawn_change_whose_push_came_through_unheard_is_taken_back_later(
    bench: Workbench, forge: Path
) -> None:
    """As where the connection is cut after the remote took it: the branch stands there, and is gone here."""
    done = proposed(await propose_phrasing(bench, LIVE, "cactus-in-winter", NEW_PHRASING, None, ADA, NOON))
    withdrawn(await withdraw(bench, done.change_id, ADA, NOON))
    git(forge, "update-ref", f"refs/heads/{done.branch}", str(done.commit))
    await bench.changes.troubled(done.change_id, "the remote cannot be reached")

    await tend(bench)

    assert git(forge, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert (await the_change(bench, done.change_id)).trouble is None


# ---- cut off between any two steps


async def a_kept_change(bench: Workbench, cluster: int) -> int:
    """What stands on the disk when the process dies right after it had written the change down."""
    repository = repository_of(bench)
    base = repository.newest()
    old = repository.revisions.text_at(base, CACTUS) or ""
    files = (FileChange(CACTUS, old, old.replace("decoys:", f"  - {NEW_PHRASING}\ndecoys:")),)
    words = (ChangeKind.PHRASING, "cactus-in-winter", NEW_PHRASING)
    number = await bench.changes.keep(NewChange(*words, files, cluster, BRANCH, base), ADA, NOON)
    assert number is not None
    return number


@pytest.mark.parametrize("steps", range(5))
async def test_a_process_that_dies_between_any_two_steps_is_taken_up_at_the_next_start(
    bench: Workbench, forge: Path, url: str, steps: int
) -> None:
    cluster = await a_cluster(url)
    number = await a_kept_change(bench, cluster)
    kept = await the_change(bench, number)
    repository, base = repository_of(bench), str(kept.change.base)
    made: str | None = None
    if steps > 0:
        begun = repository.open_branch(BRANCH, base)
        if steps > 1:
            new = {file.path: file.new for file in kept.change.files}
            message = message_of(kept, await bench.changes.cluster(cluster))
            made = changed(repository, begun, new, ADA.name, message).commit
            if steps > 2:
                await bench.changes.committed(number, made, kept.change.files)
            if steps > 3:
                repository.push(BRANCH)

    tended = await tend(bench)

    assert [each.status for each in tended.went_on] == [ChangeStatus.PUSHED]
    assert len(git(forge, "log", "--format=%s", f"main..{BRANCH}").split("\n")) == 1
    assert at(forge, BRANCH, CACTUS) + "\n" == kept.change.files[0].new
    after = await the_change(bench, number)
    assert after.commit == git(forge, "rev-parse", BRANCH)
    assert made in (None, after.commit)
    assert (await tend(bench)).went_on == ()


async def test_two_processes_that_take_up_the_same_change_make_one_commit(
    bench: Workbench, forge: Path, url: str
) -> None:
    number = await a_kept_change(bench, await a_cluster(url))
    kept = await the_change(bench, number)

    await asyncio.gather(*(carry_on(bench, kept) for _ in range(4)))

    assert (await the_change(bench, number)).status is ChangeStatus.PUSHED
    assert len(git(forge, "log", "--format=%s", f"main..{BRANCH}").split("\n")) == 1


async def test_a_phrasing_that_others_put_in_between_stays_beside_ours(
    bench: Workbench, forge: Path, url: str
) -> None:
    cluster = await a_cluster(url)
    first, second = await a_kept_change(bench, cluster), await a_kept_change(bench, cluster)
    assert first != second
    await carry_on(bench, await the_change(bench, first))

    await carry_on(bench, await the_change(bench, second))

    branch = (await the_change(bench, second)).branch
    assert (await the_change(bench, second)).status is ChangeStatus.PUSHED
    assert at(forge, branch, CACTUS).count(NEW_PHRASING) == 1
