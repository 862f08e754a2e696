"""A remote: pushed to, fetched from, and honest about what went wrong, without ever telling the secret."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.knowledge.git import RepositoryError
from bot.knowledge.load import load_library
from bot.knowledge.remotes import Credential
from bot.knowledge.repository import Diverged, Merged, Pushed, Repository, UpToDate
from tests.git_places import (
    ENTRY,
    FILES,
    OTHER,
    GitServer,
    a_bare_copy,
    a_git_server,
    a_working_copy,
    changed,
    commit,
    git,
    opened,
)
from tests.make import KNOWLEDGE

OLD = FILES[f"knowledge/{ENTRY}"]
NEW = OLD + "  - when it is cold\n"
TOKEN = "ghp_s3cretOf40Signs"


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A moderator's working copy."""
    return a_working_copy(tmp_path / "upstream")


@pytest.fixture
def bare(upstream: Path, tmp_path: Path) -> Path:
    """The repository as a forge has it."""
    return a_bare_copy(upstream, tmp_path / "forge" / "knowledge.git")


@pytest.fixture
def repository(bare: Path, tmp_path: Path) -> Repository:
    """The bot's clone, which pushes there."""
    return opened(tmp_path / "no repository", tmp_path / "data", remote=str(bare))


def merged(repository: Repository) -> Merged:
    outcome = repository.fetch_merged()
    assert isinstance(outcome, Merged), outcome
    return outcome


def pushed(repository: Repository, branch: str) -> Pushed:
    outcome = repository.push(branch)
    assert outcome is not None
    return outcome


# ---- pushing


def test_a_change_set_stands_at_the_remote_once_it_is_pushed(repository: Repository, bare: Path) -> None:
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    assert pushed(repository, change.branch) == Pushed(change, None)
    assert git(bare, "rev-parse", change.branch) == change.commit
    assert git(bare, "show", f"{change.branch}:knowledge/{ENTRY}") == NEW.strip()


def test_more_commits_of_a_branch_follow_and_pushing_twice_does_no_harm(
    repository: Repository, bare: Path
) -> None:
    first = changed(repository, repository.start_change("x"), {ENTRY: NEW})
    pushed(repository, first.branch)
    second = changed(repository, first, {OTHER: "x: 1\n"})
    pushed(repository, first.branch)
    pushed(repository, first.branch)

    assert git(bare, "rev-parse", first.branch) == second.commit


def test_without_a_remote_nothing_is_pushed(upstream: Path, tmp_path: Path) -> None:
    repository = opened(upstream, tmp_path / "data")
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    assert repository.push(change.branch) is None
    assert git(upstream, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_two_clones_push_side_by_side(repository: Repository, bare: Path, tmp_path: Path) -> None:
    other = opened(tmp_path, tmp_path / "other data", remote=f"file://{bare}")

    def work(number: int) -> str:
        mine = (repository, other)[number % 2]
        change = changed(mine, mine.start_change("same"), {ENTRY: f"no: {number}\n"})
        pushed(mine, change.branch)
        return change.branch

    with ThreadPoolExecutor(6) as pool:
        branches = list(pool.map(work, range(12)))

    for number, branch in enumerate(branches):
        assert git(bare, "show", f"{branch}:knowledge/{ENTRY}") == f"no: {number}"


def test_a_branch_that_went_on_at_the_remote_is_not_overwritten(
    repository: Repository, bare: Path, upstream: Path
) -> None:
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})
    pushed(repository, change.branch)
    git(upstream, "fetch", "--quiet", str(bare), f"{change.branch}:theirs")
    git(upstream, "checkout", "--quiet", "theirs")
    commit(upstream, {f"knowledge/{OTHER}": "by hand\n"})
    git(upstream, "push", "--quiet", str(bare), f"theirs:{change.branch}")
    theirs = git(bare, "rev-parse", change.branch)
    changed(repository, change, {ENTRY: OLD + "  - again\n"})

    with pytest.raises(RepositoryError, match=r"the remote refused the branch .*fetch first.*take the patch"):
        repository.push(change.branch)
    assert git(bare, "rev-parse", change.branch) == theirs


def test_a_hook_that_refuses_is_quoted_and_the_branch_is_kept(repository: Repository, bare: Path) -> None:
    hook = bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'Commits need a ticket: see \033[31mthe rules' >&2\nexit 1\n")
    hook.chmod(0o755)
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    with pytest.raises(RepositoryError) as refused:
        repository.push(change.branch)

    assert "refused the branch" in str(refused.value)
    assert "Commits need a ticket: see <U+001B>[31mthe rules" in str(refused.value)
    assert "push again, or take the patch" in str(refused.value)
    hook.unlink()
    assert pushed(repository, change.branch).change == change


def test_a_remote_that_is_down_is_told_and_work_goes_on_without_it(
    repository: Repository, bare: Path, tmp_path: Path
) -> None:
    before = repository.start_change("before")
    bare.rename(tmp_path / "away")

    for act in (
        lambda: repository.start_change("x"),
        repository.fetch_merged,
        lambda: repository.push(before.branch),
    ):
        with pytest.raises(RepositoryError, match=r"cannot be reached .*look at the address and the network"):
            act()
    change = changed(repository, repository.start_change("x", fetch=False), {ENTRY: NEW})
    assert repository.patch(change.branch)

    (tmp_path / "away").rename(bare)
    assert pushed(repository, change.branch).change == change


def test_a_remote_that_was_never_reached_opens_and_is_told_when_it_is_used(tmp_path: Path) -> None:
    repository = opened(tmp_path, tmp_path / "data", remote=str(tmp_path / "nowhere.git"))

    with pytest.raises(RepositoryError, match="cannot be reached"):
        repository.start_change("x")


def test_a_remote_that_never_answers_is_given_up(upstream: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/knowledge.git"
        repository = opened(upstream, tmp_path / "data", remote=address, timeout_s=1.0)

        with pytest.raises(
            RepositoryError, match="git fetch took longer than 1 s and was stopped: look whether"
        ):
            repository.start_change("x")


# ---- what was merged


def test_what_was_merged_is_told_until_it_is_accepted(
    repository: Repository, upstream: Path, bare: Path
) -> None:
    first = merged(repository)
    assert (first.old, first.changed) == (None, (OTHER, ENTRY, "sources.yaml"))
    repository.accept(first)
    assert repository.fetch_merged() == UpToDate(first.new)

    commit(upstream, {f"knowledge/{ENTRY}": NEW, "README.md": "No matter.\n"})
    git(upstream, "push", "--quiet", str(bare), "main")
    second = merged(repository)
    assert second == Merged(first.new, git(upstream, "rev-parse", "main"), (ENTRY,))
    assert merged(repository) == second
    assert repository.accepted() == first.new

    commit(upstream, {f"knowledge/{OTHER}": "x: 1\n"})
    git(upstream, "push", "--quiet", str(bare), "main")
    third = merged(repository)
    assert (third.old, third.changed) == (first.new, (OTHER, ENTRY))
    repository.accept(third)
    assert repository.accepted() == third.new


def test_what_is_accepted_outlives_the_process(repository: Repository, bare: Path, tmp_path: Path) -> None:
    news = merged(repository)
    repository.accept(news)

    again = opened(tmp_path, tmp_path / "data", remote=str(bare))

    assert again.fetch_merged() == UpToDate(news.new)


def test_who_accepts_too_late_is_told(repository: Repository, upstream: Path, bare: Path) -> None:
    early = merged(repository)
    commit(upstream, {f"knowledge/{ENTRY}": NEW})
    git(upstream, "push", "--quiet", str(bare), "main")
    late = merged(repository)
    repository.accept(late)
    repository.accept(late)

    with pytest.raises(RepositoryError, match="fetch again"):
        repository.accept(early)
    assert repository.accepted() == late.new


def test_a_history_that_was_rewritten_is_not_taken_over_until_somebody_says_so(
    repository: Repository, upstream: Path, bare: Path
) -> None:
    first = merged(repository)
    repository.accept(first)
    git(upstream, "commit", "--quiet", "--amend", "--message=Rewritten")
    git(upstream, "push", "--quiet", "--force", str(bare), "main")

    outcome = repository.fetch_merged()

    assert isinstance(outcome, Diverged)
    assert (outcome.ours, outcome.theirs) == (first.new, git(upstream, "rev-parse", "main"))
    assert repository.accepted() == first.new
    mend = re.search(r"run this once: (git .*)", outcome.mend)
    assert mend is not None
    git(upstream, *mend[1].split()[1:])
    assert repository.fetch_merged() == UpToDate(outcome.theirs)


def test_a_merged_change_set_comes_back_by_the_remote(
    repository: Repository, bare: Path, upstream: Path
) -> None:
    repository.accept(merged(repository))
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})
    pushed(repository, change.branch)
    git(upstream, "fetch", "--quiet", str(bare), change.branch)
    git(upstream, "merge", "--quiet", "--no-ff", "FETCH_HEAD")
    git(upstream, "push", "--quiet", str(bare), "main")

    assert merged(repository).changed == (ENTRY,)
    assert repository.patch(change.branch) == ""


def test_what_is_told_can_be_loaded_before_it_is_accepted(tmp_path: Path) -> None:
    shutil.copytree(KNOWLEDGE, tmp_path / "upstream" / "knowledge")
    upstream = tmp_path / "upstream" / "knowledge"
    git(upstream.parent, "init", "--quiet", "--initial-branch=main")
    commit(upstream.parent, {})
    repository = opened(upstream, tmp_path / "data")

    repository.revisions.export(merged(repository).new, tmp_path / "staged")

    assert load_library(tmp_path / "staged").draft == load_library(KNOWLEDGE).draft


# ---- the secret


@pytest.fixture
def forge(bare: Path) -> Iterator[GitServer]:
    """A server that wants a token."""
    with a_git_server(bare.parent, TOKEN) as server:
        yield server


def everything_written(folder: Path) -> bytes:
    """All that stands in the files of a folder, and their names."""
    return b"".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")
    )


@pytest.mark.parametrize("by_file", [True, False])
def test_a_token_opens_the_remote_and_is_written_nowhere(
    forge: GitServer, bare: Path, tmp_path: Path, by_file: bool
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\r\n")
    credential = Credential(tmp_path / "token") if by_file else Credential(secret=TOKEN)
    repository = opened(
        tmp_path, tmp_path / "data", remote=f"{forge.address}/knowledge.git", credential=credential
    )
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})
    pushed(repository, change.branch)

    assert git(bare, "rev-parse", change.branch) == change.commit
    assert forge.seen_tokens == {TOKEN}
    assert TOKEN.encode() not in everything_written(tmp_path / "data")
    assert TOKEN not in repr(repository)


def test_a_token_is_read_anew_each_time(forge: GitServer, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("expired")
    repository = opened(
        tmp_path, tmp_path / "data", remote=f"{forge.address}/knowledge.git", credential=Credential(file)
    )
    with pytest.raises(RepositoryError, match=r"did not let us in .*look at the push secret"):
        repository.start_change("x")
    file.write_text(TOKEN)

    assert repository.start_change("x").commit


def test_a_remote_that_wants_a_token_that_nobody_set_is_told(forge: GitServer, tmp_path: Path) -> None:
    repository = opened(tmp_path, tmp_path / "data", remote=f"{forge.address}/knowledge.git")

    with pytest.raises(RepositoryError, match=r"did not let us in .*look at the push secret"):
        repository.start_change("x")


def test_another_host_that_the_remote_points_to_gets_no_token(
    forge: GitServer, bare: Path, tmp_path: Path
) -> None:
    with a_git_server(bare.parent, TOKEN) as stranger:
        forge.redirect_to = stranger.address.replace("127.0.0.1", "localhost")
        repository = opened(
            tmp_path,
            tmp_path / "data",
            remote=f"{forge.address}/knowledge.git",
            credential=Credential(secret=TOKEN),
        )
        with pytest.raises(RepositoryError, match="did not let us in"):
            repository.start_change("x")

        assert stranger.asked
        assert stranger.seen_tokens == set()


def test_what_a_remote_says_of_the_secret_is_masked(forge: GitServer, bare: Path, tmp_path: Path) -> None:
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho 'I know your {TOKEN}' >&2\nexit 1\n")
    hook.chmod(0o755)
    repository = opened(
        tmp_path,
        tmp_path / "data",
        remote=f"{forge.address}/knowledge.git",
        credential=Credential(secret=TOKEN),
    )
    change = changed(repository, repository.start_change("x"), {ENTRY: NEW})

    with pytest.raises(RepositoryError, match=r"I know your \*\*\*") as refused:
        repository.push(change.branch)
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            None,
            r"the push secret cannot be read from .*token \(No such file or directory\): look at its rights",
        ),
        (b"", "is no token: write the token alone, on one line"),
        (b"one\ntwo", "is no token"),
        (b"\xff\xfe", r"the push secret cannot be read from .* \(it is no text\)"),
    ],
)
def test_a_secret_file_that_is_none_is_told_before_the_remote_is_asked(
    forge: GitServer, tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    repository = opened(
        tmp_path,
        tmp_path / "data",
        remote=f"{forge.address}/knowledge.git",
        credential=Credential(tmp_path / "token"),
    )

    with pytest.raises(RepositoryError, match=message):
        repository.start_change("x")
    assert forge.asked == []


@pytest.mark.parametrize(
    "address",
    [
        f"https://me:{TOKEN}@example.org/a/b.git",
        f"https://{TOKEN}@example.org/a/b.git",
        f"ssh://git:{TOKEN}@example.org/a/b.git",
        f"https://example.org/a/b.git?token={TOKEN}",
    ],
)
def test_an_address_with_a_secret_in_it_is_refused_without_telling_it(tmp_path: Path, address: str) -> None:
    for source, remote in ((address, None), (tmp_path, address)):
        with pytest.raises(
            RepositoryError, match="holds a name or a password: write it as https://host"
        ) as refused:
            Repository.open(source, tmp_path / "data", remote=remote)
        assert TOKEN not in str(refused.value)
    assert not (tmp_path / "data").exists()


def test_nothing_of_git_is_left_running_when_a_command_is_given_up(upstream: Path, tmp_path: Path) -> None:
    connected = threading.Event()
    closed = threading.Event()

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        connected.set()
        while connection.recv(4096):
            pass
        closed.set()  # only when nobody has the other end open any more
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        thread = threading.Thread(target=serve, args=(silent,))
        thread.start()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/knowledge.git"
        repository = opened(upstream, tmp_path / "data", remote=address, timeout_s=1.0)
        with pytest.raises(RepositoryError, match="was stopped"):
            repository.start_change("x")
        thread.join(30)

    assert connected.is_set()
    assert closed.is_set()
