"""The form of an entry as editors know it, the template, and the shipped entries' first lines."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.core import limits
from bot.core.entry import Verdict
from bot.core.problem import Severity, has_errors
from bot.journeys.check_knowledge import check_knowledge
from bot.knowledge.load import load_library
from bot.knowledge.rulebook import RULES
from bot.knowledge.schema import EntryForm, entry_schema
from bot.knowledge.tree import read_tree
from tests.bad_examples import Example, copy_good, examples

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
TEMPLATE = KNOWLEDGE / "TEMPLATE.yaml"
SHIPPED = sorted((KNOWLEDGE / "entries").rglob("*.yaml"))
README = KNOWLEDGE / "README.md"
README_SIGNS = README.read_text("utf-8").partition("starts with one of ")[2].partition("\n")[0]
FIRST_LINE = "# yaml-language-server: $schema=../../entry.schema.json"


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: numbers, true, false and null are told from texts, dates are not.

    Source: YAML 1.2.2, 10.3.2, tag resolution of the core schema.
    """


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, starts in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", "-+.0123456789"),
):
    characters = [start if start != "\0" else "" for start in starts]
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), characters)


def as_editors_read(text: str) -> Any:
    return yaml.load(text, Loader=EditorLoader)  # noqa: S506 - it is a SafeLoader


@pytest.fixture(scope="module")
def editor() -> Draft202012Validator:
    """What an editor checks with: the committed schema, dates included."""
    schema = json.loads((KNOWLEDGE / "entry.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def complaints(editor: Draft202012Validator, text: str) -> list[str]:
    """Where the editor would draw a red line."""
    return [error.json_path for error in editor.iter_errors(as_editors_read(text))]


# ---- the JSON Schema


def test_the_committed_schema_is_fresh() -> None:
    committed = (KNOWLEDGE / "entry.schema.json").read_text("utf-8")
    assert committed == entry_schema(), "write it anew: caveat check --schema"


def test_the_schema_is_valid_in_its_dialect() -> None:
    schema = json.loads(entry_schema())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_the_loader_of_these_tests_reads_as_editors_do() -> None:
    text = "a: 2026-11-22\nb: 1\nc: true\non: no\nd:\ne: 1.5\nf: ~\ng: 0x1F\nh: yes\n"
    assert as_editors_read(text) == {
        **{
            "a": "2026-11-22",
            "b": 1,
            "c": True,
            "on": "no",
            "d": None,
            "e": 1.5,
            "f": None,
            "g": 31,
            "h": "yes",
        }
    }


def test_there_are_shipped_entries_to_look_at() -> None:
    assert len(SHIPPED) >= 57


@pytest.mark.parametrize("file", [*SHIPPED, TEMPLATE], ids=lambda file: file.stem)
def test_an_editor_has_nothing_to_say_against_what_is_shipped(
    file: Path, editor: Draft202012Validator
) -> None:
    assert complaints(editor, file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", [*SHIPPED, TEMPLATE], ids=lambda file: file.stem)
def test_the_first_line_tells_the_editor_of_the_schema(file: Path) -> None:
    first = file.read_text("utf-8").splitlines()[0]
    assert first == FIRST_LINE
    place = file.parent if file in SHIPPED else SHIPPED[0].parent
    assert (place / first.rpartition("=")[2]).resolve() == (KNOWLEDGE / "entry.schema.json").resolve()


FORM_RULES = (
    *(
        "field-unknown",
        "field-missing",
        "field-empty",
        "field-type",
        "field-form",
        "date-invalid",
        "status-unknown",
    ),
    *(
        "verdict-unknown",
        "claim-verdict-missing",
        "answer-too-long",
        "text-too-long",
        "text-one-line",
        "list-too-long",
    ),
)


@pytest.mark.parametrize(
    "example",
    [each for each in examples() if each.rule in FORM_RULES and each.place.name not in ("never.yaml",)],
    ids=lambda example: example.name,
)
def test_an_editor_marks_what_the_check_would_find_in_the_form(
    example: Example, editor: Draft202012Validator
) -> None:
    files = [(path, file) for path, file in example.files() if path.startswith("entries/")]
    for _, file in files:
        assert complaints(editor, file.read_text("utf-8")) != []


@pytest.mark.parametrize(
    "wrong",
    [
        "on: 2026-02-30",
        "on: 26-01-10",
        "on: 10.01.2026",
        "on: 20260110",
        "on: null",
        "on: [2026-01-10]",
        "on: soon",
    ],
)
def test_an_editor_marks_what_is_no_day(wrong: str, editor: Draft202012Validator) -> None:
    text = TEMPLATE.read_text("utf-8").replace("on: 2026-11-22", wrong)
    assert set(complaints(editor, text)) == {"$.reviewed.on"}


def test_every_field_tells_in_the_editor_what_it_is() -> None:
    schema = json.loads(entry_schema())
    forms = [schema, *(form for form in schema["$defs"].values() if "properties" in form)]
    for form in forms:
        for name, field in form["properties"].items():
            told = (
                field.get("description") or schema["$defs"][field["$ref"].rpartition("/")[2]]["description"]
            )
            assert len(told) > 10, name
            assert told.endswith("."), name


# ---- the template


@pytest.fixture
def shipped_with_template(tmp_path: Path) -> Path:
    """The shipped knowledge with the template copied into a group, as README.md tells."""
    folder = tmp_path / "knowledge"
    for file in (*KNOWLEDGE.glob("*.yaml"), *SHIPPED):
        target = folder / file.relative_to(KNOWLEDGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (folder / "entries" / "what-bfr-does" / "bfr-and-sleep.yaml").write_bytes(TEMPLATE.read_bytes())
    return folder


def test_the_template_is_an_entry_as_it_stands(shipped_with_template: Path) -> None:
    """Without the calibration all is checked but the tests of the shipped entries, which take their time."""
    (shipped_with_template / "calibration.yaml").unlink()
    checked = check_knowledge(shipped_with_template, date(2026, 11, 22))
    assert [problem.path for problem in checked.problems if problem.severity is Severity.ERROR] == [
        "calibration.yaml"
    ]
    assert [problem for problem in checked.problems if "bfr-and-sleep" in problem.path] == []
    assert "bfr-and-sleep" in checked.library.entries


def test_the_template_shows_every_field_and_a_comment_on_each() -> None:
    text = TEMPLATE.read_text("utf-8")
    lines = text.splitlines()
    for name in EntryForm.model_fields:
        place = next(n for n, line in enumerate(lines) if re.match(rf"(?:# )?{name}:", line))
        assert lines[place - 1].startswith("#"), name


def test_the_template_names_every_choice() -> None:
    text = TEMPLATE.read_text("utf-8")
    levels = load_library(KNOWLEDGE).draft.levels
    for word in (*Verdict, *levels, "draft", "live", "retired"):
        assert re.search(rf"\b{word}\b", text), word


def test_the_template_tells_the_limits_that_hold() -> None:
    text = TEMPLATE.read_text("utf-8")
    for limit in (
        *(limits.QUESTION, limits.ANSWER_ADVISED, limits.ANSWER, limits.DETAILS, limits.SAYS, limits.WHY),
        *(limits.SHOWS, limits.MOST_RELATED, limits.FEWEST_PHRASINGS_ADVISED, limits.FEWEST_DECOYS_ADVISED),
    ):
        assert re.search(rf"\b{limit}\b", text), limit


# ---- the page for moderators


def test_the_yaml_that_the_readme_teaches_is_read_as_it_says() -> None:
    (block,) = re.findall(r"^```yaml\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    tree, problems = read_tree("README.md", block.encode(), limits.ENTRY_FILE_BYTES)
    assert not has_errors(problems)
    assert tree is not None
    assert tree.plain() == as_editors_read(block)
    assert tree.plain() == {
        "question": "Does BFR raise growth hormone?",
        "reviewed": {"on": "2026-11-22"},
        "phrasings": ["does bfr raise gh", "my coach says: cuffs raise gh", "[serious] is it 290 times?"],
        "answer": "The number is real, but it misleads. It comes from one study of six people.",
        "related": [],
    }


@pytest.mark.parametrize("sign", re.findall(r"\S", README_SIGNS))
def test_a_text_that_starts_with_a_sign_of_the_readme_is_read_in_quotes_and_not_without(sign: str) -> None:
    """`#` starts a note, and `-` a list where a space follows; all others are refused."""
    quote = "'" if sign == '"' else '"'
    assert read_tree("x", f"a: {quote}{sign} b{quote}\n".encode(), 99)[1] == []
    tree, problems = read_tree("x", f"a: {sign} b\n".encode(), 99)
    assert problems or tree is None or tree.plain() != {"a": f"{sign} b"}


def test_the_readme_speaks_of_every_kind_of_error() -> None:
    text = README.read_text("utf-8")
    for code, rule in RULES.items():
        if rule.severity is Severity.ERROR:
            assert f"`{code.partition('-')[0]}-`" in text, code


def test_the_readme_fits_on_a_page() -> None:
    assert len(README.read_text("utf-8").split()) < 1150


def test_the_problem_that_the_readme_shows_is_what_the_check_says(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    shown = re.search(r"^```text\n\S+:(\d+):(\d+): (.+) \[([a-z-]+)\]\n    (.+)\n```", text, re.MULTILINE)
    assert shown is not None
    folder = copy_good(tmp_path / "knowledge")
    for name in ("caveats.yaml", "groups.yaml", "sources.yaml"):
        (folder / name).write_bytes((KNOWLEDGE / name).read_bytes())
    entry = folder / "entries" / "bfr-and-growth-hormone" / "gh-290-times.yaml"
    entry.parent.mkdir()
    source = (KNOWLEDGE / "entries" / "bfr-and-growth-hormone" / "gh-290-times.yaml").read_text("utf-8")
    entry.write_text(source.replace("caveat: likely", "caveat: likly"), "utf-8")

    told = [p for p in load_library(folder).problems if p.rule == "caveat-unknown" and "290" in p.path]

    assert [(str(p.line), str(p.column), p.message, p.rule, p.mend) for p in told] == [shown.groups()]
