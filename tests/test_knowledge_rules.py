"""Every rule of the checker finds its bad example, at its place and with its mend."""

import ast
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.problem import Problem, Severity, has_errors
from bot.journeys.check_knowledge import check_knowledge
from bot.knowledge.load import load_library
from bot.knowledge.rulebook import RULES, found
from tests.bad_examples import BAD, GOOD, Example, Expected, copy_good, examples

BOT = Path(__file__).parent.parent / "bot"
TODAY = date(2026, 6, 1)
DAYS = st.dates(date(1990, 1, 1), date(2110, 1, 1))


def problems_of(example: Example, tmp_path: Path, today: date = TODAY) -> list[Problem]:
    """What the check finds with the example laid into the good folder."""
    folder = tmp_path / "knowledge"
    example.lay_into(folder)
    older = tmp_path / "before"
    before = load_library(older).draft if example.lay_before(older) else None
    return list(check_knowledge(folder, today, before=before).problems)


def errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def unexpected(problems: list[Problem], expected: list[Expected]) -> list[Problem]:
    return [problem for problem in problems if not any(each.is_met_by(problem) for each in expected)]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_a_bad_example_is_found_at_its_place_with_its_mend(example: Example, tmp_path: Path) -> None:
    expected = example.expected()
    problems = problems_of(example, tmp_path)
    missed = [each for each in expected if not any(each.is_met_by(problem) for problem in problems)]

    assert missed == []
    assert unexpected(errors(problems), expected) == []
    own = [p for p in problems if p.rule == example.rule and p.path in {each.path for each in expected}]
    assert unexpected(own, expected) == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_bad_example(rule: str) -> None:
    shown = {each.rule for example in examples() if example.rule == rule for each in example.expected()}
    assert rule in shown


def test_every_bad_example_is_one_of_a_rule_that_there_is() -> None:
    assert {example.rule for example in examples()} <= set(RULES)


def test_the_good_folder_may_go_live() -> None:
    checked = check_knowledge(GOOD, TODAY)
    assert errors(list(checked.problems)) == []
    assert checked.live is not None
    assert sorted(checked.live.library.entries) == ["pump-up-tyres", "squealing-brakes"]


def test_a_code_that_is_not_in_the_rulebook_cannot_be_reported() -> None:
    with pytest.raises(KeyError):
        found("entries/tyres/x.yaml", (1, 1), "made-up", "something is wrong", "mend it")


def test_a_problem_is_made_by_the_rulebook_alone() -> None:
    makers = [
        file.relative_to(BOT).as_posix()
        for file in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
    ]
    assert makers == ["knowledge/rulebook.py"]


def test_every_code_that_is_written_in_the_checker_is_in_the_rulebook() -> None:
    """A code that no test reaches would else fail where a moderator meets it first."""
    names = (
        "rules",
        "advice",
        "against",
        "folder",
        "load",
        "tree",
        "file_text",
        "form_problems",
        "yaml_syntax",
    )
    asked = [BOT / "journeys" / f"{name}.py" for name in ("check_knowledge", "entry_tests")]
    files = [*(BOT / "knowledge" / f"{name}.py" for name in names), *asked]
    texts = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    written = {text for text in texts if re.fullmatch(r"[a-z]+(?:-[a-z]+)+", text)}

    assert written == set(RULES)


def test_every_manual_is_one_plain_sentence() -> None:
    for code, rule in RULES.items():
        assert rule.manual.endswith("."), code
        assert rule.manual[0].isupper(), code
        assert len(rule.manual) <= 120, code


def test_many_mistakes_in_one_file_are_all_told_in_one_run(tmp_path: Path) -> None:
    example = next(each for each in examples() if each.name == "caveat-unknown/misspelt.yaml")
    folder = tmp_path / "knowledge"
    example.lay_into(folder)
    file = folder / "entries" / "tyres" / "misspelt.yaml"
    text = file.read_text("utf-8")
    for right, wrong in (
        ("status: draft", "status: lvie"),
        ("professional_first: false", "professional_first: perhaps"),
        ("on: 2026-01-10", "on: 2026-13-10"),
        ("sources: []", "sources:\n  - key: spoke-2018\n    shows: Much."),
        ("related: []", "related:\n  - misspelt\n  - nobody-knows"),
        ("decoys: []", "decoys:\n  - Should I buy a pump"),
        ("corrections: []\n", ""),
    ):
        assert right in text
        text = text.replace(right, wrong)
    file.write_text(text, "utf-8")

    told = [problem.rule for problem in errors(list(check_knowledge(folder, TODAY).problems))]

    assert sorted(told) == [
        "caveat-unknown",
        "date-invalid",
        "decoy-is-phrasing",
        "field-missing",
        "field-type",
        "related-self",
        "related-unknown",
        "source-unknown",
        "status-unknown",
    ]


def test_what_is_broken_elsewhere_is_not_blamed_on_those_who_refer_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    next(each for each in examples() if each.name == "file-missing/no-sources").lay_into(folder)
    brakes = folder / "entries" / "brakes" / "squealing-brakes.yaml"
    brakes.write_text("question: [\n", "utf-8")

    told = [(problem.path, problem.rule) for problem in errors(list(check_knowledge(folder, TODAY).problems))]

    assert told == [("entries/brakes/squealing-brakes.yaml", "yaml-syntax"), ("sources.yaml", "file-missing")]


# ---- advice


def test_advice_never_keeps_a_library_from_going_live(tmp_path: Path) -> None:
    seen = set()
    for number, example in enumerate(examples()):
        if RULES[example.rule].severity is Severity.ADVICE:
            folder = tmp_path / str(number)
            example.lay_into(folder)
            checked = check_knowledge(folder, TODAY)
            seen.add(example.rule)
            assert checked.live is not None, example.name
    assert seen == {code for code, rule in RULES.items() if rule.severity is Severity.ADVICE}


def test_without_advice_only_errors_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    next(each for each in examples() if each.rule == "yaml-comment").lay_into(folder)

    assert check_knowledge(folder, TODAY, with_advice=False).problems == ()


@given(DAYS)
@settings(max_examples=40, deadline=None)
def test_the_good_folder_may_go_live_on_any_day(today: date) -> None:
    checked = check_knowledge(GOOD, today)
    assert checked.live is not None
    assert not has_errors(checked.problems)


@pytest.fixture(scope="module")
def full_of_mistakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every bad entry that is a single file, and the bad bibliographies one over the other."""
    folder = tmp_path_factory.mktemp("bad") / "knowledge"
    bad = [example for example in examples() if example.place.suffix == ".yaml"]
    bad[0].lay_into(folder)
    for example in bad:
        for path, file in example.files():
            if path.startswith("entries/"):
                (folder / f"entries/tyres/{example.rule}-{Path(path).stem}.yaml").write_bytes(
                    file.read_bytes()
                )
    return folder


@given(DAYS)
@settings(max_examples=15, deadline=None)
def test_no_error_depends_on_the_day(full_of_mistakes: Path, today: date) -> None:
    on_that_day = errors(list(check_knowledge(full_of_mistakes, today).problems))
    today_ = errors(list(check_knowledge(full_of_mistakes, TODAY).problems))

    assert len(on_that_day) > 80
    assert on_that_day == today_


def test_a_review_is_overdue_from_the_day_after_it_was_due() -> None:
    due = date(2027, 1, 10)
    told = {
        day: {p.rule for p in check_knowledge(GOOD, day).problems if p.rule.startswith("review-")}
        for day in (due, due + timedelta(days=1), date(2026, 1, 9))
    }
    assert told == {
        due: set(),
        due + timedelta(days=1): {"review-overdue"},
        date(2026, 1, 9): {"review-in-future"},
    }


@pytest.mark.parametrize(
    ("typed", "instead"),
    [("status: live", "status: lve"), ("question:", "question: [")],
    ids=["status", "syntax"],
)
def test_a_claim_is_not_called_uncovered_by_a_file_that_cannot_be_told(
    tmp_path: Path, typed: str, instead: str
) -> None:
    folder = copy_good(tmp_path / "knowledge")
    (folder / "claims.yaml").write_text(
        (BAD / "claim-uncovered/register/claims.yaml").read_text("utf-8"), "utf-8"
    )
    uncovered = {p.message for p in check_knowledge(folder, TODAY).problems if p.rule == "claim-uncovered"}
    assert uncovered == {'no live entry takes up the claim "T9"'}
    entry = folder / "entries/tyres/pump-up-tyres.yaml"
    entry.write_text(entry.read_text("utf-8").replace(typed, instead, 1), "utf-8")
    problems = check_knowledge(folder, TODAY).problems
    told = {p.message for p in problems if p.rule == "claim-uncovered"}
    assert told == (uncovered if "lve" in instead else set())
    assert any(p.path == "entries/tyres/pump-up-tyres.yaml" for p in problems)
