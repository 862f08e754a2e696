"""`caveat tune`: fit the search to this knowledge, and keep the result only where it is better."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.edges import CouldNotRun
from bot.cli.evaluate import read_questions
from bot.cli.measured import knowledge_option, open_measured
from bot.core.labelled import Half
from bot.knowledge.put import put_file
from bot.matching.engine import MODEL, TUNED
from bot.matching.onnx_session import ModelUnusableError
from bot.matching.tune import Figures, tests_of
from bot.matching.tune import tune as train
from bot.matching.tuning.adapter import ADAPTER
from bot.matching.tuning.recipe import Recipe
from bot.matching.tuning.tuned import Base
from bot.settings import read_settings

NOT_BETTER = 1
TOLD_EVERY = 20


@click.command(short_help="Fit the search to this knowledge; keep it only where it is better.")
@knowledge_option
@click.option(
    "--steps",
    type=click.IntRange(1, 5000),
    default=Recipe().steps,
    show_default=True,
    help="How long to train; a step takes one to three seconds.",
)
@click.option(
    "--seed", type=int, default=Recipe().seed, show_default=True, help="The same seed, the same file."
)
def tune(knowledge: Path, steps: int, seed: int) -> None:
    """Teach the search model the phrasings and decoys of this knowledge, on this computer.

    It takes some minutes and PyTorch (the extra "tune"); the bot itself never needs it. Questions
    that were held back (the entries' tests, the calibrate half of labelled/) are asked before
    and after. Only where more of them find their entry, and right is told from wrong no worse, is
    tuned.npz written beside the entries; else the exit code is 1 and nothing changes.
    Afterwards say `caveat calibrate`, since the search's scores mean something else now.

    \b
    Examples:
      caveat tune
      caveat tune --steps 60
    """
    measured = open_measured(knowledge, tuned=False)
    if measured.engine.kind != "default":
        raise CouldNotRun("only the default search can be tuned: run `make model`, and leave MATCHER empty")
    model = read_settings().model_dir or measured.cache / MODEL
    labelled = knowledge / "labelled"
    questions = read_questions(labelled) if labelled.is_dir() else ()
    held_back = [*tests_of(measured.library), *(q for q in questions if q.half is Half.CALIBRATE)]

    def told(step: int, loss: float) -> None:
        if step % TOLD_EVERY == 0:
            click.echo(f"step {step} of {steps}, loss {loss:.3f}", err=True)

    try:
        base = Base.read(model)
        recipe = Recipe(steps=steps, seed=seed)
        kept = measured.cache / TUNED
        tuned = train(measured.library, held_back, base, measured.engine, recipe, told, model, kept)
    except ImportError as fault:
        raise CouldNotRun('tuning needs PyTorch: pip install "caveat-bot[tune]"') from fault
    except (ModelUnusableError, ValueError) as fault:
        raise CouldNotRun(f"{fault}; run `make model`, and give the entries tests") from fault
    click.echo(f"before: {_words(tuned.before)}\nafter:  {_words(tuned.after)}")
    if not tuned.is_better:
        click.echo("Not better, so nothing was written.")
        raise click.exceptions.Exit(NOT_BETTER)
    file = knowledge / ADAPTER
    try:
        put_file(file, tuned.blob)
    except OSError as fault:
        raise CouldNotRun(f"{file} cannot be written: {fault.strerror}") from fault
    click.echo(f"wrote {file} ({len(tuned.blob) // 1000} kB); now say `caveat calibrate`")


def _words(own: Figures) -> str:
    return (
        f"{own.accuracy:.1%} right, {own.recall:.1%} among the first three, "
        f"right told from wrong {own.separation:.1%} (AUROC), on {own.questions} held-back questions"
    )
