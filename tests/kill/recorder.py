"""The recorder: as much of Discord's REST API (v10) as sender and sweep need, in a process of its own.

`python -m tests.kill.recorder SEED NONCES` prints its port and serves until stdin closes. It outlives the
bots that are killed, and remembers every message that it was sent. `NONCES` is `kept`, as Discord keeps
them for a few minutes, or `forgotten`, as after that; a request may then take effect only at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from aiohttp import web
from discord.utils import time_snowflake, utcnow

API = "/api/v10"
BOT = {"id": "1000", "username": "Caveat", "discriminator": "0", "avatar": None, "bot": True}
DM_OFFSET = 10**15
"""A member's direct channel has the member's id plus this."""
CLOSED_EVERY = 3
"""Members whose id is a multiple of it take no direct messages."""
BEFORE_S, AFTER_S = 0.01, 0.01
"""At most so long a request takes until it takes effect, and until it is answered."""
LATE_S = 3.0
"""So long the request of a bot that was killed may take to take effect: the next one looks for it in vain."""
LIMITED_EVERY = 17
"""So often a request is told to come again a little later."""
RETRY_AFTER_S = 0.02
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Moment(StrEnum):
    """When a process is killed: of a request that has come, and takes effect or not, or of its answer."""

    LOST = "lost"
    UNDER_WAY = "under-way"
    DONE = "done"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Doom:
    """Whom to kill: after how many requests, or those that change something, and when exactly."""

    process_id: int
    after: int
    only_changes: bool
    moment: Moment
    later_s: float


@dataclass(slots=True)
class Recorder:
    """What was sent, and what came of it."""

    chance: random.Random
    keeps_nonces: bool
    messages: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    nonces: dict[tuple[int, str], int] = field(default_factory=dict)
    newest: int = 0
    requests: int = 0
    edits: int = 0
    doubles: int = 0
    doom: Doom | None = None

    def new_id(self) -> int:
        """An id of this moment, above every one before it."""
        self.newest = max(self.newest + 1, time_snowflake(utcnow()))
        return self.newest

    async def me(self, _request: web.Request) -> web.Response:
        """GET /users/@me"""
        return _answer(BOT)

    async def application(self, _request: web.Request) -> web.Response:
        """GET /oauth2/applications/@me"""
        return _answer(
            {"id": BOT["id"], "name": "Caveat", "icon": None, "description": "", "bot_public": False}
            | {"bot_require_code_grant": False, "verify_key": "", "flags": 0, "summary": ""}
            | {"owner": BOT, "team": None}
        )

    async def commands(self, request: web.Request) -> web.Response:
        """PUT /applications/{id}/commands"""
        given = await request.json()
        return _answer(
            [
                {"description": "", **each, "id": str(n), "application_id": BOT["id"], "version": "1"}
                for n, each in enumerate(given, 1)
            ]
        )

    async def open_direct(self, request: web.Request) -> web.Response:
        """POST /users/@me/channels"""
        user_id = int((await request.json())["recipient_id"])
        user = {"id": str(user_id), "username": "m", "discriminator": "0", "avatar": None}
        return _answer({"id": str(user_id + DM_OFFSET), "type": 1, "recipients": [user]})

    async def send(self, request: web.Request) -> web.Response:
        """POST /channels/{channel}/messages"""
        channel_id, given = int(request.match_info["channel"]), await request.json()
        if self.keeps_nonces:
            await asyncio.sleep(LATE_S if request["late"] else self.chance.uniform(0, BEFORE_S))
        if channel_id > DM_OFFSET and (channel_id - DM_OFFSET) % CLOSED_EVERY == 0:
            return _answer({"message": "Cannot send messages to this user", "code": 50007}, status=403)
        nonce = str(given.get("nonce") or "")
        if self.keeps_nonces and given.get("enforce_nonce") and (channel_id, nonce) in self.nonces:
            self.doubles += 1
            return _answer(self.messages[channel_id][self.nonces[channel_id, nonce]])
        message = self._message(channel_id, self.new_id(), given)
        self.nonces[channel_id, nonce] = int(message["id"])
        return _answer(message)

    async def edit(self, request: web.Request) -> web.Response:
        """PATCH /channels/{channel}/messages/{message}"""
        given = await request.json()
        await asyncio.sleep(self.chance.uniform(0, BEFORE_S))
        found = self._found(request)
        if found is None:
            return _answer({"message": "Unknown Message", "code": 10008}, status=404)
        self.edits += 1
        return _answer(self._message(int(found["channel_id"]), int(found["id"]), given))

    async def fetch(self, request: web.Request) -> web.Response:
        """GET /channels/{channel}/messages/{message}"""
        found = self._found(request)
        if found is None:
            return _answer({"message": "Unknown Message", "code": 10008}, status=404)
        return _answer(found)

    async def history(self, request: web.Request) -> web.Response:
        """GET /channels/{channel}/messages, newest first as Discord gives them, the oldest with `after`."""
        own = sorted(self.messages.get(int(request.match_info["channel"]), {}).items())
        limit, after = int(request.query.get("limit", 50)), request.query.get("after")
        found = [message for _, message in own] if after is None else [m for i, m in own if i > int(after)]
        found = found[:limit] if after is not None else found[-limit:]
        return _answer(found[::-1])

    async def state(self, _request: web.Request) -> web.Response:
        """GET /recorder: all messages, oldest first, and the counts."""
        messages = [m for own in self.messages.values() for _, m in sorted(own.items())]
        counts = {name: getattr(self, name) for name in ("requests", "edits", "doubles")}
        return _answer({"messages": messages, **counts})

    async def kill(self, request: web.Request) -> web.Response:
        """GET /recorder/kill: whom, and when; a process id of 0 spares all."""
        query = request.query
        whom, after, only_changes = (int(query[name]) for name in ("process", "after", "changes"))
        doom = Doom(whom, after, bool(only_changes), Moment(query["moment"]), float(query["later"]))
        self.doom = doom if whom else None
        return _answer({})

    def doomed(self, request: web.Request) -> Doom | None:
        """The doom that comes at this request."""
        doom = self.doom
        changes = request.path.startswith(f"{API}/channels/") and request.method != "GET"
        if doom is None or (doom.only_changes and not changes):
            return None
        self.doom = replace(doom, after=doom.after - 1) if doom.after > 1 else None
        return None if self.doom is not None else doom

    def _found(self, request: web.Request) -> dict[str, Any] | None:
        own = self.messages.get(int(request.match_info["channel"]), {})
        return own.get(int(request.match_info["message"]))

    def _message(self, channel_id: int, message_id: int, given: dict[str, Any]) -> dict[str, Any]:
        """The message as it stands from now on; components without an id are counted from 1, as there."""
        numbers = iter(range(1, 1000))
        message = {
            "id": str(message_id),
            "channel_id": str(channel_id),
            "author": BOT,
            "content": given.get("content") or "",
            "components": [_numbered(each, numbers) for each in given.get("components") or ()],
            "timestamp": utcnow().isoformat(),
            "edited_timestamp": None,
            "allowed_mentions": given.get("allowed_mentions"),
            **{"type": 0, "tts": False, "pinned": False, "mention_everyone": False, "flags": 32768},
            **{name: [] for name in ("mentions", "mention_roles", "attachments", "embeds")},
        }
        self.messages.setdefault(channel_id, {})[message_id] = message
        return message


def _kill(doom: Doom) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(doom.process_id, signal.SIGKILL)


def _answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, said as Discord says it: discord.py reads nothing that names a charset."""
    return web.Response(
        body=json.dumps(content).encode(),
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def _numbered(component: dict[str, Any], numbers: Any) -> dict[str, Any]:
    inner = [_numbered(each, numbers) for each in component.get("components") or ()]
    numbered = {**component, "id": component.get("id") or next(numbers)}
    return numbered | ({"components": inner} if inner else {})


def _counting(recorder: Recorder) -> Any:
    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API):
            return await handler(request)
        recorder.requests += 1
        if recorder.requests % LIMITED_EVERY == 0:
            limited = {
                "message": "You are being rate limited.",
                "retry_after": RETRY_AFTER_S,
                "global": False,
            }
            return _answer(limited, status=429, headers={"Via": "1.1 recorder"})
        doom = recorder.doomed(request)
        moment = None if doom is None else doom.moment
        if doom is not None and moment in (Moment.LOST, Moment.UNDER_WAY):
            _kill(doom)
        if moment is Moment.LOST:
            return _answer({}, 502)  # to nobody
        request["late"] = moment is Moment.UNDER_WAY
        response = await handler(request)
        if doom is not None and moment is Moment.DONE:
            _kill(doom)
        await asyncio.sleep(recorder.chance.uniform(0, AFTER_S))
        if doom is not None and moment is Moment.ANSWERED:
            asyncio.get_running_loop().call_later(doom.later_s, _kill, doom)
        return response

    return counted


def application(recorder: Recorder) -> web.Application:
    """The routes."""
    app = web.Application(middlewares=[_counting(recorder)])
    message = f"{API}/channels/{{channel}}/messages"
    app.add_routes(
        [
            web.get(f"{API}/users/@me", recorder.me),
            web.get(f"{API}/oauth2/applications/@me", recorder.application),
            web.put(f"{API}/applications/{{id}}/commands", recorder.commands),
            web.post(f"{API}/users/@me/channels", recorder.open_direct),
            web.post(message, recorder.send),
            web.get(message, recorder.history),
            web.get(f"{message}/{{message}}", recorder.fetch),
            web.patch(f"{message}/{{message}}", recorder.edit),
            web.get("/recorder", recorder.state),
            web.get("/recorder/kill", recorder.kill),
        ]
    )
    return app


async def main(seed: str, nonces: str) -> None:
    """Serve until stdin closes."""
    runner = web.AppRunner(application(Recorder(random.Random(seed), nonces == "kept")), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
