"""`caveat evaluate`: how often the search is right, and how far it knows when it is not."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.edges import CouldNotRun
from bot.cli.measured import knowledge_option, open_measured
from bot.cli.output import write_output
from bot.core.labelled import Half, Labelled
from bot.knowledge.labelled import LabelledUnreadableError, load_labelled
from bot.matching.evaluate import Evaluation
from bot.matching.evaluate import evaluate as figures_of
from bot.reports.evaluation import as_json, as_text


@click.command(short_help="Measure the search on labelled questions.")
@knowledge_option
@click.option(
    "--half",
    type=click.Choice([*(half.value for half in Half), "all"]),
    default=Half.GRADE.value,
    show_default=True,
    help="Which questions; thresholds were chosen on the calibrate half.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="For people, for programs, or a page with pictures (needs the extra `reports`).",
)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead of the screen.")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
def evaluate(knowledge: Path, half: str, form: str, output: Path | None, file: Path | None) -> None:
    """Ask the labelled questions in FILE, or those of knowledge/labelled/, and tell what came of it.

    Accuracy, coverage and risk with their intervals, how well near misses and questions out
    of scope are told apart, whether the confidence means what it says, and the worst confusions
    with their questions. Of a FILE of your own all questions are asked.

    \b
    Examples:
      caveat evaluate
      caveat evaluate --half calibrate
      caveat evaluate --format html --output evaluation.html
    """
    questions = read_questions(file or knowledge / "labelled")
    if file is None and half != "all":
        questions = tuple(q for q in questions if q.half.value == half)
    if not questions:
        raise CouldNotRun("there is no question to ask: name another file, or --half all")
    measured = open_measured(knowledge)
    figures = figures_of(measured.matcher, questions)
    title = f"{file or half + ' half'}, {measured.engine.kind} engine" + (
        ", tuned" if measured.engine.adapter is not None else ""
    )
    if form == "text":
        text = as_text(figures, title)
    elif form == "json":
        text = as_json(figures, title)
    else:
        text = _html(figures, title)
    if output is None:
        click.echo(text, nl=False)
        return
    write_output(output, text)
    click.echo(f"wrote {output}")


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """The labelled questions. Raises CouldNotRun."""
    try:
        return load_labelled(path)
    except LabelledUnreadableError as fault:
        raise CouldNotRun(str(fault)) from fault


def _html(figures: Evaluation, title: str) -> str:
    try:
        from bot.reports.evaluation_page import as_html  # both are an extra, and slow to load
    except ImportError as fault:
        needs = "the page needs Jinja2 and matplotlib"
        raise CouldNotRun(f'{needs}: pip install "caveat-bot[reports]"') from fault
    return as_html(figures, title)
