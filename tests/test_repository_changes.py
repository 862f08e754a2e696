"""Change sets on branches of a clone of the bot's own: exact, and never in anybody's working copy."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge.commits import NOREPLY, author, branch_name, commit_message
from bot.knowledge.edit import Edited, add_phrasing
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.repository import Change, Conflict, Repository
from tests.git_places import ENTRY, FILES, OTHER, a_working_copy, changed, commit, git, opened

OLD = FILES[f"knowledge/{ENTRY}"]
NEW = OLD + "  - when it is cold\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A moderator's working copy."""
    return a_working_copy(tmp_path / "source")


@pytest.fixture
def repository(source: Path, tmp_path: Path) -> Repository:
    """The bot's clone of it."""
    return opened(source, tmp_path / "data" / "changes")


def said(repository: Repository, *words: str) -> str:
    """What git says of the clone."""
    return git(repository.clone.git_dir, *words)


# ---- one change set


def test_a_change_is_one_commit_on_a_branch_of_its_own(repository: Repository, source: Path) -> None:
    start = repository.start_change("Add a phrasing to cactus-in-winter")
    change = changed(
        repository, start, {ENTRY: NEW}, "Ada", "Add a phrasing (cluster 12)\n\nThree members asked."
    )

    assert start.commit == git(source, "rev-parse", "main")
    assert said(repository, "log", "--format=%an|%ae|%cn|%ce|%s|%b", f"main..{change.branch}") == (
        f"Ada|{NOREPLY}|Caveat|{NOREPLY}|Add a phrasing (cluster 12)|Three members asked."
    )
    assert said(repository, "diff", "--numstat", "main", change.branch) == f"1\t0\tknowledge/{ENTRY}"
    assert repository.revisions.text_at(change.branch, ENTRY) == NEW
    assert repository.change(change.branch) == change


def test_every_byte_of_a_file_arrives(repository: Repository) -> None:
    text = "\ufeffa: b\r\nc: d\n\n  trailing  \r\n🦵 no line break at the end"
    change = changed(repository, repository.start_change("bytes"), {"entries/x/odd.yaml": text})

    out = subprocess.check_output(
        [
            "git",
            f"--git-dir={repository.clone.git_dir}",
            "show",
            f"{change.branch}:knowledge/entries/x/odd.yaml",
        ]
    )

    assert out == text.encode()


def test_an_edited_entry_adds_one_line_in_git(repository: Repository) -> None:
    start = repository.start_change("edit")
    before = repository.revisions.text_at(start.branch, OTHER)
    edited = add_phrasing(before or "", "is a lily bad for cats: yes?")
    assert isinstance(edited, Edited)
    change = changed(repository, start, {OTHER: edited.text})

    diff = said(repository, "diff", "--unified=0", "main", change.branch).split("\n")

    assert [line.strip("\r") for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---")] == [
        "-phrasings: []",
        "+phrasings:",
        '+  - "is a lily bad for cats: yes?"',
    ]


def test_several_changes_stand_in_one_branch_in_their_order(repository: Repository) -> None:
    first = changed(repository, repository.start_change("two"), {ENTRY: NEW}, message="First")
    second = changed(repository, first, {OTHER: "a: b\n", "entries/new/one.yaml": "c: d\n"}, message="Second")

    assert said(repository, "log", "--format=%s", f"main..{second.branch}") == "Second\nFirst"
    assert repository.revisions.changed_files(second.branch) == ("entries/new/one.yaml", OTHER, ENTRY)


def test_a_change_that_changes_nothing_is_no_commit(repository: Repository) -> None:
    start = repository.start_change("nothing")

    assert changed(repository, start, {ENTRY: OLD}) == start


def test_a_change_starts_from_the_newest_main(repository: Repository, source: Path) -> None:
    before = repository.start_change("before")
    commit(source, {f"knowledge/{ENTRY}": NEW})

    assert repository.start_change("offline", fetch=False).commit == before.commit
    assert repository.start_change("after").commit == git(source, "rev-parse", "main") != before.commit


def test_main_is_meant_whatever_is_checked_out(repository: Repository, source: Path) -> None:
    git(source, "checkout", "--quiet", "-b", "feature")
    commit(source, {f"knowledge/{ENTRY}": "half done"})

    assert repository.start_change("x").commit == git(source, "rev-parse", "main")


def test_a_branch_that_is_forgotten_is_gone(repository: Repository) -> None:
    change = repository.start_change("x")
    repository.forget(change.branch)

    with pytest.raises(RepositoryError, match="there is no change set called"):
        repository.change(change.branch)


@pytest.mark.parametrize(
    "branch", ["main", "HEAD", "caveat/none", "--all", "refs/heads/main", "caveat/../main"]
)
def test_only_change_sets_are_moved_or_forgotten(repository: Repository, branch: str) -> None:
    repository.start_change("x")

    for act in (repository.forget, repository.push, repository.patch, repository.change):
        if act == repository.push:
            continue  # there is no remote here, and nothing is looked up
        with pytest.raises(RepositoryError, match="there is no change set called"):
            act(branch)
    with pytest.raises(RepositoryError, match="there is no change set called"):
        repository.commit(Change(branch, "main"), {ENTRY: NEW}, author_name="Ada", message="x")


@pytest.mark.parametrize(
    "path",
    [
        "../README.md",
        "/etc/passwd",
        "entries/../../x",
        "",
        ".",
        "a//b",
        ".git/config",
        "x/.GIT/hooks/y",
        "a\nb",
        "a/",
    ],
)
def test_nothing_is_written_outside_the_knowledge(repository: Repository, path: str) -> None:
    start = repository.start_change("x")

    with pytest.raises(RepositoryError, match="is no path within the knowledge folder"):
        repository.commit(start, {path: "x"}, author_name="Ada", message="x")
    assert repository.change(start.branch) == start


def test_a_text_that_no_file_can_hold_is_refused(repository: Repository) -> None:
    with pytest.raises(RepositoryError, match="half a character"):
        changed(repository, repository.start_change("x"), {ENTRY: "a\ud83d"})


def test_knowledge_may_be_all_that_a_repository_holds(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "source", {ENTRY: OLD})
    repository = opened(source, tmp_path / "data", knowledge_path="")
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    assert repository.revisions.files_at(change.branch) == {ENTRY: NEW}
    assert repository.revisions.changed_files(change.branch) == (ENTRY,)


def test_a_folder_with_blanks_and_umlauts_is_as_good_as_any(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "die Quelle: größer", {f"Wissen für alle/{ENTRY}": OLD})
    repository = opened(str(source), tmp_path / "Daten %20 'x'", knowledge_path="Wissen für alle")
    change = changed(repository, repository.start_change("x"), {"entries/a b/ö.yaml": "ü: 1\n", ENTRY: NEW})

    assert repository.revisions.files_at(change.branch) == {"entries/a b/ö.yaml": "ü: 1\n", ENTRY: NEW}


async def test_a_coroutine_waits_in_a_thread(repository: Repository) -> None:
    changes = await asyncio.gather(*(asyncio.to_thread(repository.start_change, "same") for _ in range(4)))

    assert len({change.branch for change in changes}) == 4


# ---- names and messages


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Jürgen Müß 🦵", "Jürgen Müß 🦵"),
        ("two\nlines\r\n", "two lines"),
        ("Eve <root@example.org>", "Eve root@example.org"),
        ("x> 0 +0000\ncommitter Eve <eve", "x 0 +0000 committer Eve eve"),
        ("a\u202eb\u200b", "ab"),
        ("", "A moderator"),
        ("  \n", "A moderator"),
        ("<>", "A moderator"),
        ("...", "A moderator"),
        ("nul\0l", "null"),
        ("half \ud83d", "half"),
        ("n" * 200, "n" * 80),
        ("-rf", "-rf"),
        ("$(touch x)`touch y`", "$(touch x)`touch y`"),
    ],
)
def test_the_author_is_the_moderators_name_made_safe(repository: Repository, name: str, written: str) -> None:
    change = changed(repository, repository.start_change("name"), {ENTRY: NEW}, name)

    assert author(name) == written
    assert said(repository, "log", "-1", "--format=%an <%ae>", change.branch) == f"{written} <{NOREPLY}>"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=90), message=st.text(max_size=90), called=st.text(max_size=60))
def test_whatever_people_are_called_and_write_git_takes_it(
    repository: Repository, name: str, message: str, called: str
) -> None:
    change = changed(repository, repository.start_change(called), {ENTRY: NEW}, name, message)

    shown = said(repository, "log", "-1", "--format=%an%n%B", change.branch)
    assert shown.split("\n")[0] == author(name)
    assert shown.split("\n", 1)[1].strip() == commit_message(message).strip()


def test_the_messages_dates_do_not_tell_the_time_zone(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    assert said(repository, "log", "-1", "--format=%ad", "--date=format:%z", change.branch) == "+0000"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Add a phrasing: cluster 12", "caveat/add-a-phrasing-cluster-12-"),
        ("Größe & Höhe", "caveat/groe-hohe-"),
        ("../../main", "caveat/main-"),
        ("-x.lock", "caveat/x-lock-"),
        ("@{u}~1^:", "caveat/u-1-"),
        ("בטוח", "caveat/change-"),
        ("", "caveat/change-"),
        ("x" * 300, f"caveat/{'x' * 40}-"),
    ],
)
def test_a_branch_is_called_after_the_change_and_its_name_is_safe(name: str, stem: str) -> None:
    assert branch_name(name).rpartition("-")[0] + "-" == stem
    assert branch_name(name) != branch_name(name)
    git(Path("/"), "check-ref-format", f"refs/heads/{branch_name(name)}")


# ---- the patch


@pytest.mark.parametrize(
    "message",
    [
        "Add a phrasing\n\nCluster 12, three members.\n",
        "one\ntwo\n\n\n\nthree",
        "Add\n\n---\nnot the end",
        "--- a\n\n- b\n--- c",
        "Add\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x",
        "Add\n\nFrom: Eve <eve@example.org>\n\nx",
        "Add\n\nFrom 0123 Mon Sep 17 00:00:00 2001\nx",
        "Größe: 5 😀",
        "",
    ],
)
def test_git_am_makes_the_same_commits_of_the_patch(
    repository: Repository, source: Path, message: str
) -> None:
    first = changed(repository, repository.start_change("patch"), {ENTRY: NEW}, "Jürgen Ö", message)
    second = changed(repository, first, {OTHER: "x: 1\r\ny: 2\r\n"}, "Ada", "Second")
    copy = source.parent / f"copy-{second.commit}"
    git(source, "clone", "--quiet", str(source), str(copy))

    patch = repository.patch(second.branch)
    git(copy, "am", "--quiet", "--keep-cr", stdin=patch)

    shown = "--format=%an|%ae|%B"
    assert git(copy, "log", shown, "origin/main..") == said(
        repository, "log", shown, f"main..{second.branch}"
    )
    assert git(copy, "rev-parse", "HEAD^{tree}") == said(repository, "rev-parse", f"{second.branch}^{{tree}}")


def test_a_change_set_without_a_commit_has_an_empty_patch(repository: Repository) -> None:
    assert repository.patch(repository.start_change("empty").branch) == ""


# ---- two at once


def test_two_who_change_the_same_branch_both_stay_or_the_second_is_told(repository: Repository) -> None:
    start = repository.start_change("both")
    first = changed(repository, start, {ENTRY: NEW})
    second = changed(repository, start, {OTHER: "x: 1\n"})  # starts from what was there before

    assert repository.revisions.text_at(second.branch, ENTRY) == NEW
    assert said(repository, "log", "--format=%s", f"main..{start.branch}").count("\n") == 1

    third = repository.commit(
        start, {ENTRY: OLD + "  - mine\n", OTHER: "x: 2\n"}, author_name="Bo", message="x"
    )

    assert third == Conflict(second, (OTHER, ENTRY))
    assert first.commit in said(repository, "rev-list", start.branch)
    assert repository.revisions.text_at(start.branch, ENTRY) == NEW


def test_many_change_sets_at_once_all_survive(repository: Repository, source: Path, tmp_path: Path) -> None:
    shared = repository.start_change("shared")
    again = opened(source, tmp_path / "data" / "changes")  # as another process has it

    def work(number: int) -> str:
        mine = (repository, again)[number % 2]
        own = changed(mine, mine.start_change("same name"), {ENTRY: f"own: {number}\n"})
        changed(mine, shared, {f"entries/x/no-{number}.yaml": f"a: {number}\n"})
        return own.branch

    with ThreadPoolExecutor(8) as pool:
        branches = list(pool.map(work, range(16)))

    assert len(set(branches)) == 16
    for number, branch in enumerate(branches):
        assert repository.revisions.text_at(branch, ENTRY) == f"own: {number}\n"
        assert repository.revisions.text_at(shared.branch, f"entries/x/no-{number}.yaml") == f"a: {number}\n"
    assert said(repository, "fsck", "--strict", "--no-dangling") == ""


def test_all_who_begin_while_main_moves_begin_at_the_newest(repository: Repository, source: Path) -> None:
    for number in range(5):
        commit(source, {f"knowledge/entries/x/main-{number}.yaml": "a: b\n"})
        gate = threading.Barrier(6)

        def work(_: int, gate: threading.Barrier = gate) -> str:
            gate.wait()
            return repository.start_change("x").commit

        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(work, range(6))) == {git(source, "rev-parse", "main")}


def test_opening_the_same_folder_for_the_first_time_at_once_gives_one_clone(
    source: Path, tmp_path: Path
) -> None:
    gate = threading.Barrier(6)

    def work(_: int) -> str:
        gate.wait()
        return opened(source, tmp_path / "new").start_change("x").branch

    with ThreadPoolExecutor(6) as pool:
        branches = list(pool.map(work, range(6)))

    there = git(
        tmp_path / "new" / "knowledge.git", "for-each-ref", "--format=%(refname:short)", "refs/heads/caveat"
    )
    assert sorted(there.split("\n")) == sorted(branches)


# ---- what is never touched, and what never matters


def everything_in(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Each file and folder with its time, size, mode and content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(facts.st_mode) else b""
        found[str(path.relative_to(folder))] = (facts.st_mtime_ns, facts.st_size, facts.st_mode, content)
    return found


def test_the_users_working_copy_is_never_touched(source: Path, tmp_path: Path) -> None:
    (source / "knowledge" / ENTRY).write_text("half written\n")
    (source / "knowledge" / "untracked.yaml").write_text("new\n")
    (source / "README.md").write_text("staged\n")
    git(source, "add", "README.md")
    status = git(source, "status", "--porcelain=v2", "--branch")
    before = everything_in(source)

    repository = opened(source / "knowledge", tmp_path / "data")
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})
    repository.patch(change.branch)
    repository.fetch_merged()
    repository.revisions.export(change.branch, tmp_path / "exported")
    repository.push(change.branch)
    repository.forget(change.branch)

    assert everything_in(source) == before
    assert git(source, "status", "--porcelain=v2", "--branch") == status


def test_nothing_of_the_machines_git_matters(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, hooks = tmp_path / "home", tmp_path / "hooks"
    (home / ".config" / "git").mkdir(parents=True)
    hooks.mkdir()
    for name in ("reference-transaction", "pre-commit", "post-update", "pre-push"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Me Myself\n\temail = me@example.org\n\tsigningkey = none\n"
        "[commit]\n\tgpgsign = true\n[i18n]\n\tcommitEncoding = latin1\n"
        "[gpg]\n\tprogram = /bin/false\n[core]\n\tautocrlf = input\n\tpager = /bin/false\n"
        f"\thooksPath = {hooks}\n[init]\n\ttemplateDir = {hooks}\n\tdefaultBranch = trunk\n"
        "[format]\n\tsignOff = true\n[diff]\n\tnoprefix = true\n\texternal = /bin/false\n"
        '[url "file:///nowhere"]\n\tinsteadOf = /\n'
    )
    (home / ".config" / "git" / "attributes").write_text("*.yaml text eol=crlf\n")
    for name, value in {
        "HOME": home,
        "XDG_CONFIG_HOME": home / ".config",
        "GIT_DIR": source / ".git",
        "GIT_WORK_TREE": source,
        "GIT_INDEX_FILE": source / ".git" / "index",
        "GIT_AUTHOR_NAME": "Me Myself",
        "GIT_TRACE": tmp_path / "trace",
        "GIT_CONFIG_PARAMETERS": "'commit.gpgsign=true'",
        "GIT_EXTERNAL_DIFF": "/bin/false",
        "LANGUAGE": "de",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, str(value))
    before = everything_in(source)

    repository = opened(source, tmp_path / "data")
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW}, "Jürgen")

    assert (
        said(repository, "log", "-1", "--format=%an|%ae|%cn|%G?", change.branch)
        == f"Jürgen|{NOREPLY}|Caveat|N"
    )
    assert repository.revisions.text_at(change.branch, ENTRY) == NEW
    assert "--- a/knowledge" in repository.patch(change.branch)
    assert "Signed-off-by" not in repository.patch(change.branch)
    assert everything_in(source) == before
    assert not (tmp_path / "hook-ran").exists()
    assert not (tmp_path / "trace").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_source_of_another_user_is_read(source: Path, tmp_path: Path) -> None:
    for path in [source, *source.rglob("*")]:
        os.chown(path, 12345, 12345)
    git(source, "status", code=128)  # git itself would not

    repository = opened(source, tmp_path / "data")

    assert repository.revisions.text_at(repository.start_change("x").branch, ENTRY) == OLD


# ---- where there is no git


def test_knowledge_outside_any_repository_is_a_value_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    outcome = Repository.open(tmp_path / "knowledge", tmp_path / "data")

    assert isinstance(outcome, NoRepository)
    assert outcome.why == f"{tmp_path / 'knowledge'} lies in no git repository"
    assert "patch" in outcome.mend
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("source", ["missing", "missing/deeper"])
def test_a_folder_that_is_not_there_is_a_value_too(tmp_path: Path, source: str) -> None:
    assert isinstance(Repository.open(str(tmp_path / source), tmp_path / "data"), NoRepository)
    assert isinstance(Repository.open(tmp_path / source, tmp_path / "data"), NoRepository)


def test_a_machine_without_git_is_a_value_too(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = Repository.open(source, tmp_path / "data")

    assert isinstance(outcome, NoRepository)
    assert outcome.why == "there is no git program"


def test_a_git_of_long_ago_is_a_value_too(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.20.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    outcome = Repository.open(source, tmp_path / "data")

    assert outcome == NoRepository("git is too old (git version 2.20.1)", "install git 2.32 or newer")


def test_a_repository_without_the_branch_or_the_folder_says_which(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "source")
    wrong_branch = opened(source, tmp_path / "one", main="trunk")
    wrong_folder = opened(source, tmp_path / "two", knowledge_path="wisdom")

    with pytest.raises(RepositoryError, match=r"there is no branch trunk at .*source/\.git: name the one"):
        wrong_branch.start_change("x")
    with pytest.raises(RepositoryError, match="has no folder wisdom on main: name the one"):
        wrong_folder.start_change("x")
    with pytest.raises(RepositoryError, match="nothing of trunk was fetched so far"):
        wrong_branch.start_change("x", fetch=False)
