"""Corpus: the question sets that the engines are held against, whole, and recombined to a given size."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATASETS = ROOT.parent / "shared" / "datasets"
KNOWLEDGE = ROOT / "knowledge"
PUBLIC = {"CLINC150": "clinc150_dev_10.json", "Banking77": "banking77_dev_10.json"}
SHIPPED = "shipped knowledge"
PHRASINGS = 10
"""Of a subject in a recombined corpus."""
DECOYS = 5
"""Beside them: a third of all rows, as in the shipped knowledge (29 %)."""
MOST_TRIES = 20_000
"""For the texts of one subject; a hundred are plenty where there are some thousand phrasings."""
IN_SCOPE, NEAR, OUT = "in_scope", "near_miss", "out_of_scope"
SCALED = " phrasings"
"""How the name of a recombined corpus ends."""
TYPO = ", a typo in every question"
_KEYBOARD = "qwertyuiop asdfghjkl zxcvbnm"


@dataclass(frozen=True, slots=True)
class Subject:
    """An entry, or a kind of the safety list: what it is asked as, and what it is not."""

    id: str
    phrasings: tuple[str, ...]
    decoys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `target` is the subject that answers it, None where none does."""

    text: str
    target: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Subjects, the safety list beside them, and questions in an order that was drawn once."""

    name: str
    subjects: tuple[Subject, ...]
    never: tuple[Subject, ...]
    questions: tuple[Asked, ...]

    @property
    def phrasings(self) -> int:
        """How many phrasings the subjects have, decoys and safety list not counted."""
        return sum(len(subject.phrasings) for subject in self.subjects)

    @property
    def is_shipped(self) -> bool:
        """It is the shipped knowledge, for which the encoder was tuned."""
        return self.name.startswith(SHIPPED)

    @property
    def is_scaled(self) -> bool:
        """It was made to a size, to see what size costs."""
        return self.name.endswith(SCALED)

    def write(self, path: Path) -> None:
        """As JSON, for a process of its own."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Corpus:
        """What `write` wrote."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        subjects, never = ([Subject(s["id"], *_texts(s)) for s in raw[key]] for key in ("subjects", "never"))
        return cls(raw["name"], tuple(subjects), tuple(never), tuple(Asked(**q) for q in raw["questions"]))


def _texts(raw: dict[str, list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(raw["phrasings"]), tuple(raw["decoys"])


def public_sets() -> Iterator[Corpus]:
    """The public question sets that are there."""
    for name, file in PUBLIC.items():
        if (DATASETS / file).exists():
            raw = json.loads((DATASETS / file).read_text(encoding="utf-8"))
            subjects = tuple(Subject(entry["id"], tuple(entry["phrasings"])) for entry in raw["entries"])
            yield Corpus(name, subjects, (), _shuffled([Asked(*question) for question in raw["questions"]]))


def shipped_set() -> Corpus:
    """The shipped knowledge with the grade half of its labelled questions."""
    # Here, so that a contestant's process, which only reads a corpus, does not hold the loader, too.
    from bot.core.labelled import Half, Kind
    from bot.knowledge.labelled import load_labelled
    from bot.knowledge.load import load_library

    kinds = {Kind.IN_SCOPE: IN_SCOPE, Kind.NEAR_MISS: NEAR, Kind.OUT_OF_SCOPE: OUT}
    library = load_library(KNOWLEDGE).library
    if library is None:
        raise SystemExit("the shipped knowledge has errors: run `caveat check`")
    subjects = tuple(Subject(e.id, e.searched, e.decoys) for e in library.live)
    never = tuple(Subject(k.id, k.phrasings, k.decoys) for k in library.never.values())
    graded = [q for q in load_labelled(KNOWLEDGE / "labelled") if q.half is Half.GRADE and q.kind in kinds]
    questions = [Asked(q.text, q.target if q.kind is Kind.IN_SCOPE else None, kinds[q.kind]) for q in graded]
    return Corpus(SHIPPED, subjects, never, _shuffled(questions))


def recombined(sets: Sequence[Corpus], phrasings: int, seed: int = 4) -> Corpus:
    """A corpus of about that many phrasings, ten a subject, with five decoys each beside them.

    First real subjects, drawn from all sets, with their own questions. Where these give out, made ones: the
    beginnings of one real subject's phrasings with the ends of another's, so that words and lengths stay
    those of real questions and every made subject lies near two real ones. Decoys of one that has none are
    made in the same way, of its own beginnings. A text stands once.
    """
    draw = random.Random(seed)  # noqa: S311  # repeatable is what is wanted, not secret
    real = sorted((s for own in sets for s in own.subjects), key=lambda s: s.id)
    draw.shuffle(real)
    wanted, seen = phrasings // PHRASINGS, {text.casefold() for s in real for text in s.phrasings}
    subjects = []
    for number in range(wanted):
        own = real[number % len(real)]
        made = number >= len(real)
        texts = list(_crossed(own, real, draw, seen, PHRASINGS)) if made else list(own.phrasings[:PHRASINGS])
        decoys = [] if made else list(own.decoys[:DECOYS])
        decoys += _crossed(own, real, draw, seen, DECOYS - len(decoys))
        name = f"{own.id}+{number}" if made else own.id
        subjects.append(Subject(name, tuple(texts), tuple(decoys)))
    known = {subject.id for subject in subjects}
    questions = [q for s in sets for q in s.questions if q.kind == IN_SCOPE and q.target in known]
    return Corpus(f"{phrasings:,}{SCALED}", tuple(subjects), (), _shuffled(questions))


def mistyped(corpus: Corpus, seed: int = 4) -> Corpus:
    """The same with one slip in a word of every question, of four letters or more where there is one.

    A letter left out, typed twice, or hit on the key beside, or two neighbours swapped, each as often, at
    any place of the word.
    """
    draw = random.Random(seed)  # noqa: S311  # repeatable is what is wanted, not secret
    slipped = tuple(replace(asked, text=_slipped(asked.text, draw)) for asked in corpus.questions)
    return replace(corpus, name=corpus.name + TYPO, questions=slipped)


def _slipped(text: str, draw: random.Random) -> str:
    words = text.split(" ")
    long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    open_to_slips = long or [n for n, word in enumerate(words) if len(word) >= 2]
    if not open_to_slips:
        return text
    chosen = draw.choice(open_to_slips)
    changed = word = words[chosen]
    while changed == word:
        at = draw.randrange(len(word) - 1)
        ways = (
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
            word[:at] + _beside(word[at], draw) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
        changed = draw.choice(ways)
    return " ".join([*words[:chosen], changed, *words[chosen + 1 :]])


def _beside(letter: str, draw: random.Random) -> str:
    """A key to the left or to the right."""
    place = _KEYBOARD.find(letter.lower())
    keys = _KEYBOARD[max(0, place - 1) : place] + _KEYBOARD[place + 1 : place + 2] if place >= 0 else ""
    return draw.choice(keys.replace(" ", "") or "x")


def _crossed(
    own: Subject, others: Sequence[Subject], draw: random.Random, seen: set[str], count: int
) -> Iterator[str]:
    """New texts: beginnings of one subject's phrasings, ends of another one's.

    Raises ValueError where the phrasings are too few to make so many of.
    """
    other = draw.choice(others)
    tries = 0
    while count > 0:
        tries += 1
        if tries > MOST_TRIES:
            raise ValueError(f"the phrasings are too few for a corpus of that size: {own.id} has no new text")
        if tries % 40 == 0:  # short phrasings run out of combinations
            other = draw.choice(others)
        head, tail = draw.choice(own.phrasings).split(), draw.choice(other.phrasings).split()
        text = " ".join([*head[: 1 + len(head) // 2], *tail[len(tail) // 2 :]])
        if text.casefold() not in seen:
            seen.add(text.casefold())
            count -= 1
            yield text


def _shuffled(questions: Sequence[Asked]) -> tuple[Asked, ...]:
    """In a drawn order: whoever is stopped by the clock has answered a fair sample."""
    drawn = list(questions)
    random.Random(4).shuffle(drawn)  # noqa: S311  # repeatable is what is wanted, not secret
    return tuple(drawn)
