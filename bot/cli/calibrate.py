"""`caveat calibrate`: thresholds for a promised risk, from labelled questions, into calibration.yaml."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.calibrate_audited import enough_real, told
from bot.cli.database import with_database
from bot.cli.edges import CouldNotRun
from bot.cli.evaluate import read_questions
from bot.cli.measured import knowledge_option, open_measured
from bot.core.labelled import Half
from bot.knowledge.calibration_file import FILE, Promise, calibration_text
from bot.knowledge.put import put_file
from bot.matching.audited import audited
from bot.matching.calibrate import SURE, Calibration, CannotCalibrateError, with_light
from bot.matching.calibrate import calibrate as choose
from bot.matching.engine import Engine
from bot.matching.matcher import Matcher

NOT_REACHED = 1


@click.command(short_help="Choose the thresholds that keep a promised risk.")
@knowledge_option
@click.option(
    "--risk",
    type=click.FloatRange(0.001, 0.5),
    default=0.05,
    show_default=True,
    help="The share of answers that may be wrong.",
)
@click.option(
    "--sure",
    type=click.FloatRange(0.5, 0.99),
    default=SURE,
    show_default=True,
    help="The chance with which that holds on questions not yet seen.",
)
@click.option("--labelled-only", is_flag=True, help="Leave the log alone, however many answers were judged.")
@with_database
@click.option("--dry-run", is_flag=True, help="Print the file instead of writing it.")
def calibrate(
    knowledge: Path, risk: float, sure: float, labelled_only: bool, database: str | None, dry_run: bool
) -> None:
    """Choose from which confidence the bot answers, suggests and refers to help.

    The labelled questions of knowledge/labelled/ are split in two by a hash of their text: this
    verb looks at the one half, `caveat evaluate` grades on the other. It writes calibration.yaml
    with what it promises and on how many questions.

    Once moderators have judged 200 answers of the log (`/audit`, `caveat audit`), the threshold to
    answer comes from these: they are what members really ask. Only what was answered can be
    judged, so they raise it or leave it, and never lower it. Without a log it goes by the labelled
    questions. Where the questions cannot carry the promise
    it says so, writes nothing, and the exit code is 1.

    \b
    Examples:
      caveat calibrate
      caveat calibrate --risk 0.1 --dry-run
      caveat calibrate --labelled-only
    """
    measured = open_measured(knowledge)
    questions = [q for q in read_questions(knowledge / "labelled") if q.half is Half.CALIBRATE]
    real = None if labelled_only else enough_real(database)
    try:
        best = choose(measured.matcher, questions, risk, sure, may_fail=real is not None)
        if measured.engine.kind == "default":
            light = Engine("light", None, measured.engine.table, measured.engine.cache)
            own = choose(Matcher.over(measured.library, light), questions, risk, sure, may_fail=True)
            best = with_light(best, own)
        promise = _promise(best, sure)
        if real is not None:
            audit = audited(measured.matcher, measured.library, questions, real, best, risk, sure)
            best, how = audit.calibration, told(audit, len(questions), sure)
            promise = replace(_promise(best, sure), how=how)
    except CannotCalibrateError as fault:
        click.echo(f"caveat: {fault}", err=True)
        raise click.exceptions.Exit(NOT_REACHED) from fault
    text = calibration_text(best.thresholds, promise)
    if dry_run:
        click.echo(text, nl=False)
        return
    file = knowledge / FILE
    try:
        put_file(file, text.encode())
    except OSError as fault:
        raise CouldNotRun(f"{file} cannot be written: {fault.strerror}; --dry-run prints it") from fault
    click.echo(f"wrote {file}: {promise.how}")


def _promise(best: Calibration, sure: float) -> Promise:
    how = (
        f"Of {best.questions} labelled questions, {best.out_share:.0%} of them for no entry, "
        f"{best.coverage:.0%} of those in scope were answered; "
        f"{best.risk:.1%} of the answers were wrong, at most {best.risk_bound:.1%} "
        f"with a chance of {sure:.0%}."
    )
    today = datetime.now(UTC).date()
    return Promise(best.target_risk, best.risk, best.coverage, best.questions, today, how)
