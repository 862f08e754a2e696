"""What `caveat calibrate` takes from the log: judged answers, and what the file says of them."""

from __future__ import annotations

import asyncio

import click

from bot.cli.database import address_of, opened
from bot.cli.edges import CouldNotRun
from bot.journeys.audited import real_answers
from bot.matching.audited import FEWEST, Audit, Real
from bot.store.engine import StoreUnavailableError


def enough_real(database: str | None) -> Real | None:
    """The judged answers of the log, where they are enough to decide; else a word on it goes to stderr.

    None too where there is no log yet. Raises CouldNotRun for one that is named and cannot be read.
    """
    try:
        address = address_of(database)
    except CouldNotRun:
        if database is not None:
            raise
        return None
    try:
        real = asyncio.run(_read(address))
    except StoreUnavailableError as fault:
        raise CouldNotRun(f"{fault}\n--labelled-only does without the log") from fault
    if real.is_enough:
        return real
    if real.judged:
        click.echo(
            f"{len(real.judged)} answers of the log are judged; from {FEWEST} on they decide: `caveat audit`",
            err=True,
        )
    return None


def told(audit: Audit, labelled: int, sure: float) -> str:
    """What the promise rests on, in plain words and one paragraph."""
    best, real = audit.calibration, audit.real
    return (
        f"The threshold to answer rests on {len(real.judged)} answers that members got from {real.since} to "
        f"{real.until} and that moderators judged, drawn by lot. {audit.kept} of them would be given again, "
        f"{audit.wrong} of these wrong; {real.taken_back} of all {real.answered} answers of these days were "
        f"met with [Not my question] and count as wrong too. So at most {best.risk_bound:.1%} of the answers "
        f"are wrong with a chance of {sure:.0%}, as long as what is asked stays alike. Judged was only what "
        f"was answered, from {audit.floor:.4f} up, so the threshold is not lower. All else rests on "
        f"{labelled} labelled questions, which alone would have set it to {audit.of_labelled:.4f}; "
        f"{best.coverage:.0%} of those in scope are answered."
    )


async def _read(address: str) -> Real:
    async with opened(address) as store:
        return await real_answers(store)
