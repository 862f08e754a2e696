"""A patch for knowledge that lies in no git repository: git itself takes it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.knowledge.patch import unified_patch

PATH = "knowledge/entries/safety/bands.yaml"
texts = st.text(alphabet=st.sampled_from("ab\n\n\r\t\\-+@ ü\u2028\x0b🦵"), max_size=60)


def applied(folder: Path, old: str | None, patch: str, path: str) -> str:
    """The file after git has applied the patch to a folder that is no repository."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if old is not None:
        file.write_bytes(old.encode())
    if patch:
        quiet = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        quiet["GIT_CEILING_DIRECTORIES"] = str(folder.parent)
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        ran = subprocess.run(
            command, cwd=folder, input=patch.encode(), capture_output=True, env=quiet, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode() + patch
    return file.read_bytes().decode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.none() | texts, new=texts)
@example(old="a", new="a\n")
@example(old="a\r\nb\r\n", new="a\r\nb\r\nc\r\n")
@example(old="", new="a")
@example(old="a", new="")
@example(old=None, new="")
@example(old=None, new="a: b\n")
def test_git_makes_the_new_text_of_the_old_one_by_the_patch(
    tmp_path: Path, old: str | None, new: str
) -> None:
    patch = unified_patch(old, new, PATH)

    assert applied(tmp_path, old, patch, PATH) == new
    assert (patch == "") == (old == new)


@pytest.mark.parametrize(
    "path",
    [
        "a b/c d.yaml",
        "entries/größe.yaml",
        'say "hi".yaml',
        "back\\slash.yaml",
        "tab\there.yaml",
        "日本/🦵.yaml",
    ],
)
@pytest.mark.parametrize("old", [None, "one\n"])
def test_a_name_with_odd_characters_is_found_again(tmp_path: Path, path: str, old: str | None) -> None:
    assert applied(tmp_path, old, unified_patch(old, "one\ntwo\n", path), path) == "one\ntwo\n"


def test_a_patch_reads_as_people_know_it() -> None:
    old = "question: a\nphrasings:\n  - one\ndecoys: []\n"
    new = "question: a\nphrasings:\n  - one\n  - two\ndecoys: []\n"

    assert (
        unified_patch(old, new, PATH)
        == """\
diff --git a/knowledge/entries/safety/bands.yaml b/knowledge/entries/safety/bands.yaml
--- a/knowledge/entries/safety/bands.yaml
+++ b/knowledge/entries/safety/bands.yaml
@@ -1,4 +1,5 @@
 question: a
 phrasings:
   - one
+  - two
 decoys: []
"""
    )
