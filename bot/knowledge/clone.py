"""The clone in the data folder: made, tidied after a crash, brought up to the remote, and back."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.knowledge.git import Git, NoRepository, RepositoryError
from bot.knowledge.held import held
from bot.knowledge.remotes import SECRET_ENV, Credential, Remote
from bot.knowledge.revisions import git_dir_of, no_repository_at

NO_COMMIT = "0" * 40
_OTHERS_S = 1.0
"""So long an opening waits for others: a git whose process was killed ends, one that pushes goes on."""
_REFUSED_LINE = re.compile(r"^!\t\S*\t(.*)$", re.MULTILINE)
_NOT_LET_IN = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied|Access denied|"
    r"returned error: 40[13]|Host key verification failed|dubious ownership",
    re.IGNORECASE,
)


class PartedError(RepositoryError):
    """A branch went on at the remote in another way than here."""


@dataclass(frozen=True, slots=True)
class Clone:
    """A bare repository, the address it comes from, and the branch that holds the reviewed knowledge.

    `git` works on it. Others may work on it at the same time, in this process and in others.
    """

    git: Git
    folder: Path
    origin: Remote
    main: str
    credential: Credential | None = None

    @property
    def git_dir(self) -> Path:
        """Where the history lies."""
        return self.folder / "knowledge.git"

    def prepare(self) -> None:
        """Make the clone where there is none; else take away what a killed process left in it.

        Nothing is taken away while others are at work. Raises RepositoryError for a folder that is of no use.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with held(self.folder / "at-work", alone=True, wait_s=_OTHERS_S) as alone:
                if alone is not None:
                    self._tidy()
            if not self.git_dir.exists():
                self._make()
        except OSError as fault:
            raise RepositoryError(
                f"{self.folder} is of no use for change sets ({fault.strerror}): look at its rights and space"
            ) from fault
        if self.git.run("rev-parse", "--is-bare-repository").out != b"true\n":
            raise RepositoryError(f"{self.git_dir} is damaged: move it away, and it is made anew")

    @contextmanager
    def at_work(self) -> Iterator[Git]:
        """Git, for as long as nobody may tidy up."""
        with held(self.folder / "at-work", alone=False, wait_s=self.git.timeout_s) as descriptor:
            if descriptor is None:
                raise RepositoryError(f"another process is tidying up in {self.folder}: try again")
            yield replace(self.git, held=(descriptor,))

    def fetch(self, git: Git) -> None:
        """Bring main up to the origin's, whatever became of it there; one at a time."""
        with held(self.folder / "fetching", alone=True, wait_s=git.timeout_s) as descriptor:
            if descriptor is None:
                raise RepositoryError("another process has been fetching for too long: try again later")
            network = self._for_network(replace(git, held=(*git.held, descriptor)))
            words = ["--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow"]
            words += self._upload_pack(git)
            refs = f"+refs/heads/{self.main}:refs/heads/{self.main}"
            ran = network.run("fetch", *words, "--", self.origin.address, refs)
        if ran.code != 0:
            raise RepositoryError(self._why_not(ran.errors))

    def fetch_branch(self, git: Git, branch: str) -> bool:
        """Bring another branch up to the origin's, forward only; False where it has none of that name.

        Raises RepositoryError also where the two have parted.
        """
        words = ["--quiet", "--no-tags", "--no-write-fetch-head", *self._upload_pack(git)]
        refs = f"refs/heads/{branch}:refs/heads/{branch}"
        ran = self._for_network(git).run("fetch", *words, "--", self.origin.address, refs)
        if ran.code != 0 and "couldn't find remote ref" in ran.errors:
            return False
        if ran.code != 0 and "non-fast-forward" in ran.errors:
            raise PartedError(f"others went on with the branch {branch} in another way at the remote")
        if ran.code != 0:
            raise RepositoryError(self._why_not(ran.errors))
        return True

    def delete_branch(self, git: Git, commit: str, branch: str) -> None:
        """Take a branch away at the origin, where it stands at that commit and no further."""
        lease = f"--force-with-lease=refs/heads/{branch}:{commit}"
        words = ["--porcelain", lease, "--", self.origin.address, f":refs/heads/{branch}"]
        ran = self._for_network(git).run("push", *words)
        if ran.code == 0 or "remote ref does not exist" in ran.errors:
            return
        if refused := _REFUSED_LINE.search(ran.out.decode("utf-8", "replace")):
            raise PartedError(f"the branch {branch} stays at the remote: {refused[1]}")
        raise RepositoryError(self._why_not(ran.errors))

    def push(self, git: Git, commit: str, branch: str) -> None:
        """Bring a commit to a branch of the origin, never by force."""
        words = ["--porcelain", "--", self.origin.address, f"{commit}:refs/heads/{branch}"]
        ran = self._for_network(git).run("push", *words)
        if ran.code == 0:
            return
        if refused := _REFUSED_LINE.search(ran.out.decode("utf-8", "replace")):
            mend = "what it wants stands there; the branch is kept here, so push again, or take the patch"
            raise RepositoryError(
                f"the remote refused the branch {branch}: {refused[1]} ({ran.errors}); {mend}"
            )
        raise RepositoryError(self._why_not(ran.errors))

    def newest(self, git: Git) -> str:
        """The commit of main that was fetched last."""
        commit = self.commit_of(git, f"refs/heads/{self.main}")
        if commit is None:
            raise RepositoryError(f"nothing of {self.main} was fetched so far: fetch once, then try again")
        return commit

    def commit_of(self, git: Git, ref: str) -> str | None:
        """What a ref stands at, None where there is no such ref."""
        ran = git.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return ran.out.decode().strip() if ran.code == 0 else None

    def _tidy(self) -> None:
        for left in self.folder.glob("work-*"):
            shutil.rmtree(left)
        for lock in self.git_dir.rglob("*.lock"):
            lock.unlink()

    def _make(self) -> None:
        with self.at_work() as git, tempfile.TemporaryDirectory(dir=self.folder, prefix="work-") as made:
            new = replace(git, git_dir=Path(made) / "new")
            new.ask("init", "--quiet", "--bare", "--template=")
            new.ask("symbolic-ref", "HEAD", f"refs/heads/{self.main}")
            try:
                (Path(made) / "new").rename(self.git_dir)
            except OSError:
                if not self.git_dir.exists():  # else another process was quicker
                    raise

    def _upload_pack(self, git: Git) -> list[str]:
        """The folder was named by whoever runs the bot; in a container another user may own it."""
        if self.origin.scheme != "file":
            return []
        return [f"--upload-pack={shlex.quote(git.program)} -c 'safe.directory=*' upload-pack"]

    def _for_network(self, git: Git) -> Git:
        settings, env = self.origin.settings(self.credential)
        ssh = self.origin.ssh_command(self.credential, self.folder / "known_hosts")
        masked = (env[SECRET_ENV],) if env else ()
        return replace(git, settings=settings, env={**env, "GIT_SSH_COMMAND": ssh}, masked=masked)

    def _why_not(self, errors: str) -> str:
        address = self.origin.address
        if "couldn't find remote ref" in errors:
            return (
                f"there is no branch {self.main} at {address}: name the one that holds the reviewed knowledge"
            )
        if _NOT_LET_IN.search(errors):
            return f"{address} did not let us in ({errors}): look at the push secret and what it allows"
        return f"{address} cannot be reached ({errors}): look at the address and the network, and try again"


def origin_of(git: Git, source: str | Path, remote: str | None) -> Remote | NoRepository:
    """What to fetch from: the remote where one is set, else the source, a folder or an address."""
    if remote is not None:
        return Remote.of(remote)
    folder = Path(source).absolute()
    if isinstance(source, str) and not folder.exists() and not Path(source).is_absolute():
        return Remote.of(source)
    git_dir = git_dir_of(git, folder)
    return no_repository_at(folder) if git_dir is None else Remote.of(str(git_dir))
