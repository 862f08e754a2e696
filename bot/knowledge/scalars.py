"""A text as YAML writes it: on one line, without hidden characters, in quotes only where it needs them."""

from __future__ import annotations

import re

import yaml

from bot.knowledge.file_text import HIDDEN

_SURROGATES = re.compile("[\ud800-\udfff]")
# With a blank and a word in it, a text is neither a number, a date, a yes nor a null in YAML 1.1 or 1.2.
_PLAIN = re.compile(r"[^\W_](?=[^ ]* )(?=.*[^\W\d_]{2}).*", re.DOTALL)
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_WORD = re.compile(r"[a-z][a-z0-9]+(?:-[a-z0-9]+)*")
_READ_OTHERWISE = re.compile(r":(?: |$)| #")


def one_line(text: str) -> str:
    """The text on one line: each run of white space one blank, none at its ends, and nothing hidden in it.

    What the checker refuses as `yaml-invisible` is taken out; a joiner within an emoji stays.
    """
    text = _SURROGATES.sub("", text)
    while (cleaned := HIDDEN.sub("", " ".join(text.split()))) != text:
        text = cleaned
    return text


def paragraphs(text: str) -> str:
    """The text with its line breaks as "\\n", blanks for tabs, and nothing hidden in it.

    No blank stands at the end of a line, no empty line and no blank at either end of the text.
    A single paragraph is `one_line`.
    """
    text = _BREAK.sub("\n", _SURROGATES.sub("", text)).expandtabs(4).replace("\u00a0", " ")
    while (cleaned := HIDDEN.sub("", text)) != text:
        text = cleaned
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return text if "\n" in text else one_line(text)


def same_text(text: str) -> str:
    """What two texts have in common that differ only in case, white space and hidden characters."""
    return one_line(text).casefold()


def scalar(text: str) -> str:
    """A text of one line as it stands behind "- " or "name: " in a block; expects `one_line` text.

    Plain where YAML 1.1 and 1.2 both read it as that very text, else in quotes.
    """
    is_words = _PLAIN.fullmatch(text) and not _READ_OTHERWISE.search(text)
    return text if is_words or _is_word(text) else quoted_scalar(text)


def quoted_scalar(text: str) -> str:
    """The same in quotes, right within brackets too: single ones where double ones need a backslash."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _is_word(text: str) -> bool:
    """Whether it is lower-case words joined by hyphens, and no `yes`, `null` or the like."""
    return _WORD.fullmatch(text) is not None and yaml.safe_load(text) == text
