"""What a verb writes into a file that its user named: whole, or as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.output import write_output

ROOT = Path(__file__).resolve().parent.parent
OLD = "<p>the report of last week</p>\n"
WRITES = """
import signal, sys
from pathlib import Path
from bot.cli.edges import CouldNotRun
from bot.cli.output import write_output
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    write_output(Path(sys.argv[1]), "x" * 100_000)
except CouldNotRun as fault:
    print(fault)
"""
"""Writes more than the disk takes, of which the limit below makes one."""


def no_large_files() -> None:
    import resource  # Windows has none

    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size for a process")
def test_where_the_disk_is_full_the_old_file_stands_as_it_was(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text(OLD, encoding="utf-8")

    ran = subprocess.run(
        [sys.executable, "-c", WRITES, str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=no_large_files,
    )

    assert "cannot be written" in ran.stdout
    assert report.read_text(encoding="utf-8") == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_file_is_written_anew_with_lines_that_end_alike(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text(OLD, encoding="utf-8")
    write_output(file, "one\ntwo ü\n")
    assert file.read_bytes() == "one\ntwo ü\n".encode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    write_output(pipe, "to whoever reads\n")
    assert reader.communicate(timeout=20)[0] == "to whoever reads\n"


def test_the_standard_output_named_as_a_file_gets_the_text(capfd: pytest.CaptureFixture[str]) -> None:
    write_output(Path("/dev/stdout"), "to the terminal\n")
    assert capfd.readouterr().out == "to the terminal\n"
