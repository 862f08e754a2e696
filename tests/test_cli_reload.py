"""`caveat reload` beside a real bot: what came of it, and what to do where nobody answers."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from simcord import Env

from bot.cli.main import caveat
from bot.journeys import control
from tests.discord_drive import app_of
from tests.make import KNOWLEDGE

CACTUS = "entries/watering/cactus-in-winter.yaml"


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    """A folder that may be edited."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


def reload(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["reload", *words], prog_name="caveat")


async def beside(env: Env, data: Path) -> Result:
    """The verb, in a thread as if in another process, while the bot runs."""
    del env
    return await asyncio.to_thread(reload, "--data", str(data), "--wait", "120")


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / CACTUS
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


async def test_an_edit_is_taken_up_and_told(env: Env, knowledge_dir: Path, tmp_path: Path) -> None:
    before = app_of(env).live.library.version
    same = await beside(env, tmp_path / "data")
    assert (same.exit_code, same.stdout) == (
        0,
        f"Nothing has changed: version {before} with 6 entries stays live.\n",
    )
    edit(knowledge_dir, "About once a month", "Roughly once a month")
    done = await beside(env, tmp_path / "data")
    now = app_of(env).live.library
    assert now.version != before
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"Live: version {now.version} with 6 entries, after ")
    assert now.entries["cactus-in-winter"].answer.startswith("Roughly once a month")
    assert list((tmp_path / "data" / control.FOLDER).iterdir()) == []


async def test_an_error_is_told_with_file_line_and_mend(
    env: Env, knowledge_dir: Path, tmp_path: Path
) -> None:
    before = app_of(env).live.library.version
    edit(knowledge_dir, "caveat: likely", "caveat: likly")
    done = await beside(env, tmp_path / "data")
    assert done.exit_code == 1
    assert done.stdout.startswith(
        f"Not taken up: the knowledge has 1 error. Version {before} stays live.\n{CACTUS}:3:9: "
    )
    assert "did you mean" in done.stdout
    assert app_of(env).live.library.version == before


def test_where_no_bot_answers_it_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    ran = reload("--data", str(tmp_path / "data"), "--wait", "0.2")
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"Asked the bot that runs with DATA_DIR={tmp_path / 'data'}; its answer is")
    assert f"no bot answered within 0.2 seconds: is one running with DATA_DIR={tmp_path / 'data'}?" in (
        ran.stderr
    )
    assert list((tmp_path / "data" / control.FOLDER).iterdir()) == []


def test_who_is_ended_while_waiting_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "reload", "--data", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        assert "waited for up to 60 seconds" in waiting.stderr.readline()
        waiting.terminate()
        assert waiting.wait() == 128 + signal.SIGTERM
    assert list((tmp_path / control.FOLDER).iterdir()) == []


def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", "utf-8")
    ran = reload("--data", str(tmp_path / "data"))
    assert ran.exit_code == 2
    assert "name the running bot's data folder with --data" in ran.stderr


def test_what_nobody_read_is_forgotten_after_an_hour(tmp_path: Path) -> None:
    old, new = control.ask(tmp_path), control.ask(tmp_path)
    os.utime(old, (1, 1))
    control.forget_old(tmp_path)
    assert control.requests(tmp_path) == [new]
