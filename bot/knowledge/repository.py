"""Change sets in git: branches of a clone of our own, made without a working copy.

A commit is built from blobs and a tree and becomes seen by moving one ref, which git does at once or not
at all. So nobody's working copy is touched, two moderators do not get in each other's way, and a process
that is killed leaves objects that nothing names.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge.clone import NO_COMMIT, Clone, PartedError, origin_of
from bot.knowledge.commits import PREFIX, branch_name, commit_files
from bot.knowledge.git import TIMEOUT_S, Git, NoRepository, RepositoryError, find_git
from bot.knowledge.remotes import KNOWN_FORGES, Credential, Forge
from bot.knowledge.revisions import Revisions

_ACCEPTED = "refs/caveat/accepted"
_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A change set: its branch, and the commit that it stands at."""

    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Others changed the same files in the same branch: edit what stands in `change`, and commit again."""

    change: Change
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pushed:
    """A change set that stands at the remote, and the page that opens its merge request, if known."""

    change: Change
    link: str | None


@dataclass(frozen=True, slots=True)
class UpToDate:
    """What was accepted last is the newest there is."""

    commit: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Main went on from `old` (None at first) to `new`; `changed` are paths in the knowledge folder."""

    old: str | None
    new: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diverged:
    """Main was rewritten: `theirs` does not build on `ours`, which was accepted last."""

    ours: str
    theirs: str
    mend: str


@dataclass(frozen=True, slots=True)
class Repository:
    """The knowledge repository as the bot works on it.

    Every method blocks, so that a coroutine calls it in a thread; several threads and processes may be at
    it at once. Each raises RepositoryError, with the mend, where git or the remote does not do its part.
    """

    clone: Clone
    knowledge_path: str
    pushes: bool
    forges: Mapping[str, Forge]

    @classmethod
    def open(
        cls,
        source: str | Path,
        folder: Path,
        *,
        knowledge_path: str = "knowledge",
        main: str = "main",
        remote: str | None = None,
        credential: Credential | None = None,
        forges: Mapping[str, Forge] = KNOWN_FORGES,
        timeout_s: float = TIMEOUT_S,
    ) -> Repository | NoRepository:
        """The clone in `folder`, made where it is missing and tidied after a crash; nothing is fetched yet.

        `source` is a folder in a git repository, or an address that is only read. `remote` is an
        address that is read in its place and pushed to as well; then the source need be no repository.
        `knowledge_path` is the knowledge's folder in the repository, "" where that holds nothing else.
        `timeout_s` is for each command. Raises RepositoryError for an address that is none or holds a secret.
        """
        git = find_git()
        if isinstance(git, NoRepository):
            return git
        origin = origin_of(git, source, remote)
        if isinstance(origin, NoRepository):
            return origin
        folder = folder.absolute()
        git = replace(git, git_dir=folder / "knowledge.git", timeout_s=timeout_s)
        clone = Clone(git, folder, origin, main, credential)
        clone.prepare()
        return cls(clone, knowledge_path.strip("/"), remote is not None, forges)

    @property
    def revisions(self) -> Revisions:
        """To read what stands at a branch or commit: `files_at`, `text_at`, `changed_files`, `export`."""
        return Revisions(self.clone.git, self.knowledge_path)

    def start_change(self, name: str, *, fetch: bool = True) -> Change:
        """A new branch, called after `name`, from the newest main; without `fetch` from the last known."""
        with self.clone.at_work() as git:
            if fetch:
                self.clone.fetch(git)
            change = Change(branch_name(name), self._newest(git))
            git.ask("update-ref", f"refs/heads/{change.branch}", change.commit, NO_COMMIT)
            return change

    def newest(self, *, fetch: bool = True) -> str:
        """The newest commit of main; without `fetch` the last known."""
        with self.clone.at_work() as git:
            if fetch:
                self.clone.fetch(git)
            return self._newest(git)

    def open_branch(self, branch: str, commit: str) -> Change:
        """The change set of that name: begun at `commit` where there is none yet, else as it stands."""
        if not branch.startswith(PREFIX):
            raise RepositoryError(f"{branch!r} is no change set: start a new one")
        with self.clone.at_work() as git:
            if self.clone.commit_of(git, f"refs/heads/{branch}") is None:
                git.run("update-ref", f"refs/heads/{branch}", commit, NO_COMMIT)
            return self._now(git, branch)

    def catch_up(self, branch: str, *, was_pushed: bool) -> Change | None:
        """The change set with what others did in it at the remote; None where that is not to go on.

        That is so once it is merged, or gone there, or went on there in another way than here.
        """
        with self.clone.at_work() as git:
            mine = self.clone.commit_of(git, f"refs/heads/{branch}")
            try:
                there = self.pushes and self.clone.fetch_branch(git, branch)
            except PartedError:
                return None
            if not there and (mine is None or (was_pushed and self.pushes)):
                return None
            change = self._now(git, branch)
        return None if self.is_in_main(change.commit) else change

    def commit_saying(self, branch: str, line: str, since: str) -> str | None:
        """The commit of a branch, made after `since`, whose message has that very line; None for none."""
        with self.clone.at_work() as git:
            ends = f"{since}..{self._now(git, branch).commit}"
            words = ("log", "--format=%H", "--fixed-strings", f"--grep={line}", ends)
            for commit in git.ask(*words).split():
                if line in git.ask("log", "-1", "--format=%B", commit).split("\n"):
                    return commit
        return None

    def is_in_main(self, commit: str) -> bool:
        """Whether main, as it was fetched last, has that commit."""
        with self.clone.at_work() as git:
            words = ("merge-base", "--is-ancestor", commit, self.clone.newest(git))
            return git.run(*words).code == 0

    def take_back(self, branch: str, pushed: str | None = None) -> None:
        """Delete a branch here and, unless others went on with it, at the remote; gone already is fine.

        `pushed` is the commit that may stand at the remote where the branch is gone here.

        Raises PartedError where it stays at the remote for that reason, and is gone here.
        """
        with self.clone.at_work() as git:
            here = self.clone.commit_of(git, f"refs/heads/{branch}")
            commit = here or pushed
            if commit is None or not branch.startswith(PREFIX):
                return
            try:
                if self.pushes:
                    self.clone.delete_branch(git, commit, branch)
            except PartedError:
                if here:
                    git.ask("update-ref", "-d", f"refs/heads/{branch}", here)
                raise
            if here:
                git.ask("update-ref", "-d", f"refs/heads/{branch}", here)

    def change(self, branch: str) -> Change:
        """The change set as it stands now."""
        with self.clone.at_work() as git:
            return self._now(git, branch)

    def commit(
        self, change: Change, files: Mapping[str, str], *, author_name: str, message: str
    ) -> Change | Conflict:
        """Write files (path in the knowledge folder -> whole text) as one commit; gives the change set then.

        What others committed to the branch since `change` stays: the commit goes on top of it, or is a
        Conflict where they changed one of these files. Where the files say that already, there is no commit.
        """
        revisions = self.revisions
        inside = {revisions.inside(path): text for path, text in files.items()}
        with self.clone.at_work() as git:
            for _ in range(_ATTEMPTS):
                now = self._now(git, change.branch)
                theirs = () if now == change else revisions.changed_files(now.commit, change.commit)
                if both := sorted(set(theirs) & set(files)):
                    return Conflict(now, tuple(both))
                people = {"author_name": author_name, "message": message}
                made = commit_files(git, self.clone.folder, now.commit, inside, **people)
                if made is None:
                    return now
                moved = git.run("update-ref", f"refs/heads/{change.branch}", made, now.commit)
                if moved.code == 0:
                    return Change(change.branch, made)
        raise RepositoryError(f"the branch {change.branch} cannot be moved ({moved.errors}): try again")

    def push(self, branch: str) -> Pushed | None:
        """Bring a branch to the remote, never by force; None where no remote is set."""
        if not self.pushes:
            return None
        with self.clone.at_work() as git:
            change = self._now(git, branch)
            self.clone.push(git, change.commit, branch)
        return Pushed(change, self.link(branch))

    def link(self, branch: str) -> str | None:
        """The page that opens the merge request of a pushed branch; None where the forge is unknown."""
        return self.clone.origin.merge_request_link(branch, self.clone.main, self.forges)

    def patch(self, branch: str, commit: str | None = None) -> str:
        """The commits of a branch, or that one of them, as text that `git am` takes; "" where it has none.

        To be encoded with `surrogateescape`, as `Revisions.files_at` says.
        """
        with self.clone.at_work() as git:
            since = self._newest(git) if commit is None else f"{commit}~"
            ends = f"{since}..{commit or self._now(git, branch).commit}"
            raw = git.ask_bytes("format-patch", "--stdout", "--no-signature", ends)
            return raw.decode("utf-8", "surrogateescape")

    def forget(self, branch: str) -> None:
        """Delete a branch here, merged or not; what was pushed stays at the remote."""
        with self.clone.at_work() as git:
            git.ask("update-ref", "-d", f"refs/heads/{branch}", self._now(git, branch).commit)

    def fetch_merged(self) -> UpToDate | Merged | Diverged:
        """Fetch, and tell what main brought since it was last accepted; `accept` takes it over.

        Between the two the caller checks it (`revisions.export`): what is not accepted is told again.
        """
        with self.clone.at_work() as git:
            self.clone.fetch(git)
            new, old = self._newest(git), self.clone.commit_of(git, _ACCEPTED)
            if old == new:
                return UpToDate(new)
            if old is None:
                return Merged(None, new, tuple(self.revisions.files_at(new)))
            if git.run("merge-base", "--is-ancestor", old, new).code == 0:
                return Merged(old, new, self.revisions.changed_files(new, old))
        once = shlex.join(["git", f"--git-dir={self.clone.git_dir}", "update-ref", _ACCEPTED, new])
        mend = f"ask who rewrote {self.clone.main}; if it was meant, run this once: {once}"
        return Diverged(old, new, f"what is live stays live: {mend}")

    def accept(self, merged: Merged) -> None:
        """Take over what `fetch_merged` told, once it is checked."""
        with self.clone.at_work() as git:
            ran = git.run("update-ref", _ACCEPTED, merged.new, merged.old or NO_COMMIT)
            if ran.code != 0 and self.clone.commit_of(git, _ACCEPTED) != merged.new:
                raise RepositoryError("another process has taken over another state meanwhile: fetch again")

    def accepted(self) -> str | None:
        """The commit that was accepted last; None before the first."""
        with self.clone.at_work() as git:
            return self.clone.commit_of(git, _ACCEPTED)

    def _newest(self, git: Git) -> str:
        """The newest main that is known. Raises RepositoryError where it has no such knowledge folder."""
        commit = self.clone.newest(git)
        if git.run("cat-file", "-e", f"{commit}:{self.knowledge_path}").code != 0:
            raise RepositoryError(
                f"{self.clone.origin.address} has no folder {self.knowledge_path} on {self.clone.main}: "
                "name the one that holds entries/ and sources.yaml"
            )
        return commit

    def _now(self, git: Git, branch: str) -> Change:
        commit = self.clone.commit_of(git, f"refs/heads/{branch}") if branch.startswith(PREFIX) else None
        if commit is None:
            raise RepositoryError(f"there is no change set called {branch!r}: start a new one")
        return Change(branch, commit)
