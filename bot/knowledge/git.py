"""Run the git program: without a shell or this machine's settings, never for ever, and no secret told."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.knowledge.rulebook import printable

OLDEST = (2, 32)
"""June 2021: the first git that can be told to leave the user's configuration alone (GIT_CONFIG_GLOBAL)."""
TIMEOUT_S = 60.0
_GRACE_S = 3.0
_MOST_SAID = 300

# The only things of the machine that git needs; whatever else stands in the environment, such as GIT_DIR
# within a hook or the bot's own secrets, it does not see.
_PASSED_ON = (
    "PATH TMPDIR SSH_AUTH_SOCK SSL_CERT_FILE SSL_CERT_DIR "
    "http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY"
).split()
_ALWAYS = {
    "LC_ALL": "C",
    "TZ": "UTC",
    "HOME": os.devnull,  # where curl and git look for .netrc and the like
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_SETTINGS = (
    ("core.fsmonitor", "false"),
    ("gc.autoDetach", "false"),  # nothing goes on when a command has ended
    ("maintenance.autoDetach", "false"),
    ("http.lowSpeedLimit", "1"),  # bytes a second, below which for so many seconds a connection is given up
    ("http.lowSpeedTime", "30"),
    ("transfer.credentialsInUrl", "die"),
    ("credential.helper", ""),  # none but our own
)
_USER_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@")


class RepositoryError(Exception):
    """What could not be done with git: one message in plain words that tells the mend and holds no secret."""


@dataclass(frozen=True, slots=True)
class NoRepository:
    """Why there is no git to work with, and what to do to have it; a file and a patch do without."""

    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said; `errors` is one line of printable text without any secret."""

    code: int
    out: bytes
    errors: str


@dataclass(frozen=True, slots=True)
class Git:
    """The program, the repository it works on, and how it is set up.

    `settings` are git's own, for this run only; `env` is for secrets, which `masked` keeps out of all
    that is told. `held` are open files that a running git keeps open even if this process dies.
    """

    program: str
    git_dir: Path | None = None
    settings: tuple[tuple[str, str], ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    masked: tuple[str, ...] = field(default=(), repr=False)
    held: tuple[int, ...] = ()
    timeout_s: float = TIMEOUT_S

    def run(
        self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, where: Path | None = None
    ) -> Ran:
        """Run one command to its end.

        Raises RepositoryError where it cannot be started or takes longer than `timeout_s`.
        """
        process = self._started(words, self._environment(env or {}), where)
        try:
            out, errors = process.communicate(stdin, timeout=self.timeout_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise RepositoryError(
                f"git {words[0]} took longer than {self.timeout_s:g} s and was stopped: "
                "look whether the remote answers, and try again"
            ) from None
        except BaseException:
            _end(process)
            raise
        return Ran(process.returncode, out, self._told(errors))

    def _started(
        self, words: tuple[str, ...], env: dict[str, str], where: Path | None
    ) -> subprocess.Popen[bytes]:
        place = [f"--git-dir={self.git_dir}"] if self.git_dir is not None else []
        try:
            return subprocess.Popen(  # noqa: S603  # no shell, and no word is taken for an option
                [self.program, *place, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=where,
                env=env,
                start_new_session=True,  # its helpers end with it, and none of them asks at a terminal
                pass_fds=self.held,
            )
        except OSError as fault:
            raise RepositoryError(f"git cannot be started ({fault.strerror}): try again") from None
        except ValueError:
            raise RepositoryError("a name holds a character that git cannot be told: type it anew") from None

    def ask(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """What a command says, without the line break at its end.

        Raises RepositoryError where it fails; that is for what should not, such as a full disk.
        """
        return os.fsdecode(self.ask_bytes(*words, stdin=stdin, env=env)).removesuffix("\n")

    def ask_bytes(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """What a command says, as it is. Raises RepositoryError where it fails."""
        ran = self.run(*words, stdin=stdin, env=env)
        if ran.code != 0:
            place = self.git_dir or "the folder"
            raise RepositoryError(
                f"git {words[0]} failed: {ran.errors}; look at the free space and the rights of {place}"
            )
        return ran.out

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        settings = (*_SETTINGS, *self.settings)
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings):
            numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return {**passed_on, **_ALWAYS, **numbered, **self.env, **more}

    def _told(self, errors: bytes) -> str:
        """What git and the other side said, on one line, the last of it where it is long."""
        text = errors.decode("utf-8", "replace")
        for secret in self.masked:
            text = text.replace(secret, "***")
        lines = [line.strip() for line in re.split(r"[\r\n]+", _USER_IN_ADDRESS.sub(r"\1", text))]
        told = "; ".join(line for line in lines if line and not line.startswith("hint:"))
        told = printable(told.replace("fatal: ", "").replace("error: ", ""))
        return told if len(told) <= _MOST_SAID else f"…{told[-_MOST_SAID:]}"


def find_git() -> Git | NoRepository:
    """The git of this machine, where there is one that is new enough."""
    if os.name != "posix":
        return NoRepository("change sets in git need Linux or macOS", "take the file and the patch")
    program = shutil.which("git")
    if program is None:
        mend = "install git (on Debian: apt-get install git); until then take the file and the patch"
        return NoRepository("there is no git program", mend)
    said = Git(program).run("version")
    numbers = re.search(rb"(\d+)\.(\d+)", said.out)
    if said.code != 0 or numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST:
        found = printable(said.out.decode("utf-8", "replace").strip()) or "git does not run"
        oldest = ".".join(map(str, OLDEST))
        return NoRepository(f"git is too old ({found})", f"install git {oldest} or newer")
    return Git(program)


def parts_at_zeros(out: bytes) -> Iterable[bytes]:
    """What a command with -z lists."""
    return (part for part in out.split(b"\0") if part)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and all that it started: asked first, so that it takes its lock files away."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.communicate(timeout=_GRACE_S)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
        else:
            return
    process.communicate()
