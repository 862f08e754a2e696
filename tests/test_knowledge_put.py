"""Putting a file in place: wholly or not at all, with the rights and behind the link that were there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.knowledge.put import put_file


def test_a_file_is_made_and_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "calibration.yaml"
    for raw in (b"answer: 0.9\n", b"answer: 0.8\n"):
        put_file(file, raw)
        assert file.read_bytes() == raw
    assert list(tmp_path.iterdir()) == [file]


def test_whoever_could_read_the_old_one_can_read_the_new_one(tmp_path: Path) -> None:
    file, usual = tmp_path / "file", tmp_path / "usual"
    usual.touch()
    put_file(file, b"new")
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)
    file.chmod(0o640)
    put_file(file, b"newer")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    put_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_where_it_cannot_be_put_the_place_stays_as_it_was(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    (in_the_way / "kept").mkdir(parents=True)
    with pytest.raises(OSError, match="file"):
        put_file(in_the_way, b"new")
    assert [path.name for path in tmp_path.rglob("*")] == ["file", "kept"]


def test_whoever_reads_meanwhile_has_the_old_one_whole(tmp_path: Path) -> None:
    file = tmp_path / "tuned.npz"
    put_file(file, b"old" * 1000)
    with file.open("rb") as reader:
        assert reader.read(3) == b"old"
        put_file(file, b"new" * 1000)
        assert reader.read() == b"old" * 999
    assert file.read_bytes() == b"new" * 1000
