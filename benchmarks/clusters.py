"""How well questions of one meaning come together: our clusters beside scikit-learn's, on labelled questions.

    python -m pip install scikit-learn     # or: the group `bench` of pyproject.toml
    python -m benchmarks.clusters [--folder docs]

The entries are hidden: nothing but the questions is known, and two belong together where the same entry
should answer them. Every contestant gets the same vectors; its one parameter is chosen on one half of the
questions, and what is told is measured on the other.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure

from benchmarks.corpus import KNOWLEDGE, ROOT
from benchmarks.section import BEGINS, write_section
from bot.core.labelled import Half, Kind, Labelled
from bot.knowledge.labelled import load_labelled
from bot.matching.clusters import cluster
from bot.matching.engine import Engine, cache_folder
from bot.matching.meaning import link_from, meanings
from bot.matching.normalise import normalise
from bot.matching.rows import Matrix
from bot.matching.tuning.adapter import ADAPTER

ORDERS = 5
"""Ours depends on the order in which questions come: the mean of so many shuffles, drawn with these seeds."""
LINKS = tuple(round(0.30 + 0.025 * step, 3) for step in range(19))
"""0.30 to 0.75."""
HOW = """\
`python -m benchmarks.clusters`. The entries are hidden: two labelled questions belong together where the same
entry should answer them; near misses, which none answers, are each a cluster of their own. All get the same
vectors; the one parameter of each is chosen on one half of the questions by the adjusted Rand index, and what
stands here is measured on the other half. Ours is given one question after the other (the mean of {orders}
orders drawn by lot); the others see all of them at once, and give no number that stays when more is asked."""
Partition = Sequence[int]
Contestant = Callable[[Matrix, float, random.Random], Partition]


@dataclass(frozen=True, slots=True)
class Score:
    """Adjusted Rand index (Hubert & Arabie 1985) and V-measure (Rosenberg & Hirschberg 2007), 0 to 1."""

    rand: float
    v: float
    homogeneity: float
    completeness: float
    clusters: float
    seconds: float


def ours(vectors: Matrix, link: float, chance: random.Random) -> Partition:
    """One by one, in an order drawn by lot."""
    order = list(range(len(vectors)))
    chance.shuffle(order)
    found = cluster(vectors[order], link)
    back = [0] * len(order)
    for place, number in zip(order, found, strict=True):
        back[place] = number
    return back


def average_linkage(vectors: Matrix, link: float, _chance: random.Random) -> Partition:
    """Agglomerative clustering by average cosine, all questions at once."""
    made = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1.0 - link
    )
    return [int(label) for label in made.fit_predict(vectors)]


def ward(vectors: Matrix, distance: float, _chance: random.Random) -> Partition:
    """Agglomerative clustering by Ward's criterion, up to that distance."""
    made = AgglomerativeClustering(n_clusters=None, linkage="ward", distance_threshold=distance)
    return [int(label) for label in made.fit_predict(vectors)]


def hdbscan(vectors: Matrix, size: float, _chance: random.Random) -> Partition:
    """HDBSCAN (Campello et al. 2013), leaves of at least that size; each point of noise stands alone."""
    made = HDBSCAN(min_cluster_size=int(size), min_samples=1, cluster_selection_method="leaf", copy=True)
    labels = [int(label) for label in made.fit_predict(vectors.astype(np.float64))]
    return [label if label >= 0 else -1 - place for place, label in enumerate(labels)]


def hdbscan_mass(vectors: Matrix, size: float, _chance: random.Random) -> Partition:
    """The same by excess of mass."""
    made = HDBSCAN(min_cluster_size=int(size), min_samples=1, copy=True)
    labels = [int(label) for label in made.fit_predict(vectors.astype(np.float64))]
    return [label if label >= 0 else -1 - place for place, label in enumerate(labels)]


CONTESTANTS: dict[str, tuple[Contestant, Sequence[float]]] = {
    "Caveat (one by one)": (ours, LINKS),
    "scikit-learn, average linkage": (average_linkage, LINKS),
    "scikit-learn, Ward": (ward, tuple(round(0.6 + 0.1 * step, 2) for step in range(25))),
    "scikit-learn, HDBSCAN (leaf)": (hdbscan, tuple(range(2, 16))),
    "scikit-learn, HDBSCAN (mass)": (hdbscan_mass, tuple(range(2, 16))),
}
"""Each with the values from which its parameter is chosen."""


def labels_of(questions: Sequence[Labelled]) -> list[str]:
    """The entry of each question; a near miss is its own."""
    return [
        str(q.target) if q.kind is Kind.IN_SCOPE else f"near-miss {place}"
        for place, q in enumerate(questions)
    ]


def score(contestant: Contestant, vectors: Matrix, labels: Sequence[str], link: float) -> Score:
    """The mean over the orders, where they matter."""
    runs = ORDERS if contestant is ours else 1
    found = []
    for seed in range(runs):
        started = time.process_time()
        partition = contestant(vectors, link, random.Random(seed))  # noqa: S311
        seconds = time.process_time() - started
        rand = adjusted_rand_score(labels, partition)
        homogeneity, completeness, v = homogeneity_completeness_v_measure(labels, partition)
        found.append((rand, v, homogeneity, completeness, len(set(partition)), seconds))
    return Score(*(float(mean(column)) for column in zip(*found, strict=True)))


def measured(engine: Engine, halves: dict[Half, list[Labelled]]) -> list[tuple[str, float, Score]]:
    """Each contestant with the parameter that was best on one half, measured on the other."""
    rows = {}
    for half, questions in halves.items():
        vectors = meanings([normalise(q.text) for q in questions], engine)
        rows[half] = (vectors, labels_of(questions))
    told = []
    for name, (contestant, values) in CONTESTANTS.items():
        graded = {value: score(contestant, *rows[Half.CALIBRATE], value).rand for value in values}
        chosen = max(graded, key=lambda value: graded[value])
        told.append((name, chosen, score(contestant, *rows[Half.GRADE], chosen)))
    as_shipped = link_from(engine)
    told.append(("Caveat, as shipped", as_shipped, score(ours, *rows[Half.GRADE], as_shipped)))
    return told


def halves_of(*kinds: Kind) -> dict[Half, list[Labelled]]:
    """The labelled questions of these kinds, each text once."""
    every = {normalise(q.text): q for q in load_labelled(KNOWLEDGE / "labelled") if q.kind in kinds}
    return {half: [q for q in every.values() if q.half is half] for half in Half}


def table(rows: list[tuple[str, float, Score]]) -> str:
    """As Markdown."""
    lines = [
        "| contestant | parameter | adjusted Rand | V | homogeneity | completeness | clusters | cpu s |",
        "| --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {name} | {link:g} | {s.rand:.3f} | {s.v:.3f} | {s.homogeneity:.3f} | {s.completeness:.3f} "
        f"| {s.clusters:.0f} | {s.seconds:.2f} |"
        for name, link, s in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs", help="where BENCHMARKS.md lies")
    folder: Path = parser.parse_args().folder
    cache = cache_folder()
    engines = {
        "the encoder as it is published, which has never seen these entries": Engine.open(cache),
        "the encoder tuned on the entries' phrasings (an entry that is still to be written has none)": (
            Engine.open(cache, tuned=KNOWLEDGE / ADAPTER)
        ),
        "the light engine (`MATCHER=light`)": Engine.open(cache, "light"),
    }
    parts = []
    for name, engine in engines.items():
        for what, kinds in (
            ("in scope", (Kind.IN_SCOPE,)),
            ("in scope and near misses", (Kind.IN_SCOPE, Kind.NEAR_MISS)),
        ):
            halves = halves_of(*kinds)
            counts = f"{len(halves[Half.CALIBRATE]):,} chosen on, {len(halves[Half.GRADE]):,} measured"
            heading = f"**{name[0].upper()}{name[1:]}**, {what} ({counts}):"
            found = table(measured(engine, halves))
            print(f"{heading}\n{found}\n", flush=True)
            parts.append(f"{heading}\n\n{found}")
    text = "\n\n".join(
        [
            "## The queue: which questions come together",
            HOW.format(orders=ORDERS).replace("\n", " "),
            *parts,
        ]
    )
    write_section(folder / "BENCHMARKS.md", "clusters", text, BEGINS)


if __name__ == "__main__":
    main()
