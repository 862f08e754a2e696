"""`caveat preview` in a process of its own: what it tells in its terminal, and how it ends."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import STDOUT

import pytest

from bot.cli.preview_told import search_note
from bot.matching.engine import Engine
from tests import processes
from tests.make import KNOWLEDGE, some_settings

ROOT = Path(__file__).resolve().parent.parent
CACTUS = "entries/watering/cactus-in-winter.yaml"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the preview lays its files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@contextmanager
def started(temporary: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The preview with the light search; all that it tells comes by its stdout."""
    own = os.environ | {"TMPDIR": str(temporary), "MATCHER": "light"}
    command = [sys.executable, "-u", "-m", "bot", "preview", "--no-open", *words]
    with processes.started(command, cwd=ROOT, env=own, stderr=STDOUT, text=True) as process:
        yield process


def told_until(process: subprocess.Popen[str], words: str) -> str:
    """What it tells, up to the line with these words."""
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(f"it never told {words!r}, but:\n{told}")


def stopped(process: subprocess.Popen[str], temporary: Path) -> None:
    """Ctrl-C ends it quietly, and nothing is left."""
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "Traceback" not in told
    assert told.rstrip().endswith("The preview has ended; nothing was kept.")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("moment", ["Starting the preview", "The preview is at"])
def test_ctrl_c_ends_it_quietly_and_leaves_nothing(moment: str, temporary: Path) -> None:
    with started(temporary) as process:
        told_until(process, moment)
        stopped(process, temporary)


@pytest.mark.parametrize("file", ["preview.db", "askers.key"])
def test_ctrl_c_while_it_writes_its_first_files_leaves_nothing(file: str, temporary: Path) -> None:
    with started(temporary) as process:
        told_until(process, "Starting the preview")
        while process.poll() is None and not list(temporary.rglob(file)):
            time.sleep(0.01)
        stopped(process, temporary)


def test_it_tells_who_is_who_and_how_to_look_into_its_database(temporary: Path) -> None:
    with started(temporary) as process:
        told = told_until(process, "Its database")

        assert "Robin, the moderator" in told
        assert re.search("^caveat: (The light search is running|Only spelling is compared)", told, re.M), told
        shown = re.search(r"^Its database, .*: caveat (review list --database .+)$", told, re.MULTILINE)
        assert shown is not None, told
        looked = subprocess.run(
            [sys.executable, "-m", "bot", *shlex.split(shown[1])],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert looked.returncode == 0, looked.stderr
        assert "queue" in looked.stdout
        stopped(process, temporary)


def test_an_edit_with_an_error_is_told_with_its_mend_and_when_all_is_well_again(
    temporary: Path, tmp_path: Path
) -> None:
    knowledge = Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))
    entry = knowledge / CACTUS
    good = entry.read_text("utf-8")
    with started(temporary, "--knowledge", str(knowledge)) as process:
        told_until(process, "Its database")

        entry.write_text(re.sub(r"^caveat: .*$", "caveat: likly", good, flags=re.MULTILINE), "utf-8")
        told = told_until(process, "did you mean")
        assert "Not taken up: the knowledge has 1 error." in told
        assert re.search(rf'^{CACTUS}:\d+:\d+: "likly" is not a caveat level \[caveat-unknown\]$', told, re.M)

        entry.write_text(good, "utf-8")
        told_until(process, "The knowledge is live as it stands in its files: 6 entries.")
        stopped(process, temporary)


def test_a_search_that_is_not_whole_or_not_the_default_one_is_told(tmp_path: Path) -> None:
    own = some_settings(KNOWLEDGE, tmp_path / "caveat.db", matcher="default", model_dir=tmp_path / "own")
    default = some_settings(KNOWLEDGE, tmp_path / "caveat.db", matcher="default")

    assert (search_note(default, Engine.open(tmp_path / "empty")) or "").startswith(
        "The light search is running, which finds less:"
    )
    assert search_note(default, Engine("default", None, None, None)) is None
    assert "as MATCHER says" in (search_note(default, Engine("light", None, None, None)) or "")
    assert "MODEL_DIR" in (search_note(own, Engine("default", None, None, None)) or "")
