"""Checks every HTTP request body that the bot sends, as SimCord records it in `env.http_requests`.

Two parts look at each request:

* `schema_problems_of` holds it against Discord's own description of its HTTP API (`openapi.json`,
  from discord/discord-api-spec), which is read from beside the repository and is not part of it.
  Where that file is absent, this part finds nothing, and `schema_check_status` says so in a line.
* `own_problems_of` holds it against what that description lets through: the limits that Discord's
  documentation states in words only, and the rule of this project that no message pings anybody.

A problem is one line: method, path, place in the body, what is wrong there, and the value.
Lengths are counted in characters (Unicode code points), as discord.py counts them.
"""

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from jsonschema import (  # type: ignore[import-untyped, unused-ignore]
    Draft202012Validator,
    FormatChecker,
    ValidationError,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from simcord import HttpLogEntry

DESCRIPTION_FILE = Path(__file__).resolve().parents[2] / "shared" / "discord" / "openapi.json"
"""Discord's description of its HTTP API: `../shared/discord/openapi.json`, seen from the repository."""

DESCRIPTION_URI = "discord:openapi"

COMPONENTS_V2_FLAG = 1 << 15
"""The message flag IS_COMPONENTS_V2."""

# Component types, from https://discord.com/developers/docs/components/reference
ACTION_ROW = 1
BUTTON = 2
TEXT_DISPLAY = 10
V2_TYPES = (9, 10, 11, 12, 13, 14, 17)
"""Section, TextDisplay, Thumbnail, MediaGallery, File, Separator, Container: only with the flag."""

# Interaction callback types, from
# https://discord.com/developers/docs/interactions/receiving-and-responding
MESSAGE_CALLBACKS = (4, 7)
AUTOCOMPLETE_CALLBACK = 8
MODAL_CALLBACK = 9

CALLBACK_PATH = re.compile(r"POST /interactions/\d+/[^/]+/callback")
MESSAGE_PATH = re.compile(
    r"POST /channels/\d+/messages"
    r"|PATCH /channels/\d+/messages/\d+"
    r"|POST /webhooks/\d+/[^/]+"
    r"|PATCH /webhooks/\d+/[^/]+/messages/(\d+|@original)"
)
THREAD_PATH = re.compile(r"POST /channels/\d+/threads")


class Finding(NamedTuple):
    """One thing wrong with one body, before method and path are put in front."""

    place: str
    what: str
    value: object


def check_requests(requests: Iterable[HttpLogEntry]) -> list[str]:
    """The problems of all requests, in the order in which they were sent; empty means that all pass."""
    return [problem for request in requests for problem in problems_of(request)]


def problems_of(request: HttpLogEntry) -> list[str]:
    """What Discord would reject in this request, or this project forbids; empty means that it passes."""
    return [*schema_problems_of(request), *own_problems_of(request)]


def schema_check_status() -> str:
    """One line that says whether requests are held against Discord's description, for a report or a skip."""
    if description() is None:
        return "schema check left out: there is no ../shared/discord/openapi.json beside the repository"
    return "schema check on: requests are held against ../shared/discord/openapi.json"


def _line(request: HttpLogEntry, finding: Finding) -> str:
    shown = repr(finding.value)
    if len(shown) > 120:
        shown = shown[:117] + "..."
    return f"{request.method} {request.path}: {finding.place or 'body'}: {finding.what}: {shown}"


# ---------------------------------------------------------------- what discord.py is known to do


class KnownDifference(NamedTuple):
    """Something that discord.py sends, Discord takes, and Discord's description does not have.

    `route` is matched against "METHOD /path/{template}", `place` against the place in the body with
    empty list indexes ("components[].id"), and `sent` must accept the value. Then the value is, before
    the body is validated, left out or read as text; everything else about the body is still checked.
    """

    route: re.Pattern[str]
    place: re.Pattern[str]
    sent: Callable[[object], bool]
    reading: Literal["left out", "as text"]
    why: str


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


KNOWN_DIFFERENCES = (
    KnownDifference(
        re.compile(r"POST /channels/\{channel_id\}/messages"),
        re.compile(r"message_reference\.(message_id|channel_id|guild_id)"),
        _is_integer,
        "as text",
        "Message.reply and MessageReference send ids as numbers; Discord reads a snowflake from both forms",
    ),
    KnownDifference(
        re.compile(r"POST /users/@me/channels"),
        re.compile(r"recipient_id"),
        _is_integer,
        "as text",
        "create_dm sends the member's id as a number; Discord reads a snowflake from both forms",
    ),
    KnownDifference(
        re.compile(r"POST /channels/\{channel_id\}/messages"),
        re.compile(r"allowed_mentions\.users\[\]"),
        _is_integer,
        "as text",
        "AllowedMentions.to_dict sends ids as numbers; Discord reads a snowflake from both forms",
    ),
    KnownDifference(
        re.compile(r"(POST|PATCH) .*"),
        re.compile(r"(data\.)?components\[\].*\.default_values\[\]\.id"),
        _is_integer,
        "as text",
        "SelectDefaultValue.to_dict sends ids as numbers; Discord reads a snowflake from both forms",
    ),
    KnownDifference(
        re.compile(r"(POST|PATCH) .*"),
        re.compile(r"(data\.)?attachments\[\]\.id"),
        _is_integer,
        "as text",
        "File.to_dict sends the index of an upload as a number, as Discord's documentation shows it",
    ),
    KnownDifference(
        re.compile(r"PATCH .*/messages/(\{message_id\}|@original)"),
        re.compile(r"tts"),
        lambda value: value is False,
        "left out",
        "handle_message_parameters puts tts in every body; an edit has no such field, and false is no change",
    ),
    KnownDifference(
        re.compile(r"POST /interactions/.*/callback"),
        re.compile(r"data\.tts"),
        lambda value: value is False,
        "left out",
        "the same in a callback of type 7 (update message), which is an edit too",
    ),
    KnownDifference(
        re.compile(r"(POST|PATCH) .*"),
        re.compile(r"(data\.)?embeds\[\]\.flags"),
        lambda value: value == 0,
        "left out",
        "Embed.to_dict sends its flags, which Discord only ever sets itself; 0 says nothing",
    ),
    KnownDifference(
        re.compile(r"PUT /applications/\{application_id\}/(guilds/\{guild_id\}/)?commands"),
        re.compile(r"\[\]\.nsfw"),
        lambda value: isinstance(value, bool),
        "left out",
        "Command.to_dict sends nsfw, which Discord documents for commands but leaves out of openapi.json",
    ),
)
"""Each was met by running discord.py 2.7.1 in SimCord; test_discord_api.py fails for one not met any more."""


def without_known_differences(route: str, body: object) -> tuple[object, set[KnownDifference]]:
    """A copy of `body` as Discord reads it, and the differences that it was changed for.

    `route` is "METHOD /path/{template}".
    """
    here = [difference for difference in KNOWN_DIFFERENCES if difference.route.fullmatch(route)]
    met: set[KnownDifference] = set()

    def copied(value: object, place: str) -> object:
        if isinstance(value, list):
            return [copied(item, f"{place}[]") for item in value]
        if not isinstance(value, dict):
            of_list = (d for d in here if d.place.fullmatch(place) and d.sent(value))
            difference = next(of_list, None)
            if difference is None:
                return value
            met.add(difference)
            return str(value)
        result: dict[str, object] = {}
        for key, item in value.items():
            item_place = f"{place}.{key}" if place else key
            for difference in here:
                if difference.place.fullmatch(item_place) and difference.sent(item):
                    met.add(difference)
                    if difference.reading == "as text":
                        result[key] = str(item)
                    break
            else:
                result[key] = copied(item, item_place)
        return result

    return copied(body, ""), met


# ---------------------------------------------------------------------- Discord's own description


class Operation(NamedTuple):
    """One method on one path template of Discord's description."""

    method: str
    template: str
    path: re.Pattern[str]
    body_required: bool
    validator: Draft202012Validator | None
    """None where the operation takes no JSON body."""

    @property
    def route(self) -> str:
        """The form that `KnownDifference.route` is matched against."""
        return f"{self.method} {self.template}"


@functools.cache
def description(file: Path = DESCRIPTION_FILE) -> tuple[Operation, ...] | None:
    """Discord's operations, those with the fewest path parameters first; None where the file is absent.

    Read once, since the file is 1.2 MB. It leaves objects open to fields that it does not name; here
    they are closed, so that a field which Discord would silently ignore is a problem.
    """
    try:
        document = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    _close_objects(document)
    registry = Registry().with_resource(DESCRIPTION_URI, DRAFT202012.create_resource(document))
    operations = [
        _operation(document, registry, template, method)
        for template, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    ]
    return tuple(sorted(operations, key=lambda operation: operation.template.count("{")))


def _close_objects(node: Any) -> None:
    """Forbid, in place, the fields that an object schema does not name, where it says nothing of them.

    Schemas combined with allOf would break by this; among JSON request bodies there are none of objects.
    """
    if isinstance(node, list):
        for item in node:
            _close_objects(item)
    elif isinstance(node, dict):
        if node.get("type") in ("object", ["object", "null"]) and isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        for item in node.values():
            _close_objects(item)


def _operation(document: dict[str, Any], registry: Any, template: str, method: str) -> Operation:
    item = document["paths"][template]
    body = item[method].get("requestBody", {})
    validator = None
    if "application/json" in body.get("content", {}):
        place = f"/paths/{template.replace('/', '~1')}/{method}/requestBody/content/application~1json/schema"
        reference = {"$ref": f"{DESCRIPTION_URI}#{place}"}
        validator = Draft202012Validator(reference, registry=registry, format_checker=_format_checker())
    parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
    snowflakes = {
        parameter["name"]
        for parameter in parameters
        if parameter["schema"].get("$ref") == "#/components/schemas/SnowflakeType"
    }
    pattern = "".join(
        re.escape(part) if index % 2 == 0 else r"\d+" if part in snowflakes else "[^/]+"
        for index, part in enumerate(re.split(r"\{(\w+)\}", template))
    )
    return Operation(method.upper(), template, re.compile(pattern), body.get("required", False), validator)


@functools.cache
def _format_checker() -> FormatChecker:
    """Checks the format "uri" only: jsonschema has no check for it without further packages."""
    checker = FormatChecker(formats=())

    def has_scheme_and_host(value: object) -> bool:
        if not isinstance(value, str):
            return True
        parts = urlsplit(value)
        return bool(parts.scheme and parts.netloc) and " " not in value

    checker.checks("uri", raises=ValueError)(has_scheme_and_host)
    return checker


def operation_of(request: HttpLogEntry) -> Operation | None:
    """The operation of Discord's description that takes this request; None for none, or no description."""
    for operation in description() or ():
        if operation.method == request.method and operation.path.fullmatch(request.path):
            return operation
    return None


def schema_problems_of(request: HttpLogEntry) -> list[str]:
    """What Discord's description forbids in this request; always empty where it is absent."""
    if description() is None:
        return []
    return [_line(request, finding) for finding in _schema_findings(request)]


def _schema_findings(request: HttpLogEntry) -> Iterator[Finding]:
    operation = operation_of(request)
    if operation is None:
        yield Finding("route", "not in Discord's description", f"{request.method} {request.path}")
    elif request.json is None:
        if operation.body_required:
            yield Finding("", "Discord's description requires a body", None)
    elif operation.validator is None:
        yield Finding("", "Discord's description has no JSON body here", request.json)
    else:
        body, _ = without_known_differences(operation.route, request.json)
        for error in operation.validator.iter_errors(body):
            yield _finding_from(_cause(error))


def _cause(error: ValidationError) -> ValidationError:
    """The error to show for one: inside anyOf or oneOf, that of the form which was evidently meant.

    Ruled out are the forms that take another JSON type, and those that fix another `type` field
    (Discord's discriminator). Of the rest, the form with the fewest errors was meant; with none
    left, no form takes the value, and the outer error is the one to show.
    """
    forms: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        forms.setdefault(inner.schema_path[0], []).append(inner)

    def ruled_out(inner: ValidationError) -> bool:
        place = list(inner.relative_path)
        return (place == [] and inner.validator == "type") or place == ["type"]

    meant = [errors for errors in forms.values() if not any(ruled_out(inner) for inner in errors)]
    return _cause(min(meant, key=len)[0]) if meant else error


def _finding_from(error: ValidationError) -> Finding:
    place = error.json_path[1:].removeprefix(".")
    match error.validator:
        case "anyOf" | "oneOf" if not error.context:
            what = "fits several of the forms of which one may stand here"
        case "anyOf" | "oneOf" if isinstance(error.instance, dict) and "type" in error.instance:
            what = f"type {error.instance['type']!r} is none of those that may stand here"
        case "anyOf" | "oneOf":
            what = "fits none of the forms that may stand here"
        case "additionalProperties" | "required":
            what = error.message
        case _:
            what = f"breaks {error.validator} {error.validator_value!r}"
    return Finding(place, what, error.instance)


# ------------------------------------------------------------------- what the description lets through


def own_problems_of(request: HttpLogEntry) -> list[str]:
    """What Discord documents in words only, or this project forbids, in this request."""
    return [_line(request, finding) for finding in _own_findings(request)]


def _own_findings(request: HttpLogEntry) -> Iterator[Finding]:
    route, body = f"{request.method} {request.path}", request.json
    if not isinstance(body, dict):
        return
    if MESSAGE_PATH.fullmatch(route):
        yield from _message_findings(body, "")
    elif THREAD_PATH.fullmatch(route) and isinstance(body.get("message"), dict):
        yield from _message_findings(body["message"], "message.")
    elif CALLBACK_PATH.fullmatch(route) and isinstance(body.get("data"), dict):
        if body.get("type") in MESSAGE_CALLBACKS:
            yield from _message_findings(body["data"], "data.")
        elif body.get("type") == AUTOCOMPLETE_CALLBACK:
            yield from _choice_findings(body["data"])
        elif body.get("type") == MODAL_CALLBACK:
            yield from _too_long(body["data"], "title", 45, "data.")
            yield from _too_long(body["data"], "custom_id", 100, "data.")
            yield from _component_findings(_components_in(body["data"], "data."))


class Placed(NamedTuple):
    """A component and its place in the body."""

    place: str
    component: Mapping[str, Any]


def _components_in(holder: Mapping[str, Any], place: str) -> list[Placed]:
    """All components under `holder`, at any depth: children, accessories, those inside labels."""
    children = _items(holder, "components")
    nested = [(f"{place}components[{index}]", item) for index, item in enumerate(children)]
    nested += [(f"{place}{key}", holder[key]) for key in ("accessory", "component") if key in holder]
    found = []
    for where, item in nested:
        if isinstance(item, dict):
            found += [Placed(where, item), *_components_in(item, f"{where}.")]
    return found


def _items(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _text(holder: Mapping[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _too_long(holder: Mapping[str, Any], key: str, limit: int, place: str) -> Iterator[Finding]:
    text = _text(holder, key)
    if len(text) > limit:
        yield Finding(f"{place}{key}", f"is {len(text)} characters, over {limit}", text)


def _message_findings(message: Mapping[str, Any], place: str) -> Iterator[Finding]:
    placed = _components_in(message, place)
    texts = [_text(item, "content") for _, item in placed if item.get("type") == TEXT_DISPLAY]
    length = sum(map(len, texts))
    if length > 4000:
        yield Finding(
            f"{place}components", f"hold {length} characters in all TextDisplays, over 4000", "".join(texts)
        )
    if len(placed) > 40:
        yield Finding(f"{place}components", "are more than 40, nested ones counted", len(placed))
    yield from _too_long(message, "content", 2000, place)
    yield from _flag_findings(message, placed, place)
    yield from _component_findings(placed)
    if any(texts) or any(message.get(key) for key in ("content", "embeds", "poll")):
        first = next(filter(None, (*texts, _text(message, "content"))), "")
        yield from _ping_findings(message.get("allowed_mentions"), f"{place}allowed_mentions", first)


def _flag_findings(message: Mapping[str, Any], placed: list[Placed], place: str) -> Iterator[Finding]:
    """Empty or null old-style fields are let through: an edit to Components V2 must clear them so."""
    flags = message.get("flags")
    if isinstance(flags, int) and flags & COMPONENTS_V2_FLAG:
        for key in ("content", "embeds", "poll", "stickers", "sticker_ids"):
            if message.get(key):
                yield Finding(f"{place}{key}", "stands beside the flag IS_COMPONENTS_V2", message[key])
        return
    for where, component in placed:
        if component.get("type") in V2_TYPES:
            yield Finding(
                where, f"has type {component['type']} without the flag IS_COMPONENTS_V2", {"flags": flags}
            )


def _ping_findings(mentions: object, place: str, text: str) -> Iterator[Finding]:
    """The rule of this project: a message that carries text pings nobody, and says so itself.

    But for the one member to whom it is addressed, with whose mention it begins.
    """
    if not isinstance(mentions, dict):
        yield Finding(place, "is missing on a message with text", mentions)
        return
    if mentions.get("parse") != []:
        yield Finding(f"{place}.parse", "is not an empty list", mentions.get("parse"))
    for key in ("users", "roles"):
        named = mentions.get(key)
        is_addressed = key == "users" and named and text.startswith(f"<@{named[0]}>") and len(named) == 1
        if named and not is_addressed:
            yield Finding(f"{place}.{key}", "names somebody to ping", mentions[key])
    if mentions.get("replied_user"):
        yield Finding(f"{place}.replied_user", "pings the author of the message replied to", True)


def _component_findings(placed: list[Placed]) -> Iterator[Finding]:
    seen: set[str] = set()
    for where, component in placed:
        place, kind = f"{where}.", component.get("type")
        custom_id = _text(component, "custom_id")
        if custom_id and custom_id in seen:
            yield Finding(f"{place}custom_id", "is used twice in one message or modal", custom_id)
        seen.add(custom_id)
        yield from _too_long(component, "custom_id", 100, place)
        yield from _option_findings(component, place)
        if kind == BUTTON:
            yield from _too_long(component, "label", 80, place)
        elif kind == TEXT_DISPLAY and not _text(component, "content").strip():
            yield Finding(f"{place}content", "is empty text", component.get("content"))
        elif kind == ACTION_ROW:
            row = _items(component, "components")
            buttons = [item for item in row if isinstance(item, dict) and item.get("type") == BUTTON]
            if len(buttons) > 5:
                yield Finding(f"{place}components", "holds more than 5 buttons in a row", len(buttons))
            if not row:
                yield Finding(f"{place}components", "is an empty row", row)


def _option_findings(component: Mapping[str, Any], place: str) -> Iterator[Finding]:
    options = _items(component, "options")
    if len(options) > 25:
        yield Finding(f"{place}options", "are more than 25", len(options))
    for index, option in enumerate(options):
        if isinstance(option, dict):
            for key in ("label", "value", "description"):
                yield from _too_long(option, key, 100, f"{place}options[{index}].")


def _choice_findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    choices = _items(data, "choices")
    if len(choices) > 25:
        yield Finding("data.choices", "are more than 25", len(choices))
    for index, choice in enumerate(choices):
        if isinstance(choice, dict):
            place = f"data.choices[{index}]."
            yield from _too_long(choice, "name", 100, place)
            yield from _too_long(choice, "value", 100, place)
            if not _text(choice, "name").strip():
                yield Finding(f"{place}name", "is empty", choice.get("name"))
