"""Bad examples of knowledge: what is laid into the good folder, and what must be found there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.problem import Problem

BAD = Path(__file__).parent / "bad"
GOOD = BAD / "_good"
"""A knowledge folder without a single error."""
SHARED = ("caveats.yaml", "groups.yaml", "sources.yaml", "calibration.yaml", "never.yaml")
EXPECT = "expect.txt"
BEFORE = "_before"
"""In an example of what an older state tells: what is laid into the good folder to make that state."""
_EXPECTED = re.compile(r"# expect: (?:(\S+):)?(\d+):(\d+) ([a-z0-9-]+)")
_REMOVED = re.compile(r"# remove: (\S+)")
_REPEATED = re.compile(r"# the last line, (\d+) times")


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """What must be found: the file in the knowledge folder, the place, and every word that is said."""

    path: str
    line: int
    column: int
    rule: str
    message: str
    mend: str

    def is_met_by(self, problem: Problem) -> bool:
        """True when the problem is this one; `<number>` stands for what the search measured."""
        place = (problem.path, problem.line, problem.column, problem.rule)
        words = zip((self.message, self.mend), (problem.message, problem.mend), strict=True)
        return place == (self.path, self.line, self.column, self.rule) and all(
            re.fullmatch(re.escape(expected).replace("<number>", r"\d\.\d\d"), told)
            for expected, told in words
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A file, or a folder of files, below the folder of its rule."""

    place: Path

    @property
    def rule(self) -> str:
        """The rule that it is an example of."""
        return self.place.parent.name

    @property
    def name(self) -> str:
        """Rule and name, for the report of the tests."""
        return f"{self.rule}/{self.place.name}"

    def files(self) -> Iterator[tuple[str, Path]]:
        """Where each file goes in the knowledge folder, and where it is; without expect.txt."""
        if self.place.is_file():
            shared = self.place.name in SHARED
            yield self.place.name if shared else f"entries/tyres/{self.place.name}", self.place
            return
        for file in sorted(self.place.rglob("*")):
            if file.is_file() and file.name != EXPECT and BEFORE not in file.relative_to(self.place).parts:
                yield file.relative_to(self.place).as_posix(), file

    def lay_into(self, folder: Path) -> None:
        """Copy the good folder to `folder` and this example over it."""
        copy_good(folder)
        for path in _REMOVED.findall(_head(self.place / EXPECT)):
            (folder / path).unlink()
        for path, file in self.files():
            target = folder / path
            for parent in target.relative_to(folder).parents:
                if (folder / parent).is_file():
                    (folder / parent).unlink()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_repeated(file.read_bytes()))

    def lay_before(self, folder: Path) -> bool:
        """Copy the older state to `folder`; False where the example needs none."""
        if not (self.place / BEFORE).is_dir():
            return False
        copy_good(folder)
        shutil.copytree(self.place / BEFORE, folder, dirs_exist_ok=True)
        return True

    def expected(self) -> list[Expected]:
        """What must be found, in the order in which it is reported."""
        heads = [*self.files(), ("", self.place / EXPECT)]
        return sorted(found for path, file in heads for found in _expected(path, _head(file)))


def examples() -> list[Example]:
    """Every bad example, by rule and name."""
    places = (place for rule in sorted(BAD.iterdir()) if rule.is_dir() for place in sorted(rule.iterdir()))
    return [Example(place) for place in places if place.parent != GOOD]


def copy_good(folder: Path) -> Path:
    """Copy the good folder to one that there is not yet."""
    return Path(shutil.copytree(GOOD, folder))


def _head(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""


def _expected(path: str, head: str) -> Iterator[Expected]:
    lines = head.splitlines()
    for number, line in enumerate(lines):
        if found := _EXPECTED.match(line):
            message, mend = (lines[number + step].removeprefix("#").strip() for step in (1, 2))
            yield Expected(found[1] or path, int(found[2]), int(found[3]), found[4], message, mend)


def _repeated(content: bytes) -> bytes:
    times = _REPEATED.search(content[:2000].decode("utf-8", "replace"))
    if times is None:
        return content
    *lines, last = content.splitlines(keepends=True)
    return b"".join([*lines, *[last] * int(times[1])])
