"""Killed with SIGKILL at any instant, git and all: the folder opens clean, what was acknowledged is there."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.knowledge.git import RepositoryError
from bot.knowledge.held import held
from bot.knowledge.repository import Repository
from tests.git_places import ENTRY, a_bare_copy, a_working_copy, changed, commit, git, opened

ROUNDS = 20
ROOT = Path(__file__).resolve().parent.parent
WORKER = """
import sys
from pathlib import Path
from bot.knowledge.repository import Merged, Repository

repository = Repository.open("/", Path(sys.argv[1]), remote=sys.argv[2])
print("open", flush=True)
change = repository.start_change("kept")
for number in range(1000):
    change = repository.commit(
        change, {f"entries/x/no-{number}.yaml": f"a: {number}\\n"}, author_name="Ada", message="x"
    )
    print("made", change.branch, change.commit, flush=True)
    if number % 3 == 1:
        repository.push(change.branch)
        print("pushed", change.branch, change.commit, flush=True)
    if number % 3 == 2:
        merged = repository.fetch_merged()
        if isinstance(merged, Merged):
            repository.accept(merged)
            print("accepted", "-", merged.new, flush=True)
"""


def family_of(pid: int) -> list[int]:
    """A process and all that it started, as far as the kernel tells."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def kill_all(process: subprocess.Popen[str]) -> None:
    """What happens to a container: nobody in it lives to tidy up."""
    os.kill(process.pid, signal.SIGSTOP)
    for pid in family_of(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def is_clean(folder: Path) -> bool:
    """Nothing that a killed process left."""
    return not [*folder.glob("work-*"), *(folder / "knowledge.git").rglob("*.lock")]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell who started whom")
def test_what_was_acknowledged_outlives_any_kill(tmp_path: Path) -> None:
    seed = int(os.environ.get("CAVEAT_TEST_SEED") or random.randrange(10**6))
    print(f"CAVEAT_TEST_SEED={seed}")
    chance = random.Random(seed)
    upstream = a_working_copy(tmp_path / "upstream")
    bare = a_bare_copy(upstream, tmp_path / "knowledge.git")
    tips: dict[str, str] = {}

    for number in range(ROUNDS):
        data = tmp_path / f"data-{number // 10}"  # now and then the clone itself is new
        tips = tips if number % 10 else {}
        commit(upstream, {f"knowledge/entries/x/main-{number}.yaml": "a: b\n"})
        git(upstream, "push", "--quiet", str(bare), "main")
        told = told_until_killed(data, bare, chance)

        repository = opened(tmp_path, data, remote=str(bare))
        assert is_clean(data)
        for what, branch, made in told:
            if what == "made":
                tips[branch] = made
            elif what == "pushed":
                assert git(bare, "rev-list", branch).count(made) == 1
            elif what == "accepted":
                accepted = repository.accepted()
                assert accepted is not None
                assert made in git(bare, "rev-list", accepted).split()
        for branch, made in tips.items():
            assert made in git(data / "knowledge.git", "rev-list", branch).split()
        works(repository)
        assert git(data / "knowledge.git", "fsck", "--strict", "--no-dangling") == ""


def told_until_killed(data: Path, bare: Path, chance: random.Random) -> list[tuple[str, str, str]]:
    """What a worker acknowledged before it was killed."""
    command = [sys.executable, "-c", WORKER, str(data), str(bare)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if chance.random() < 0.8:  # else it may be killed while it opens
        select.select([process.stdout], [], [], 60)
    time.sleep(chance.random() * 0.4)
    assert process.poll() is None
    kill_all(process)
    lines = [line.split() for line in process.stdout.read().splitlines() if line != "open"]
    process.stdout.close()
    process.wait()
    if data.exists():  # a helper of git that was born while its parents were killed ends by itself
        with held(data / "at-work", alone=True, wait_s=60) as descriptor:
            assert descriptor is not None
    return [(what, branch, made) for what, branch, made in lines]


def works(repository: Repository) -> None:
    """A whole change set goes through."""
    change = changed(repository, repository.start_change("after"), {ENTRY: "a: b\n"})
    outcome = repository.push(change.branch)
    assert outcome is not None
    assert outcome.change == change
    repository.fetch_merged()


def test_what_a_killed_git_left_is_taken_away_at_the_next_opening(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "source")
    first = opened(source, tmp_path / "data").start_change("x")
    clone = tmp_path / "data" / "knowledge.git"
    for name in ("packed-refs", "HEAD", "config", "refs/heads/main", f"refs/heads/{first.branch}"):
        (clone / f"{name}.lock").touch()
    (tmp_path / "data" / "work-abc").mkdir()
    (tmp_path / "data" / "work-abc" / "index").touch()
    commit(source, {f"knowledge/{ENTRY}": "a: b\n"})

    repository = opened(source, tmp_path / "data")

    assert is_clean(tmp_path / "data")
    changed(repository, first, {ENTRY: "c: d\n"})
    assert repository.start_change("x").commit == git(source, "rev-parse", "main")


def test_nothing_is_taken_away_while_another_process_is_at_work(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "source")
    opened(source, tmp_path / "data").start_change("x")
    with held(tmp_path / "data" / "at-work", alone=False, wait_s=0) as descriptor:
        assert descriptor is not None
        (tmp_path / "data" / "work-theirs").mkdir()
        repository = opened(source, tmp_path / "data")

        assert (tmp_path / "data" / "work-theirs").exists()
        assert repository.start_change("y").branch


def test_a_git_that_outlives_its_process_is_still_at_work(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with held(tmp_path / "data" / "at-work", alone=False, wait_s=0) as descriptor:
        assert descriptor is not None
        orphan = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(descriptor,))

    with held(tmp_path / "data" / "at-work", alone=True, wait_s=0) as alone:
        assert alone is None
    orphan.communicate()
    with held(tmp_path / "data" / "at-work", alone=True, wait_s=0) as alone:
        assert alone is not None


def test_a_clone_that_is_damaged_says_what_to_do(tmp_path: Path) -> None:
    source = a_working_copy(tmp_path / "source")
    opened(source, tmp_path / "data").start_change("x")
    (tmp_path / "data" / "knowledge.git" / "HEAD").write_bytes(b"\0\0\0")

    with pytest.raises(RepositoryError, match="is damaged: move it away, and it is made anew"):
        opened(source, tmp_path / "data")
    (tmp_path / "data" / "knowledge.git").rename(tmp_path / "away")
    assert opened(source, tmp_path / "data").start_change("x").branch


@pytest.mark.parametrize("kind", ["file", "file above"])
def test_a_folder_that_cannot_be_one_says_so(tmp_path: Path, kind: str) -> None:
    source = a_working_copy(tmp_path / "source")
    (tmp_path / "data").write_text("I am a file")

    with pytest.raises(
        RepositoryError, match=r"is of no use for change sets .*: look at its rights and space"
    ):
        Repository.open(source, tmp_path / "data" if kind == "file" else tmp_path / "data" / "deeper")
