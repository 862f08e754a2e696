"""Tables of the project's Markdown pages, read for comparison."""

from __future__ import annotations

from pathlib import Path


def table_under(page: Path, heading: str) -> list[tuple[str, ...]]:
    """The rows of the first table under a heading, cell by cell, without its head.

    Raises ValueError where the page has no such heading or no table under it.
    """
    lines = page.read_text("utf-8").splitlines()
    after = lines[lines.index(heading) + 1 :]
    start = next((place for place, line in enumerate(after) if line.startswith("|")), None)
    if start is None:
        raise ValueError(f"{page.name} has no table under {heading!r}")
    rows = []
    for line in after[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip().strip("|").split(" | ")))
    return rows
