"""`caveat run` and `caveat health`: what keeps the bot from running, how it stops, and what it logs."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli.main import caveat
from tests import processes
from tests.make import KNOWLEDGE

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "made.up.token"
BOT = {"id": "1", "username": "caveat", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "1",
    "name": "Caveat",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "owner": BOT,
    "team": None,
    "flags": 0,
}


class Discord(ThreadingHTTPServer):
    """A server on this computer that answers as Discord does while a bot logs in."""

    daemon_threads = True

    def __init__(self, replies: dict[str, tuple[int, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.replies = replies
        self.is_waited_for = threading.Event()
        self.is_over = threading.Event()
        self.tokens: list[str] = []

    @property
    def address(self) -> str:
        """Where its API begins."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    server: Discord

    def do_GET(self) -> None:
        """Answer with what was set for the path; with nothing, ever, where nothing was."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.tokens.append(self.headers.get("Authorization", ""))
        if self.path not in self.server.replies:
            self.server.is_waited_for.set()
            self.server.is_over.wait()
            return
        status, content = self.server.replies[self.path]
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def discord() -> Iterator[Discord]:
    """A server that lets the bot log in, and never answers anything else."""
    replies = {"/users/@me": (200, BOT), "/oauth2/applications/@me": (200, APPLICATION)}
    with Discord(replies) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.is_over.set()
        server.shutdown()


@contextmanager
def started(address: str, folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`caveat run` in a process and a folder of its own, with that address for Discord's."""
    script = (
        "import sys, discord.http\n"
        f"discord.http.Route.BASE = {address!r}\n"
        "from bot.__main__ import main\n"
        "sys.argv = ['caveat', 'run']\n"
        "main()\n"
    )
    given = {"PYTHONPATH": str(ROOT), "KNOWLEDGE_DIR": str(KNOWLEDGE), "DISCORD_TOKEN": TOKEN}
    own = os.environ | given | environment
    with processes.started(
        [sys.executable, "-c", script], cwd=folder, env=own, stderr=PIPE, text=True
    ) as process:
        yield process


def ran(address: str, folder: Path, **environment: str) -> tuple[int, list[str]]:
    """Run until it ends: its exit code, and its own lines on stderr, without those of the log."""
    with started(address, folder, **environment) as process:
        out, err = process.communicate(timeout=60)
    assert out == ""
    assert "Traceback" not in err
    assert (environment.get("DISCORD_TOKEN") or TOKEN) not in err
    return process.returncode, [line for line in err.splitlines() if line.startswith("caveat: ")]


def a_free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


# ---- what keeps it from running


def test_without_a_token_it_says_where_one_goes_and_what_works_without(tmp_path: Path) -> None:
    code, lines = ran("http://127.0.0.1:1", tmp_path, DISCORD_TOKEN="")

    assert code == 2
    assert len(lines) == 2
    assert "DISCORD_TOKEN" in lines[0] and ".env" in lines[0]
    assert "caveat preview" in lines[1]


@pytest.mark.parametrize("token", ["two words", "two\nlines", "schlüssel", "bell\x07"])
def test_a_token_that_was_copied_wrong_is_told_and_not_shown(token: str, tmp_path: Path) -> None:
    code, lines = ran("http://127.0.0.1:1", tmp_path, DISCORD_TOKEN=token)

    assert code == 2
    assert lines and "copy it again" in lines[0]


def test_a_token_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, lines = ran("http://127.0.0.1:1", tmp_path, DISCORD_TOKEN="", DISCORD_TOKEN_FILE="nowhere")

    assert code == 2
    assert lines[0].startswith("caveat: DISCORD_TOKEN_FILE cannot be read")


def test_a_wrong_token_is_told_in_one_line(discord: Discord, tmp_path: Path) -> None:
    discord.replies["/users/@me"] = (401, {"message": "401: Unauthorized", "code": 0})

    code, lines = ran(discord.address, tmp_path)

    assert code == 2
    assert len(lines) == 1
    assert "Discord does not accept this token" in lines[0]
    assert discord.tokens == [f"Bot {TOKEN}"]


def test_the_token_may_lie_in_a_file(discord: Discord, tmp_path: Path) -> None:
    discord.replies["/users/@me"] = (401, {})
    (tmp_path / "token").write_text("of.a.file\n", "utf-8")

    code, _ = ran(discord.address, tmp_path, DISCORD_TOKEN="", DISCORD_TOKEN_FILE="token")

    assert code == 2
    assert discord.tokens == ["Bot of.a.file"]


def test_without_a_network_it_says_so_in_one_line(tmp_path: Path) -> None:
    code, lines = ran(f"http://127.0.0.1:{a_free_port()}", tmp_path)

    assert code == 2
    assert len(lines) == 1
    assert "Discord cannot be reached" in lines[0]


def test_what_discord_refuses_is_told_with_its_reason(discord: Discord, tmp_path: Path) -> None:
    discord.replies["/applications/1/commands"] = (403, {"message": "Missing Access", "code": 50001})

    code, lines = ran(discord.address, tmp_path)

    assert code == 2
    assert len(lines) == 1
    assert "HTTP 403: Missing Access" in lines[0]


def test_broken_knowledge_is_told_with_the_command_that_shows_it(discord: Discord, tmp_path: Path) -> None:
    (tmp_path / "mine" / "entries").mkdir(parents=True)

    code, lines = ran(discord.address, tmp_path, KNOWLEDGE_DIR="mine")

    assert code == 2
    assert len(lines) == 1
    assert "run `caveat check" in lines[0]


def test_a_folder_without_knowledge_is_told(discord: Discord, tmp_path: Path) -> None:
    code, lines = ran(discord.address, tmp_path, KNOWLEDGE_DIR="mine")

    assert code == 2
    assert lines[0].startswith("caveat: there is no knowledge in mine")


def test_a_database_that_cannot_be_opened_is_told(discord: Discord, tmp_path: Path) -> None:
    code, lines = ran(discord.address, tmp_path, DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}")

    assert code == 2
    assert lines and "database" in lines[0]


def test_a_metrics_port_that_is_taken_is_told(discord: Discord, tmp_path: Path) -> None:
    discord.replies["/applications/1/commands"] = (200, [])
    port = str(discord.server_address[1])

    code, lines = ran(discord.address, tmp_path, METRICS_PORT=port)

    assert code == 2
    assert len(lines) == 1
    assert f"METRICS_PORT {port} cannot be used" in lines[0]


# ---- how it stops


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
@pytest.mark.parametrize("waits_for", ["/users/@me", "/applications/1/commands"])
def test_it_stops_cleanly_when_it_is_told_to(
    sign: signal.Signals, code: int, waits_for: str, discord: Discord, tmp_path: Path
) -> None:
    discord.replies.pop(waits_for, None)
    with started(discord.address, tmp_path) as process:
        assert discord.is_waited_for.wait(timeout=60)
        process.send_signal(sign)
        out, err = process.communicate(timeout=30)

    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in err and "caveat:" not in err and "Unclosed" not in err


# ---- what it logs


def logged(form: str, level: str = "INFO", **environment: str) -> list[str]:
    """The lines on stderr of a process that logs a few things, among them its token."""
    script = (
        "import logging, structlog\n"
        "from bot.cli.logging_setup import set_up_logging\n"
        f"set_up_logging({level!r}, {form!r}, [{TOKEN!r}])\n"
        "log = structlog.get_logger('bot.app')\n"
        f"log.info('ready', entries=57, token={TOKEN!r})\n"
        "log.debug('small print')\n"
        "logging.getLogger('discord.http').debug('a message of a member')\n"
        f"logging.getLogger('discord.client').warning('with %s inside', {TOKEN!r})\n"
        "question = 'what a member asked'\n"
        "try:\n"
        f"    raise ValueError('{TOKEN}')\n"
        "except ValueError:\n"
        "    log.exception('it broke', reference='AB12CD')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == ""
    return ran.stderr.splitlines()


@pytest.mark.parametrize("form", ["console", "json"])
def test_the_token_is_never_logged_not_even_in_a_traceback(form: str) -> None:
    lines = logged(form, "DEBUG")

    assert TOKEN not in "\n".join(lines)
    assert "\n".join(lines).count("[hidden]") >= 3


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_shows_no_values_of_variables(form: str) -> None:
    text = "\n".join(logged(form))

    assert "ValueError: [hidden]" in text
    assert text.count("what a member asked") == 0


@pytest.mark.parametrize("form", ["console", "json"])
def test_discord_py_never_writes_down_what_members_say(form: str) -> None:
    text = "\n".join(logged(form, "DEBUG"))

    assert "small print" in text
    assert "a message of a member" not in text


def test_for_machines_every_line_is_a_json_object() -> None:
    records = [json.loads(line) for line in logged("json")]

    assert [record["event"] for record in records] == ["ready", "with [hidden] inside", "it broke"]
    assert [record["level"] for record in records] == ["info", "warning", "error"]
    assert [record["logger"] for record in records] == ["bot.app", "discord.client", "bot.app"]
    assert records[0]["entries"] == 57
    assert records[2]["reference"] == "AB12CD"
    assert "Traceback" in records[2]["exception"]
    assert all(record["timestamp"].endswith("Z") for record in records)


def test_the_log_is_as_loud_as_it_is_set() -> None:
    assert len(logged("json", "WARNING")) == 2
    assert len(logged("json", "ERROR")) == 1


def test_a_log_that_goes_to_a_file_has_no_colour() -> None:
    assert "\x1b[" not in "\n".join(logged("console"))


# ---- health


@pytest.fixture
def heartbeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that HEARTBEAT_FILE names; it is not there yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARTBEAT_FILE", str(tmp_path / "heartbeat"))
    return tmp_path / "heartbeat"


def health() -> tuple[int, str]:
    """Exit code and everything that was said."""
    told = CliRunner().invoke(caveat, ["health"])
    return told.exit_code, told.output


def touched(file: Path, seconds_ago: float) -> None:
    """Touch the file as the bot did that long ago."""
    file.touch()
    then = file.stat().st_mtime - seconds_ago
    os.utime(file, (then, then))


@pytest.mark.parametrize("seconds_ago", [0, 15, -3600])
def test_a_bot_that_touched_its_file_just_now_is_connected(heartbeat: Path, seconds_ago: float) -> None:
    touched(heartbeat, seconds_ago)

    assert health() == (0, "connected\n")


def test_a_bot_that_touched_its_file_long_ago_is_not(heartbeat: Path) -> None:
    touched(heartbeat, 3600)

    code, told = health()

    assert code == 1
    assert told.startswith(f"not connected: {heartbeat} was last touched 3600 s ago")


def test_a_bot_that_never_touched_its_file_is_not(heartbeat: Path) -> None:
    assert health() == (1, f"not connected: {heartbeat} is not there; the bot has not connected yet\n")


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_file_there_is_nothing_to_look_at(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if value is not None:
        monkeypatch.setenv("HEARTBEAT_FILE", value)

    code, told = health()

    assert code == 2
    assert told.startswith("caveat: HEARTBEAT_FILE is not set")
