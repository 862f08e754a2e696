"""`caveat check`: every mistake in the knowledge in one run, each with its place and its mend."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.edges import CouldNotRun
from bot.cli.problem_formats import github_line, json_report, summary, text_lines
from bot.cli.search import open_engine, passed_folder
from bot.cli.terminal import open_console
from bot.core.library import Library
from bot.core.problem import Severity
from bot.journeys.check_knowledge import check_knowledge
from bot.knowledge.against import library_at
from bot.knowledge.git import RepositoryError
from bot.knowledge.schema import entry_schema
from bot.settings import read_settings

PROBLEMS_FOUND = 1
SCHEMA_FILE = "entry.schema.json"


@click.command(short_help="Find every mistake in the knowledge, with its mend.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "github", "json"]),
    default="text",
    show_default=True,
    help="For people, for GitHub's annotations, or for programs.",
)
@click.option(
    "--against",
    "revision",
    metavar="REV",
    help="Compare with that commit, branch or tag: what changed in substance needs a correction.",
)
@click.option("--schema", is_flag=True, help=f"Write {SCHEMA_FILE}, which editors read, instead of checking.")
@click.argument("given", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
def check(form: str, revision: str | None, schema: bool, given: Path | None) -> None:
    """Check the knowledge in DIR (else in KNOWLEDGE_DIR, or in "knowledge").

    Every problem is shown in one run: file, line, column, what is wrong, its rule, and what
    to do. An error keeps the knowledge from going live; advice never does. With --against,
    a live entry whose verdict, level or answer changed in substance since REV needs a new
    item in `corrections`: members who read the old answer are told with it. The exit code
    is 0 without errors, 1 with errors, 2 where there is nothing to check.

    \b
    Examples:
      caveat check
      caveat check my-knowledge --format json
      caveat check --against origin/main
      caveat check --schema
    """
    folder = given or read_settings().knowledge_dir
    if schema:
        _write_schema(folder)
        return
    engine = open_engine(folder)
    checked = check_knowledge(
        folder,
        datetime.now(UTC).date(),
        engine=engine,
        passed=passed_folder(),
        asks=engine.kind == "default",
        again=True,
        before=_library_at(folder, revision) if revision is not None else None,
    )
    if engine.kind == "light":
        click.echo("The entries' tests were not asked: they are written for the default search.", err=True)
    if form == "json":
        click.echo(json_report(checked.library, checked.problems))
    elif form == "github":
        for problem in checked.problems:
            click.echo(github_line(folder, problem))
        click.echo(summary(checked.library, checked.problems))
    else:
        console = open_console()
        for line in text_lines(folder, checked.problems):
            console.print(line, soft_wrap=True)
        click.echo(summary(checked.library, checked.problems))
    if any(problem.severity is Severity.ERROR for problem in checked.problems):
        raise click.exceptions.Exit(PROBLEMS_FOUND)


def _library_at(folder: Path, revision: str) -> Library:
    try:
        return library_at(folder, revision)
    except RepositoryError as fault:
        raise CouldNotRun(str(fault)) from fault


def _write_schema(folder: Path) -> None:
    file = folder / SCHEMA_FILE
    try:
        file.write_text(entry_schema(), encoding="utf-8", newline="\n")
    except OSError as fault:
        why = f"{file} cannot be written: {fault.strerror}"
        raise CouldNotRun(f"{why}; name the knowledge folder: caveat check --schema DIR") from fault
    click.echo(f"wrote {file}")
