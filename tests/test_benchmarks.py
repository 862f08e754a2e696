"""Benchmarks: what they measure with is right, and what they write leaves the rest of a paper alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.contest import measure
from benchmarks.corpus import IN_SCOPE, OUT, Asked, Corpus, Subject, mistyped, recombined
from benchmarks.matching import runs_of
from benchmarks.matching_paper import write_paper
from benchmarks.section import write_section

BIKES = Corpus(
    "bikes",
    (
        Subject(
            "chain", ("how often should i oil the chain", "when does a chain need oil"), ("buy a chain",)
        ),
        Subject("tyre", ("what pressure does a road tyre need", "how hard do i pump a tyre")),
    ),
    (),
    (
        Asked("how much oil for my chain", "chain", IN_SCOPE),
        Asked("pump my tyre to what pressure", "tyre", IN_SCOPE),
        Asked("who won yesterday", None, OUT),
    ),
)


def test_a_section_replaces_only_itself(tmp_path: Path) -> None:
    paper = tmp_path / "PAPER.md"
    write_section(paper, "one", "first", begins="# Paper\n")
    write_section(paper, "two", "second")
    before = paper.read_text("utf-8")
    write_section(paper, "one", "changed")
    assert paper.read_text("utf-8") == before.replace("first", "changed")


def test_a_section_whose_end_is_gone_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    paper = tmp_path / "PAPER.md"
    write_section(paper, "one", "first")
    paper.write_text(paper.read_text("utf-8").replace("<!-- one: end -->", "kept"), "utf-8")
    with pytest.raises(ValueError, match=r"PAPER\.md: of the marks .* one is missing: put it back"):
        write_section(paper, "one", "changed")
    assert "kept" in paper.read_text("utf-8")


def test_every_question_gets_one_slip_and_the_same_one_each_time() -> None:
    slipped = mistyped(BIKES)
    for clean, own in zip(BIKES.questions, slipped.questions, strict=True):
        changed = [a for a, b in zip(clean.text.split(), own.text.split(), strict=True) if a != b]
        assert len(changed) == 1
        assert own.target == clean.target
    assert mistyped(BIKES) == slipped


def test_a_recombined_corpus_has_its_size_and_no_text_twice() -> None:
    words = [f"{a}{b}" for a in "abcdefgh" for b in "uvwxyz"]
    phrasings = [tuple(f"{w} is {own} of {v}" for v in words[:10]) for own, w in enumerate(words)]
    many = replace(BIKES, subjects=tuple(Subject(f"s{n}", texts) for n, texts in enumerate(phrasings)))
    corpus = recombined([many], 900)
    texts = [text for s in corpus.subjects for text in (*s.phrasings, *s.decoys)]
    assert len(corpus.subjects) == 90
    assert (corpus.phrasings, len(texts)) == (900, 1350)
    assert len(set(texts)) == len(texts)


def test_a_corpus_of_too_few_phrasings_is_refused() -> None:
    with pytest.raises(ValueError, match="the phrasings are too few"):
        recombined([BIKES], 600)


def test_a_contestant_is_measured_on_what_it_answered(tmp_path: Path) -> None:
    BIKES.write(tmp_path / "corpus.json")
    result = measure("SQLite FTS5", Corpus.read(tmp_path / "corpus.json"), 10.0, tmp_path)
    assert (result.asked, result.questions, result.phrasings, result.decoys) == (3, 3, 4, 0)
    assert result.accuracy == 1.0
    assert result.out == 1.0
    assert result.near is None


def test_only_our_own_engines_are_asked_with_typos() -> None:
    runs = runs_of([BIKES, mistyped(BIKES)], ["Caveat, light", "difflib"])
    assert [run.key for run in runs] == [
        "Caveat, light | bikes",
        "difflib | bikes",
        "Caveat, light | bikes, a typo in every question",
    ]


def test_the_paper_tells_who_was_stopped_by_the_clock(tmp_path: Path) -> None:
    row = {
        "contestant": "difflib", "corpus": "CLINC150", "phrasings": 1500, "decoys": 0, "questions": 3200,
        "asked": 12, "accuracy": 0.5, "near": None, "out": 0.75, "build_s": 0.1, "first_ms": 9.0,
        "p50": 250.0, "p99": 300.0, "cpu_p99": 290.0, "peak_mb": 20.0, "resident_mb": 20.0, "load": 0.4,
    }  # fmt: skip
    machine = {"on": "2026-11-27", "processor": "x", "cores": "2", "python": "3.11", "system": "Linux"}
    write_paper(tmp_path, {"machine": machine, "seconds": 3.0, "rows": [row]})
    paper = (tmp_path / "BENCHMARKS.md").read_text("utf-8")
    assert "| difflib | 50.0 | 75.0 | 250 | 12 of 3,200 |" in paper
    assert (tmp_path / "images" / "bench-accuracy.png").stat().st_size > 5_000
