"""The files under entries/: which of them are entries, and what is wrong with where the others lie."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.core import limits
from bot.core.problem import Problem
from bot.knowledge.form_problems import did_you_mean
from bot.knowledge.labelled import FOLDER as LABELLED
from bot.knowledge.rulebook import found, printable, quoted
from bot.knowledge.schema import SLUG

TOP = (1, 1)
"""Where a problem of a whole file stands."""


@dataclass(frozen=True, slots=True)
class EntryFile:
    """An entry's file that lies where it should; `path` is relative to the knowledge folder."""

    path: str
    slug: str
    group: str


@dataclass(slots=True)
class EntryFiles:
    """What was found: the files to read, every name that another entry may mean, and the problems."""

    files: list[EntryFile] = field(default_factory=list)
    slugs: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def entry_files(folder: Path, groups: Collection[str] | None) -> EntryFiles:
    """The entry files of a knowledge folder, sorted by path. Hidden files and folders are passed over.

    `groups` are the folders that groups.yaml names; None where it could not be read.
    """
    seen = EntryFiles()
    for file in sorted(_walk(folder / "entries", seen.problems)):
        path = file.relative_to(folder)
        problem = _link_problem(file) or _name_problem(path) or _place_problem(path, groups)
        shown = _shown(path)
        slug = path.stem
        if problem is not None:
            seen.problems.append(found(shown, TOP, *problem))
            if problem[0] != "file-name":
                seen.slugs.setdefault(slug, shown)
        elif slug in seen.slugs:
            message = f'{seen.slugs[slug]} has the id "{slug}" already'
            seen.problems.append(
                found(shown, TOP, "slug-duplicate", message, "give one of the two files another name")
            )
        else:
            seen.slugs[slug] = shown
            seen.files.append(EntryFile(shown, slug, path.parts[1]))
    if not seen.files and not seen.problems:
        mend = "copy TEMPLATE.yaml to entries/<group>/<id>.yaml and fill it in"
        seen.problems.append(found("entries", TOP, "entries-missing", "there is no entry yet", mend))
    return seen


def misnamed(folder: Path, names: Collection[str]) -> Iterator[Problem]:
    """Files beside the entries that would be passed over, since their ending is not .yaml.

    `names` are the files at the top that may be missing; others that are needed are missed anyway.
    """
    for place in (folder, folder / LABELLED):
        for file in sorted(place.glob("*.[yY]*[mM][lL]")):
            meant = f"{file.stem}.yaml"
            is_ours = meant in names or place != folder
            if is_ours and file.name != meant and not file.name.startswith("."):
                path = _shown(file.relative_to(folder))
                mend = f"rename it to {quoted(meant)}, or move it out of the folder"
                yield found(path, TOP, "file-name", f"{quoted(file.name)} does not end in .yaml", mend)


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """Every file below, and every link to a folder, which is not followed: it may lead back to itself."""

    def unreadable(fault: OSError) -> None:
        mend = "give the bot the right to read this folder"
        message = f"the folder cannot be read: {fault.strerror}"
        path = _shown(Path(str(fault.filename)).relative_to(folder.parent))
        problems.append(found(path, TOP, "file-unreadable", message, mend))

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in [*files, *links] if not name.startswith("."))


def _name_problem(path: Path) -> tuple[str, str, str] | None:
    meant = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "gh-290-times"
    said = None
    if path.suffix.lower() not in (".yaml", ".yml"):
        said = "is no entry", f"move it out of entries/, or name it like {meant}.yaml"
    elif path.suffix != ".yaml":
        said = "does not end in .yaml", f"rename it to {meant}.yaml"
    elif not re.fullmatch(SLUG, path.stem, re.ASCII):
        said = "is not lower-case words joined by hyphens", f"rename it to {meant}.yaml"
    elif len(path.stem) > limits.SLUG:
        said = (
            f"has {len(path.stem)} characters before .yaml, at most {limits.SLUG} fit",
            "give it a shorter name",
        )
    return None if said is None else ("file-name", f"{quoted(path.name)} {said[0]}", said[1])


def _link_problem(file: Path) -> tuple[str, str, str] | None:
    if file.is_symlink() and file.is_dir():
        return "file-place", "this is a link to a folder", "put the files themselves into a group's folder"
    return None


def _place_problem(path: Path, groups: Collection[str] | None) -> tuple[str, str, str] | None:
    if len(path.parts) != 3:
        return (
            "file-place",
            "an entry lies in entries/<group>/",
            "move it into a folder that groups.yaml names",
        )
    group = path.parts[1]
    if groups is not None and group not in groups:
        mend = did_you_mean(
            group, list(groups), "move the file, or add the folder to groups.yaml: `folder: Title`"
        )
        return "group-unknown", f"{quoted(group)} is not a group of groups.yaml", mend
    if not re.fullmatch(SLUG, group, re.ASCII):
        return "group-unknown", f"{quoted(group)} cannot be a group", "use lower-case words joined by hyphens"
    return None


def _shown(path: Path) -> str:
    """The path as it can be printed, whatever bytes it is made of."""
    return printable(os.fsencode(path.as_posix()).decode("utf-8", "replace"))
