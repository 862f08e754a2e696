"""Shows that `discord_api` finds each kind of bad request body, and passes those of a real discord.py bot."""

import io
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from discord import app_commands, ui
from simcord import HttpLogEntry

from tests.discord_api import (
    COMPONENTS_V2_FLAG,
    KNOWN_DIFFERENCES,
    KnownDifference,
    check_requests,
    description,
    operation_of,
    own_problems_of,
    problems_of,
    schema_check_status,
    schema_problems_of,
    without_known_differences,
)

with_description = pytest.mark.skipif(description() is None, reason=schema_check_status())

QUIET: dict[str, list[str]] = {"parse": []}
NOBODY = discord.AllowedMentions.none()
CALLBACK = "/interactions/1/token/callback"


def request(method: str, path: str, body: object) -> HttpLogEntry:
    """A request as SimCord records it."""
    return HttpLogEntry(method, path, {}, body, None)


def message(**fields: Any) -> HttpLogEntry:
    """A new channel message that pings nobody."""
    return request("POST", "/channels/1/messages", {"allowed_mentions": QUIET, **fields})


def layout(*components: dict[str, Any], **fields: Any) -> HttpLogEntry:
    """A new channel message of Components V2."""
    return message(flags=COMPONENTS_V2_FLAG, components=list(components), **fields)


def modal(*components: dict[str, Any], title: str = "Ask", custom_id: str = "ask") -> HttpLogEntry:
    """The answer to an interaction that opens a modal."""
    data = {"title": title, "custom_id": custom_id, "components": list(components)}
    return request("POST", CALLBACK, {"type": 9, "data": data})


def choices(*offered: dict[str, Any]) -> HttpLogEntry:
    """The answer to an autocomplete interaction."""
    return request("POST", CALLBACK, {"type": 8, "data": {"choices": list(offered)}})


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def button(custom_id: str, label: str = "Go") -> dict[str, Any]:
    return {"type": 2, "style": 1, "custom_id": custom_id, "label": label}


def select(*options: dict[str, Any]) -> dict[str, Any]:
    return {"type": 3, "custom_id": "pick", "options": list(options)}


def option(label: str = "a", value: str = "a", description: str = "a") -> dict[str, Any]:
    return {"label": label, "value": value, "description": description}


def label(custom_id: str) -> dict[str, Any]:
    return {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": custom_id, "style": 1}}


def container(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 17, "components": list(components)}


def section(accessory: dict[str, Any]) -> dict[str, Any]:
    return {"type": 9, "components": [text("a")], "accessory": accessory}


POLL = {"question": {"text": "Which?"}, "answers": [{"poll_media": {"text": "This"}}]}


@pytest.mark.parametrize(
    ("bad", "good", "said"),
    [
        pytest.param(
            layout(text("a" * 2000), container(text("a" * 2001))),
            layout(text("a" * 2000), container(text("a" * 2000))),
            "components: hold 4001 characters in all TextDisplays, over 4000: 'aaa",
            id="text over 4000 characters in all TextDisplays",
        ),
        pytest.param(
            layout(container(*[text("a")] * 37, section(button("a")))),
            layout(container(*[text("a")] * 36, section(button("a")))),
            "components: are more than 40, nested ones counted: 41",
            id="over 40 components with nested ones and accessories",
        ),
        pytest.param(
            layout(row(button("same")), container(section(button("same")))),
            layout(row(button("one")), container(section(button("other")))),
            "components[1].components[0].accessory.custom_id: is used twice in one message or modal: 'same'",
            id="the same custom_id twice in a message",
        ),
        pytest.param(
            modal(label("same"), label("same")),
            modal(label("one"), label("other")),
            "data.components[1].component.custom_id: is used twice in one message or modal: 'same'",
            id="the same custom_id twice in a modal",
        ),
        pytest.param(
            layout(text("a"), content="b"),
            layout(text("a"), content=None),
            "content: stands beside the flag IS_COMPONENTS_V2: 'b'",
            id="content beside Components V2",
        ),
        pytest.param(
            layout(text("a"), embeds=[{"title": "b"}]),
            layout(text("a"), embeds=[]),
            "embeds: stands beside the flag IS_COMPONENTS_V2: [{'title': 'b'}]",
            id="an embed beside Components V2",
        ),
        pytest.param(
            layout(text("a"), poll=POLL),
            message(poll=POLL),
            "poll: stands beside the flag IS_COMPONENTS_V2: {'question'",
            id="a poll beside Components V2",
        ),
        pytest.param(
            layout(text("a"), sticker_ids=["1"]),
            message(content="a", sticker_ids=["1"]),
            "sticker_ids: stands beside the flag IS_COMPONENTS_V2: ['1']",
            id="a sticker beside Components V2",
        ),
        pytest.param(
            layout(text("a"), stickers=["1"]),
            layout(text("a")),
            "stickers: stands beside the flag IS_COMPONENTS_V2: ['1']",
            id="stickers by their name in discord.py beside Components V2",
        ),
        pytest.param(
            message(components=[text("a")]),
            layout(text("a")),
            "components[0]: has type 10 without the flag IS_COMPONENTS_V2: {'flags': None}",
            id="a Components V2 component without the flag",
        ),
        pytest.param(
            message(flags=64, components=[row(button("a")), container(text("a"))]),
            message(flags=64, content="a", components=[row(button("a"))]),
            "components[1].components[0]: has type 10 without the flag IS_COMPONENTS_V2: {'flags': 64}",
            id="a nested Components V2 component with another flag",
        ),
        pytest.param(
            layout(row(button("a" * 101))),
            layout(row(button("a" * 100))),
            "components[0].components[0].custom_id: is 101 characters, over 100: 'aaa",
            id="a custom_id over 100 characters on a button",
        ),
        pytest.param(
            modal(label("why"), custom_id="a" * 101),
            modal(label("why"), custom_id="a" * 100),
            "data.custom_id: is 101 characters, over 100: 'aaa",
            id="a custom_id over 100 characters on a modal",
        ),
        pytest.param(
            layout(row(button("a", "b" * 81))),
            layout(row(button("a", "b" * 80))),
            "components[0].components[0].label: is 81 characters, over 80: 'bbb",
            id="a button label over 80 characters",
        ),
        pytest.param(
            layout(row(select(option(label="a" * 101)))),
            layout(row(select(option(label="a" * 100)))),
            "components[0].components[0].options[0].label: is 101 characters, over 100: 'aaa",
            id="an option label over 100 characters",
        ),
        pytest.param(
            layout(row(select(option(), option(value="b" * 101)))),
            layout(row(select(option(), option(value="b" * 100)))),
            "components[0].components[0].options[1].value: is 101 characters, over 100: 'bbb",
            id="an option value over 100 characters",
        ),
        pytest.param(
            layout(row(select(option(description="a" * 101)))),
            layout(row(select(option(description="a" * 100)))),
            "components[0].components[0].options[0].description: is 101 characters, over 100: 'aaa",
            id="an option description over 100 characters",
        ),
        pytest.param(
            layout(row(select(*[option(value=str(n)) for n in range(26)]))),
            layout(row(select(*[option(value=str(n)) for n in range(25)]))),
            "components[0].components[0].options: are more than 25: 26",
            id="more than 25 options",
        ),
        pytest.param(
            modal(label("why"), title="a" * 46),
            modal(label("why"), title="a" * 45),
            "data.title: is 46 characters, over 45: 'aaa",
            id="a modal title over 45 characters",
        ),
        pytest.param(
            choices(*[{"name": "a", "value": str(n)} for n in range(26)]),
            choices(*[{"name": "a", "value": str(n)} for n in range(25)]),
            "data.choices: are more than 25: 26",
            id="more than 25 autocomplete choices",
        ),
        pytest.param(
            choices({"name": "a" * 101, "value": "a"}),
            choices({"name": "a" * 100, "value": "a"}),
            "data.choices[0].name: is 101 characters, over 100: 'aaa",
            id="a choice name over 100 characters",
        ),
        pytest.param(
            choices({"name": "", "value": "a"}),
            choices({"name": "a", "value": ""}),
            "data.choices[0].name: is empty: ''",
            id="an empty choice name",
        ),
        pytest.param(
            choices({"name": "a", "value": "a" * 101}),
            choices({"name": "a", "value": 10**15}),
            "data.choices[0].value: is 101 characters, over 100: 'aaa",
            id="a choice value over 100 characters",
        ),
        pytest.param(
            layout(text(" \n")),
            layout(text("a")),
            "components[0].content: is empty text: ' \\n'",
            id="an empty TextDisplay",
        ),
        pytest.param(
            layout(row(*[button(str(n)) for n in range(6)])),
            layout(row(*[button(str(n)) for n in range(5)])),
            "components[0].components: holds more than 5 buttons in a row: 6",
            id="a row of six buttons",
        ),
        pytest.param(
            layout(row()),
            layout(row(select(option()))),
            "components[0].components: is an empty row: []",
            id="an empty row",
        ),
        pytest.param(
            message(content="a" * 2001),
            message(content="a" * 2000),
            "content: is 2001 characters, over 2000: 'aaa",
            id="content over 2000 characters",
        ),
    ],
)
def test_a_body_over_a_limit_is_a_problem_and_one_within_it_is_none(
    bad: HttpLogEntry, good: HttpLogEntry, said: str
) -> None:
    assert [problem for problem in own_problems_of(bad) if f"{bad.method} {bad.path}: {said}" in problem]
    assert problems_of(good) == []


def test_a_problem_is_one_short_line_even_where_the_value_is_long_and_has_line_breaks() -> None:
    (problem,) = own_problems_of(message(content="a\n" * 1001))
    assert "\n" not in problem
    assert len(problem) < 250


@pytest.mark.parametrize(
    ("method", "path", "wrapped"),
    [
        pytest.param("POST", "/channels/1/messages", "", id="a new message"),
        pytest.param("PATCH", "/channels/1/messages/2", "", id="a message edit"),
        pytest.param("POST", "/webhooks/1/token", "", id="a follow-up"),
        pytest.param("PATCH", "/webhooks/1/token/messages/@original", "", id="an edit of the answer"),
        pytest.param("PATCH", "/webhooks/1/token/messages/2", "", id="an edit of a follow-up"),
        pytest.param("POST", "/channels/1/threads", "message", id="the first message of a forum thread"),
        pytest.param("POST", CALLBACK, "data", id="an answer to an interaction"),
    ],
)
@pytest.mark.parametrize(
    ("mentions", "said"),
    [
        pytest.param({}, "allowed_mentions: is missing on a message with text: None", id="saying nothing"),
        pytest.param(
            {"allowed_mentions": {}}, "allowed_mentions.parse: is not an empty list: None", id="parsing all"
        ),
        pytest.param(
            {"allowed_mentions": {"parse": ["users"]}},
            "allowed_mentions.parse: is not an empty list: ['users']",
            id="parsing users",
        ),
        pytest.param(
            {"allowed_mentions": {"parse": [], "users": ["1"]}},
            "allowed_mentions.users: names somebody to ping: ['1']",
            id="naming a user",
        ),
        pytest.param(
            {"allowed_mentions": {"parse": [], "roles": ["1"]}},
            "allowed_mentions.roles: names somebody to ping: ['1']",
            id="naming a role",
        ),
        pytest.param(
            {"allowed_mentions": {"parse": [], "replied_user": True}},
            "allowed_mentions.replied_user: pings the author of the message replied to: True",
            id="pinging the author replied to",
        ),
    ],
)
def test_a_message_with_text_must_ping_nobody(
    method: str, path: str, wrapped: str, mentions: dict[str, Any], said: str
) -> None:
    def sent(fields: dict[str, Any]) -> HttpLogEntry:
        outer: dict[str, dict[str, Any]] = {"data": {"type": 4}, "message": {"name": "thread"}}
        return request(method, path, {**outer[wrapped], wrapped: fields} if wrapped else fields)

    place = f"{wrapped}." if wrapped else ""
    assert own_problems_of(sent({"content": "a", **mentions})) == [f"{method} {path}: {place}{said}"]
    quiet = {"parse": [], "users": [], "replied_user": False}
    assert problems_of(sent({"content": "a", "allowed_mentions": quiet})) == []


@pytest.mark.parametrize(
    ("content", "users", "is_fine"),
    [
        ("<@1> Here it is.", ["1"], True),
        ("Here it is, <@1>.", ["1"], False),
        ("<@1> Here it is.", ["2"], False),
        ("<@1> <@2> Here it is.", ["1", "2"], False),
    ],
)
def test_only_the_one_whom_it_addresses_may_be_pinged(content: str, users: list[str], is_fine: bool) -> None:
    sent = {"content": content, "allowed_mentions": {"parse": [], "users": users}}
    assert (own_problems_of(request("POST", "/channels/1/messages", sent)) == []) is is_fine


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"components": [text("a")], "flags": COMPONENTS_V2_FLAG}, id="a TextDisplay"),
        pytest.param({"embeds": [{"title": "a"}]}, id="an embed"),
        pytest.param({"poll": POLL}, id="a poll"),
    ],
)
def test_text_outside_content_must_ping_nobody_either(fields: dict[str, Any]) -> None:
    update = request("POST", CALLBACK, {"type": 7, "data": fields})
    assert own_problems_of(update) == [
        f"POST {CALLBACK}: data.allowed_mentions: is missing on a message with text: None"
    ]


def test_a_body_without_text_need_not_speak_of_mentions() -> None:
    edit = request("PATCH", "/channels/1/messages/2", {"components": [], "embeds": [], "content": None})
    deferred = request("POST", CALLBACK, {"type": 5, "data": {"flags": 64}})
    assert check_requests([edit, deferred]) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"components": "a", "flags": "b", "content": 5}, id="scalars of the wrong type"),
        pytest.param({"components": [5, {"type": [10], "components": {}}]}, id="components that are none"),
        pytest.param([{"content": "a"}], id="a list"),
    ],
)
def test_a_body_of_the_wrong_shape_is_reported_and_raises_nothing(body: object) -> None:
    sent = request("POST", "/channels/1/messages", body)
    own_problems_of(sent)
    assert description() is None or schema_problems_of(sent)


def test_check_requests_keeps_the_problems_of_all_requests_in_order() -> None:
    problems = check_requests([message(content="a" * 2001), message(content="a"), layout(row())])
    assert [
        problem.split(": ")[1] for problem in problems if "over 2000" in problem or "empty row" in problem
    ] == [
        "content",
        "components[0].components",
    ]


# ---------------------------------------------------------------------- Discord's own description


@with_description
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(message(content=5), "content: breaks type ['string', 'null']: 5", id="a bad type"),
        pytest.param(
            request("POST", "/channels/1/messages", {"message_reference": {"message_id": "x"}}),
            "message_reference.message_id: breaks pattern '^(0|[1-9][0-9]*)$': 'x'",
            id="an id that is none",
        ),
        pytest.param(
            layout(container({"type": 99})),
            "components[0].components[0]: type 99 is none of those that may stand here: {'type': 99}",
            id="an unknown component type",
        ),
        pytest.param(
            request(
                "POST",
                CALLBACK,
                {"type": 9, "data": {"title": "a", "custom_id": "a", "components": [text("a"), row()]}},
            ),
            "data.components[1].components: breaks minItems 1: []",
            id="an error deep inside the one form that was meant",
        ),
        pytest.param(
            request("POST", CALLBACK, {"type": 99}),
            "body: type 99 is none of those that may stand here: {'type': 99}",
            id="an unknown interaction callback",
        ),
        pytest.param(
            layout({"type": 10}),
            "components[0]: 'content' is a required property: {'type': 10}",
            id="a missing field",
        ),
        pytest.param(
            message(contents="a"),
            "body: Additional properties are not allowed ('contents' was unexpected): {",
            id="an unknown field",
        ),
        pytest.param(
            layout(row({"type": 2, "style": 5, "label": "a", "url": "no address"})),
            "components[0].components[0].url: breaks format 'uri': 'no address'",
            id="a link to nowhere",
        ),
        pytest.param(
            request("PUT", "/applications/1/commands", [{"name": "a", "description": "b" * 101}]),
            "[0].description: breaks maxLength 100: 'bbb",
            id="a long command description",
        ),
        pytest.param(
            request("POST", "/channels/1/messages", None),
            "body: Discord's description requires a body: None",
            id="a missing body",
        ),
        pytest.param(
            request("POST", "/channels/1/typing", {"a": 1}),
            "body: Discord's description has no JSON body here: {'a': 1}",
            id="a body where none belongs",
        ),
        pytest.param(
            request("POST", "/channels/1/nonsense", {}),
            "route: not in Discord's description: 'POST /channels/1/nonsense'",
            id="an unknown route",
        ),
        pytest.param(
            request("GET", "/channels/None/messages", None),
            "route: not in Discord's description: 'GET /channels/None/messages'",
            id="a known route with an id that is none",
        ),
        pytest.param(
            request("PUT", "/channels/1/messages", {}),
            "route: not in Discord's description: 'PUT /channels/1/messages'",
            id="a known path with an unknown method",
        ),
    ],
)
def test_what_discords_description_forbids_is_a_problem(bad: HttpLogEntry, said: str) -> None:
    (problem,) = schema_problems_of(bad)
    assert problem.startswith(f"{bad.method} {bad.path}: {said}")


@with_description
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(message(message_reference={"message_id": True}), id="a truth value as an id"),
        pytest.param(request("PATCH", "/channels/1/messages/2", {"tts": True}), id="tts in an edit"),
        pytest.param(message(embeds=[{"title": "a", "flags": 32}]), id="an embed with flags"),
        pytest.param(
            request("PUT", "/applications/1/commands", [{"name": "a", "nsfw": "yes"}]), id="nsfw as text"
        ),
        pytest.param(layout(section(button("a")), nsfw=True), id="nsfw on a message"),
    ],
)
def test_a_known_difference_excuses_nothing_beyond_what_discord_py_sends(bad: HttpLogEntry) -> None:
    assert len(schema_problems_of(bad)) == 1


def test_without_discords_description_the_schema_check_is_left_out(tmp_path: Path) -> None:
    assert description(tmp_path / "openapi.json") is None
    assert "\n" not in schema_check_status()


# ------------------------------------------------------------------------- a real discord.py bot


class Question(ui.Modal, title="Ask more"):
    """A modal with a label and a text input."""

    question: ui.Label[Any] = ui.Label(
        text="Question", component=ui.TextInput(custom_id="question", max_length=500)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Thanks", ephemeral=True)


class Controls(ui.ActionRow[Any]):
    @ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Question())

    @ui.button(label="Again", custom_id="again", emoji="🔁", style=discord.ButtonStyle.danger)
    async def again(self, interaction: discord.Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.edit_message(view=Answer())

    @ui.button(label="Secret", custom_id="secret")
    async def secret(self, interaction: discord.Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.defer()
        sent = await interaction.followup.send("Secret", ephemeral=True, wait=True)
        await sent.edit(content="Very secret")


class Choice(ui.ActionRow[Any]):
    @ui.select(custom_id="choice", options=[discord.SelectOption(label="One", description="first")])
    async def choose(self, interaction: discord.Interaction, _: ui.Select[Any]) -> None:
        await interaction.response.edit_message(view=Answer())


class Person(ui.ActionRow[Any]):
    @ui.select(cls=ui.UserSelect, custom_id="person", default_values=[discord.Object(1, type=discord.User)])
    async def choose(self, interaction: discord.Interaction, _: ui.UserSelect[Any]) -> None:
        await interaction.response.defer()


class Answer(ui.LayoutView):
    """Components V2 of every kind that a text bot needs."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        link: ui.Button[Any] = ui.Button(label="Source", url="https://example.com/a")
        inside: list[ui.Item[Any]] = [
            ui.TextDisplay("# Answer"),
            ui.Separator(),
            ui.Section("With a source", accessory=link),
            Controls(),
            Choice(),
            Person(),
        ]
        self.add_item(ui.Container(*inside, accent_colour=discord.Colour.blue()))
        self.add_item(ui.TextDisplay("That was all."))


@app_commands.command(description="Answers a question")
@app_commands.describe(about="What it is about")
async def ask(interaction: discord.Interaction, about: str) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(view=Answer())
    await interaction.followup.send(f"On {about}", embed=discord.Embed(title="Found"), ephemeral=True)


@ask.autocomplete("about")
async def offered(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"About {typed}", value=typed)]


@app_commands.context_menu(name="Explain this")
async def explain(interaction: discord.Interaction, target: discord.Message) -> None:
    file = discord.File(io.BytesIO(b"why"), "why.txt")
    await interaction.response.send_message(view=Answer(), ephemeral=True)
    await interaction.followup.send("The file", file=file, ephemeral=True)


class LittleBot(discord.Client):
    """A bot without privileged intents that uses every kind of request this project sends."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True)
        super().__init__(intents=intents, allowed_mentions=NOBODY)
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        self.tree.add_command(ask)
        self.tree.add_command(explain)
        await self.tree.sync()

    async def on_message(self, received: discord.Message) -> None:
        if self.user not in received.mentions:
            return
        async with received.channel.typing():
            sent = await received.reply("One moment", mention_author=False)
        await sent.edit(content=None, view=Answer())
        await sent.edit(view=Answer(), allowed_mentions=NOBODY)
        only = discord.AllowedMentions(everyone=False, roles=False, users=[received.author])
        direct = await self.create_dm(received.author)
        await direct.send(f"<@{received.author.id}> hello", allowed_mentions=only)


async def requests_of_a_little_bot() -> list[HttpLogEntry]:
    """Everything that the little bot sends while one member tries all that it can do."""
    bot = LittleBot()
    async with simcord.run(bot, approved_intents=discord.Intents.none()) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        alice = guild.add_member(env.create_user("alice"))
        assert bot.user
        asked = await alice.send(channel, f"<@{bot.user.id}> hello")
        await alice.autocomplete(channel, "ask", "about", "ducks")
        answer = (await alice.slash(channel, "ask", about="ducks")).response
        assert answer
        await alice.submit_modal(await alice.click(answer, label="More"), {"question": "Why?"})
        await alice.click(answer, label="Again")
        await alice.click(answer, label="Secret")
        await alice.select(answer, ["One"], custom_id="choice")
        await alice.context_menu(channel, "Explain this", asked)
        return list(env.http_requests)


async def test_every_request_of_a_real_bot_passes() -> None:
    requests = await requests_of_a_little_bot()
    assert check_requests(requests) == []
    assert len([sent for sent in requests if sent.json is not None]) == 19


async def test_an_edit_by_discord_py_without_content_forgets_the_mentions_of_the_client() -> None:
    """Why `Message.edit(view=...)` needs its own allowed_mentions: discord.py adds them for content only."""

    class Forgetful(LittleBot):
        async def on_message(self, received: discord.Message) -> None:
            if self.user in received.mentions:
                await (await received.reply(view=Answer())).edit(view=Answer())

    bot = Forgetful()
    async with simcord.run(bot, approved_intents=discord.Intents.none()) as env:
        guild = env.create_guild()
        assert bot.user
        alice = guild.add_member(env.create_user("alice"))
        await alice.send(guild.create_text_channel("general"), f"<@{bot.user.id}> hello")
        problems = check_requests(env.http_requests)
    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "allowed_mentions: is missing on a message with text: None"
    ]


@with_description
async def test_every_known_difference_is_still_one_of_discord_py() -> None:
    met: set[KnownDifference] = set()
    for sent in await requests_of_a_little_bot():
        operation = operation_of(sent)
        assert operation
        met |= without_known_differences(operation.route, sent.json)[1]
    assert [difference.why for difference in KNOWN_DIFFERENCES if difference not in met] == []
