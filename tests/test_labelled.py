"""Labelled questions that cannot be read, and models that cannot be opened: where, why, and what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.labelled import LabelledUnreadableError, load_labelled
from bot.matching.engine import Engine, cache_folder

GOOD = "questions:\n- text: do ferns dream\n  kind: out-of-scope\n"


def test_a_file_as_it_is_to_be_is_read(tmp_path: Path) -> None:
    file = tmp_path / "labelled.yaml"
    file.write_text(GOOD, "utf-8")
    assert [question.text for question in load_labelled(file)] == ["do ferns dream"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("just words\n", ": the file holds no labelled questions; begin it with a line `questions:`"),
        ("- one\n- two\n", ": the file holds no labelled questions; begin it with a line `questions:`"),
        ("question: fern\n", ':1:1: `question` is not a field; did you mean "questions"?'),
        ("questions: []\n", ": `questions` is empty; write at least one below it"),
        ("questions:\n- fern\n", ":2:3: `questions` no. 1 must have fields of its own"),
        (
            GOOD.replace("out-of-scope", "nonsense"),
            ':3:9: "nonsense" is not right for `kind` of `questions` no. 1; '
            "write in-scope, near-miss, out-of-scope or refer",
        ),
        (
            "questions:\n- text: do ferns dream\n",
            "`kind` of `questions` no. 1 is missing; add a line that starts with `kind:` in the column of "
            "this one; knowledge/README.md tells how, under labelled/",
        ),
    ],
)
def test_what_is_wrong_is_told_in_words(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "labelled.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(LabelledUnreadableError) as fault:
        load_labelled(file)
    assert told in str(fault.value)
    assert str(fault.value).startswith(str(file))
    assert "_File" not in str(fault.value)


def test_the_mend_fits_the_setting_that_names_the_folder(tmp_path: Path) -> None:
    elsewhere = Engine.open(tmp_path).warning
    assert elsewhere is not None
    assert f"leave CACHE_DIR empty, or copy to it what that puts into {cache_folder()}" in elsewhere
    own = Engine.open(tmp_path, model=tmp_path / "mine").warning
    assert own is not None
    assert f"there is no converted model in {tmp_path / 'mine'}. Mend: name the folder of a converted" in own
    assert "MODEL_DIR, or leave it empty" in own
