"""The nursery: has everything imported and forks a process of the bot at a word, so that it can be killed.

`python -m tests.kill.nursery FD` serves over the socket FD: it reads one JSON object at a time, sent
with the writing end of a pipe, forks a process that does what the object says, and answers its id.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bot.journeys.answer import Asked, Offered, Reply, Shown, Unanswered, answer
from bot.journeys.choose import none_of_these
from bot.journeys.live import Live
from bot.store.records import Door, Place
from bot.store.store import Store
from tests.kill.working import work
from tests.make_kept import a_live

MEMBERS = 4
"""How many ask at the same time."""
REPEATED = ("do ferns dream at night", "is moss afraid of thunder", "can ivy smell a gardener")
EXACT = ("my cat chewed a lily leaf", "should I speak to my pothos")

LOOKS_S = 0.5
"""Between two looks at whether the nursery is still there."""

Tell = Callable[[dict[str, Any]], None]
Lives = tuple[Live, Live]
"""One that offers nothing, so that what is not answered is logged, and one that offers what it can."""


async def ask(order: dict[str, Any], lives: Lives, tell: Tell) -> None:
    """Ask and ask until somebody kills us, and tell of each reply once it is given."""
    store, seed = await Store.open(order["url"]), order["seed"]
    tell({"opened": True})
    members = [_member(random.Random(f"{seed}/{n}"), lives, store, tell) for n in range(MEMBERS)]
    await asyncio.gather(*members)


async def _member(chance: random.Random, lives: Lives, store: Store, tell: Tell) -> None:
    place = Place(guild_id=chance.randrange(3), channel_id=chance.getrandbits(62))
    while True:
        one_off = f"my cat chewed lily leaf {chance.getrandbits(20)} in winter"
        text = chance.choice((*REPEATED, *EXACT, one_off, one_off))
        asked = Asked(text, chance.choice(list(Door)), place)
        reply = await answer(asked, chance.choice(lives), store, datetime.now(UTC), kept_days=30)
        tell(_acknowledged(reply, text))
        if isinstance(reply, Offered) and chance.random() < 0.5:
            tell({"closing": reply.offer_id})
            closed = await none_of_these(reply.offer_id, store, datetime.now(UTC))
            if closed is None:
                raise AssertionError(f"the offer {reply.offer_id} was gone")
            tell(_acknowledged(closed, text))
        if isinstance(reply, Unanswered) and reply.question_id is not None and chance.random() < 0.2:
            user_id = chance.getrandbits(62)
            await store.add_waiter(reply.question_id, user_id, datetime.now(UTC))
            tell({"waits": user_id, "question": reply.question_id})


def _acknowledged(reply: Reply, text: str) -> dict[str, Any]:
    if isinstance(reply, Shown):
        return {"answered": reply.answered_id, "text": text}
    if isinstance(reply, Offered):
        return {"offer": reply.offer_id, "text": text}
    if isinstance(reply, Unanswered):
        return {"question": reply.question_id, "text": text}
    raise TypeError(f"{reply} acknowledges nothing")


async def open_only(order: dict[str, Any], lives: Lives, tell: Tell) -> None:
    """Open the store, write once and close it, like a bot that is started and stopped."""
    store = await Store.open(order["url"])
    asked = Asked(REPEATED[0], Door.SLASH, Place(1, order["seed"]))
    reply = await answer(asked, lives[0], store, datetime.now(UTC), kept_days=30)
    await store.close()
    tell(_acknowledged(reply, asked.text))


async def deliver(order: dict[str, Any], _lives: Lives, tell: Tell) -> None:
    """Work off corrections and deliveries until all is done, or somebody kills us."""
    await work(order, tell)


async def _warm_up() -> None:
    """Import what is imported only once a database is opened."""
    await (await Store.open("sqlite+aiosqlite://")).close()


def _end_with(nursery: int) -> None:
    """End once the nursery is gone, as it is when the test was killed: nobody would end us any more."""
    while os.getppid() == nursery:
        time.sleep(LOOKS_S)
    os._exit(1)


def _child(order: dict[str, Any], lives: Lives, pipe: int, nursery: int) -> None:
    """The forked process: does the order, tells over the pipe, and never comes back."""
    status = 1
    threading.Thread(target=_end_with, args=(nursery,), daemon=True).start()
    try:
        task = {"ask": ask, "open_only": open_only, "deliver": deliver}[order["task"]]

        def tell(what: dict[str, Any]) -> None:
            os.write(pipe, (json.dumps(what) + "\n").encode())

        with suppress(BrokenPipeError):
            asyncio.run(task(order, lives, tell))
        status = 0
    except BaseException:  # it must end here, whatever it was: above it stands the nursery's own loop
        os.write(pipe, (json.dumps({"fault": traceback.format_exc()}) + "\n").encode())
    finally:
        os._exit(status)


def main() -> None:
    """Serve until the other end closes."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    lives = (a_live(), a_live(suggest=0.0))
    asyncio.run(_warm_up())
    nursery = os.getpid()
    while True:
        order, pipes, _flags, _address = socket.recv_fds(orders, 65536, 1)
        if not order:
            return
        process_id = os.fork()
        if process_id == 0:
            orders.close()
            _child(json.loads(order), lives, pipes[0], nursery)
        os.close(pipes[0])
        orders.sendall(str(process_id).encode())


if __name__ == "__main__":
    main()
