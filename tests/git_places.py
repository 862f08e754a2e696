"""Real git repositories for the tests, and a server that speaks git over http and asks for a password."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bot.knowledge.repository import Change, Repository

ENTRY = "entries/watering/cactus-in-winter.yaml"
OTHER = "entries/trouble/lily-and-cats.yaml"
FILES = {
    f"knowledge/{ENTRY}": "# a comment\nquestion: When?\nphrasings:\n  - in winter\n",
    f"knowledge/{OTHER}": "question: May they?\r\nphrasings: []\r\n",
    "knowledge/sources.yaml": "{}\n",
    "README.md": "No knowledge.\n",
}
QUIET = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Rosa",
    "GIT_AUTHOR_EMAIL": "rosa@example.org",
    "GIT_COMMITTER_NAME": "Rosa",
    "GIT_COMMITTER_EMAIL": "rosa@example.org",
}


def git(where: Path, *words: str, stdin: str = "", code: int = 0) -> str:
    """What git says in a folder; it must end with `code`."""
    ran = subprocess.run(
        ["git", *words], cwd=where, input=stdin.encode(), capture_output=True, env=QUIET, check=False
    )
    assert ran.returncode == code, (words, ran.stderr.decode())
    return ran.stdout.decode().strip()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files byte for byte."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def a_working_copy(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Somebody's repository with one commit on main."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder, files)


def commit(folder: Path, files: Mapping[str, str], message: str = "Write") -> Path:
    """One more commit in a working copy."""
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", f"--message={message}")
    return folder


def a_bare_copy(source: Path, folder: Path) -> Path:
    """The repository as a forge has it."""
    git(source, "clone", "--quiet", "--bare", str(source), str(folder))
    return folder


def opened(source: str | Path, folder: Path, **changes: Any) -> Repository:
    """The clone in `folder`; there must be one."""
    repository = Repository.open(source, folder, **changes)
    assert isinstance(repository, Repository), repository
    return repository


def changed(
    repository: Repository,
    change: Change,
    files: Mapping[str, str],
    name: str = "Ada",
    message: str = "Add a phrasing",
) -> Change:
    """The change set with one commit more."""
    outcome = repository.commit(change, files, author_name=name, message=message)
    assert isinstance(outcome, Change), outcome
    return outcome


@dataclass
class GitServer:
    """A forge of one folder: its repositories for whoever brings the token; notes what it was asked.

    While `answers` is not set, it keeps whoever asks waiting, and `waited_for` tells that somebody asked.
    """

    folder: Path
    token: str
    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    redirect_to: str = ""
    answers: threading.Event = field(default_factory=threading.Event)
    waited_for: threading.Event = field(default_factory=threading.Event)

    @property
    def seen_tokens(self) -> set[str]:
        """Every password that came in."""
        given = (header.removeprefix("Basic ") for _, header in self.asked if header)
        return {base64.b64decode(text).decode().partition(":")[2] for text in given}


@contextmanager
def a_git_server(folder: Path, token: str) -> Iterator[GitServer]:
    """A server on this machine, gone afterwards; git's own http-backend answers."""
    forge = GitServer(folder, token)
    forge.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

        def _answer(self) -> None:
            header = self.headers.get("Authorization")
            forge.asked.append((self.path, header))
            body = self._body()
            if not forge.answers.is_set():
                forge.waited_for.set()
            forge.answers.wait()
            if forge.redirect_to:
                self.send_response(302)
                self.send_header("Location", forge.redirect_to + self.path)
                self.end_headers()
            elif base64.b64decode((header or "").removeprefix("Basic ")).decode().endswith(f":{forge.token}"):
                self._backend(body)
            else:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            return body

        def _backend(self, body: bytes) -> None:
            path, _, query = self.path.partition("?")
            cgi = {
                "GIT_PROJECT_ROOT": str(forge.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_USER": "moderator",
            }
            ran = subprocess.run(
                ["git", "-c", "http.receivepack=true", "-c", "safe.directory=*", "http-backend"],
                input=body,
                capture_output=True,
                env={**QUIET, **cgi},
                check=False,
            )
            head, _, content = ran.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        forge.address = f"http://127.0.0.1:{server.server_port}"
        yield forge
    finally:
        forge.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()
