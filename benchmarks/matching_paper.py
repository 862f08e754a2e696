"""The paper of `benchmarks.matching`: its section of docs/BENCHMARKS.md and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS
from benchmarks.corpus import PUBLIC, SCALED, SHIPPED, TYPO
from benchmarks.section import BEGINS, filled, write_section

Row = dict[str, Any]
FEWEST_FOR_P99 = 300
"""Questions under which the slowest in a hundred says little: the slowest of all is told instead."""
SHOWN = [*PUBLIC, SHIPPED]
COLOURS = {"Caveat": "#1a6fb0", "Caveat, light": "#6db1de"}
OTHERS = "#b9b4aa"
MARKERS = "osD^vPX<>*"


def write_paper(folder: Path, found: dict[str, Any]) -> None:
    """Write the section and the pictures into a folder like docs."""
    rows = [row for row in found["rows"] if "accuracy" in row]
    strings = [row for row in found["rows"] if "slowest" in row]
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    parts = [_opening(found), _accuracy(rows), _typos(rows), _sizes(rows), _strings(strings)]
    if any(row["corpus"] in SHOWN for row in rows):
        _draw_accuracy(rows, images / "bench-accuracy.png")
        parts.insert(
            1, "![How many questions find the right entry, by contestant](images/bench-accuracy.png)"
        )
    if any(_is_scaled(row) for row in rows):
        _draw_sizes(rows, images / "bench-sizes.png")
        parts.append("![Slowest question in a hundred, accuracy and memory, by size](images/bench-sizes.png)")
    text = "\n\n".join(part for part in parts if part)
    write_section(folder / "BENCHMARKS.md", "matching", text, BEGINS)


def _opening(found: dict[str, Any]) -> str:
    own = found["machine"]
    loads = [row["load"] for row in found["rows"] if "load" in row]
    how = f"""
        `make bench`, one run, {own["on"]}: {own["processor"]}, {own["cores"]} cores of which each contestant
        had one, {own["system"]}, Python {own["python"]}. Each ran in a process of its own and was asked one
        question at a time; after {found["seconds"]:.0f} seconds of processor time it was stopped, and how
        many questions it answered stands beside. The machine's load average was {min(loads):.1f} to
        {max(loads):.1f}: above 1 others were at work, too, from which the time on the wall suffers, and
        processor time ("cpu") less."""
    what = """
        CLINC150 (150 entries) and Banking77 (47) have ten phrasings an entry, and are asked untuned. Their
        questions are those of the development splits; the official test splits were never looked at. The
        shipped knowledge is asked the grade half of its labelled questions. MiniLM cosine is the nearest
        phrasing by the same encoder, untuned. Peers search the phrasings without decoys. AUROC: the chance
        that a question in scope gets a higher score than a near miss, or than one from outside; 50 is chance.
        All figures as JSON: [benchmarks-matching.json](benchmarks-matching.json)."""
    return "\n\n".join(["## The search beside others", filled(how), filled(what)])


def _accuracy(rows: Sequence[Row]) -> str:
    names = [name for name in SHOWN if any(row["corpus"] == name for row in rows)]
    if not names:
        return ""
    has_near = {name for name in names if any(row["near"] for row in rows if row["corpus"] == name)}
    head = ["right first, AUROC in %"]
    for name in names:
        head += [name, *(["near"] if name in has_near else []), "out", "p50 ms", "answered"]
    lines = [_line(head), _line(["---"] * len(head))]
    for contestant in CONTESTANTS:
        cells = [contestant]
        for name in names:
            row = _of(rows, contestant, name)
            near = [_percent(row, "near")] if name in has_near else []
            answered = "" if row is None else f"{row['asked']:,} of {row['questions']:,}"
            cells += [_percent(row, "accuracy"), *near, _percent(row, "out")]
            cells += [
                _ms(row, "p50"),
                "all" if row and row["asked"] == row["questions"] else answered,
            ]
        if any(cells[1:]):
            lines.append(_line(cells))
    return "\n".join(lines)


def _typos(rows: Sequence[Row]) -> str:
    names = [name for name in SHOWN if any(row["corpus"] == name + TYPO for row in rows)]
    if not names:
        return ""
    head = ["one typo in every question", *(cell for name in names for cell in (name, "lost"))]
    lines = [_line(head), _line(["---"] * len(head))]
    for contestant in [name for name, own in CONTESTANTS.items() if own.is_ours]:
        cells = [contestant]
        for name in names:
            clean, slipped = _of(rows, contestant, name), _of(rows, contestant, name + TYPO)
            lost = f"{100 * (clean['accuracy'] - slipped['accuracy']):.1f}" if clean and slipped else ""
            cells += [_percent(slipped, "accuracy"), lost]
        lines.append(_line(cells))
    return "\n".join(lines)


def _sizes(rows: Sequence[Row]) -> str:
    scaled = [row for row in rows if _is_scaled(row)]
    if not scaled:
        return ""
    head = ["phrasings + decoys", "contestant", "right first %", "p50 ms", "p99 ms", "p99 cpu ms"]
    head += ["build s", "warm s", "peak MB", "resident MB", "answered"]
    how = f"""
        Subjects of all sets, recombined to a size ([corpus.py](../benchmarks/corpus.py)); from 2,540
        phrasings on, the more there are, the more of them are made of two others and lie between them. Decoys
        are searched by Caveat only. Of fewer than {FEWEST_FOR_P99} questions the slowest one stands for p99
        (marked *)."""
    lines = [filled(how), "", _line(head), _line(["---"] * len(head))]
    for row in scaled:
        few = "*" if row["asked"] < FEWEST_FOR_P99 else ""
        warm = f"{row['warm_s']:.2f}" if "warm_s" in row else ""
        size = f"{row['phrasings']:,} + {row['decoys']:,}" if row["decoys"] else f"{row['phrasings']:,}"
        cells = [size, row["contestant"], _percent(row, "accuracy"), _ms(row, "p50"), _ms(row, "p99") + few]
        cells += [_ms(row, "cpu_p99") + few, f"{row['build_s']:.2f}", warm]
        cells += [f"{row['peak_mb']:.0f}", f"{row['resident_mb']:.0f}"]
        lines.append(_line([*cells, f"{row['asked']:,} of {row['questions']:,}"]))
    return "\n".join(lines)


def _strings(rows: Sequence[Row]) -> str:
    told = [
        f"{row['contestant']}: {row['strings']:,} random Unicode strings raised nothing; the slowest took "
        f"{row['slowest']:.1f} ms ({row['characters']:,} characters), p99 {row['p99']:.1f} ms (cpu)."
        for row in rows
    ]
    return filled(" ".join(told))


def _draw_accuracy(rows: Sequence[Row], file: Path) -> None:
    from matplotlib.figure import Figure

    names = [name for name in SHOWN if any(row["corpus"] == name for row in rows)]
    figure = Figure(figsize=(3.6 * len(names) + 1.6, 3.8), dpi=150, layout="constrained")
    panes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    contestants = list(reversed([c for c in CONTESTANTS if any(row["contestant"] == c for row in rows)]))
    for pane, name in zip(panes, names, strict=True):
        own = [_of(rows, contestant, name) for contestant in contestants]
        right = [100 * row["accuracy"] if row else 0.0 for row in own]
        bars = pane.barh(contestants, right, color=[COLOURS.get(c, OTHERS) for c in contestants])
        pane.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
        pane.set(title=name, xlim=(0, 112), xticks=range(0, 101, 25), xlabel="right entry first, %")
        pane.spines[["top", "right"]].set_visible(False)
    figure.savefig(file)


def _draw_sizes(rows: Sequence[Row], file: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 4.2), dpi=150, layout="constrained")
    panes = figure.subplots(1, 3)
    shown = (
        ("p99", "slowest in a hundred, ms"),
        ("accuracy", "right entry first, %"),
        ("peak_mb", "peak, MB"),
    )
    for pane, (field, label) in zip(panes, shown, strict=True):
        for number, contestant in enumerate(CONTESTANTS):
            own = [row for row in rows if row["contestant"] == contestant and _is_scaled(row)]
            own = [row for row in own if row[field] is not None]
            if not own:
                continue
            ours = contestant in COLOURS
            values = [row[field] * (100 if field == "accuracy" else 1) for row in own]
            pane.plot(
                [row["phrasings"] for row in own], values, label=contestant, marker=MARKERS[number],
                markersize=5, linewidth=2.4 if ours else 1.1, zorder=3 if ours else 2,
                color=COLOURS.get(contestant) or f"C{number}", alpha=1.0 if ours else 0.75,
            )  # fmt: skip
        pane.set(xscale="log", xlabel="phrasings", ylabel=label)
        if field != "accuracy":
            pane.set_yscale("log")
        pane.grid(alpha=0.25)
        pane.spines[["top", "right"]].set_visible(False)
    figure.legend(*panes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
    figure.savefig(file)


def _is_scaled(row: Row) -> bool:
    return str(row["corpus"]).endswith(SCALED)


def _of(rows: Sequence[Row], contestant: str, corpus: str) -> Row | None:
    return next((r for r in rows if r["contestant"] == contestant and r["corpus"] == corpus), None)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(row: Row | None, field: str) -> str:
    return "" if row is None or row[field] is None else f"{100 * row[field]:.1f}"


def _ms(row: Row | None, field: str) -> str:
    if row is None:
        return ""
    taken = float(row[field])
    return f"{taken:.2f}" if taken < 10 else f"{taken:,.0f}"
