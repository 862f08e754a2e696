"""Adapter: what tuning changed in the weights, as products of two thin matrices, in one small file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

LAYOUT = 1
"""Rises when the file changes its meaning."""
ADAPTER = "tuned.npz"
"""Its name in the knowledge folder."""
LARGEST_BYTES = 4_000_000
"""A bigger file is none of ours; the shipped one has 0.4 MB."""

Floats = npt.NDArray[np.float32]
Tensors = Mapping[str, npt.NDArray[np.generic]]


class AdapterBrokenError(Exception):
    """The file is damaged or does not fit the model; the message says which."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank changes by the name of the weight they are added to: weight + up @ down (LoRA).

    `about` tells where they come from: `weights_sha256` of the model they fit, `texts_sha256` of what they
    were trained on, the seed, the steps, and the figures before and after. `id` changes with any of it.
    """

    id: str
    about: Mapping[str, object]
    parts: Mapping[str, tuple[Floats, Floats]]

    @classmethod
    def read(cls, path: Path) -> Adapter | None:
        """The file's adapter, None where there is no file. Raises AdapterBrokenError."""
        try:
            if path.stat().st_size > LARGEST_BYTES:
                raise AdapterBrokenError(f"{path} is too large to be what `caveat tune` writes")
            return cls.parse(path.read_bytes(), path.name)
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise AdapterBrokenError(f"{path} cannot be read: {fault.strerror}") from fault

    @classmethod
    def parse(cls, blob: bytes, name: str = ADAPTER) -> Adapter:
        """What `dump` gave. Raises AdapterBrokenError."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
                about = json.loads(bytes(stored["about"]).decode())
                layout, names = int(about["layout"]), [str(part) for part in about["parts"]]
                parts = {
                    part: (_whole(stored, f"{i}.up"), _whole(stored, f"{i}.down"))
                    for i, part in enumerate(names)
                }
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as fault:
            raise AdapterBrokenError(f"{name} is damaged ({fault})") from fault
        if layout != LAYOUT:
            raise AdapterBrokenError(f"{name} was written by another version of the bot")
        return cls(hashlib.sha256(blob).hexdigest()[:16], about, parts)

    @property
    def weights_sha256(self) -> str:
        """Of the model that was tuned."""
        return str(self.about.get("weights_sha256", ""))

    def applied(self, tensors: Tensors) -> dict[str, npt.NDArray[np.generic]]:
        """The weights with the changes added. Raises AdapterBrokenError where one does not fit."""
        changed = dict(tensors)
        for name, (up, down) in self.parts.items():
            weight = changed.get(name)
            if weight is None or weight.shape != (len(up), down.shape[1]) or up.shape[1] != len(down):
                raise AdapterBrokenError(f"the tuned file changes {name}, which this model has otherwise")
            changed[name] = (np.asarray(weight, dtype=np.float32) + up @ down).astype(np.float32)
        return changed


def dump(parts: Mapping[str, tuple[Floats, Floats]], about: Mapping[str, object]) -> bytes:
    """The file: whole numbers of 8 bits with one scale a rank; the same input gives the same bytes."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for i, (up, down) in enumerate(parts.values()):
        for kind, values, axis in (("up", up, 0), ("down", down, 1)):
            scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 127.0
            arrays[f"{i}.{kind}"] = np.round(values / scale).astype(np.int8)
            arrays[f"{i}.{kind}.scale"] = scale.astype(np.float32)
    told = {"layout": LAYOUT, **about, "parts": list(parts)}
    arrays["about"] = np.frombuffer(json.dumps(told, sort_keys=True).encode(), dtype=np.uint8)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _whole(stored: Mapping[str, npt.NDArray[np.generic]], name: str) -> Floats:
    values = np.asarray(stored[name], dtype=np.float32) * np.asarray(stored[f"{name}.scale"], np.float32)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise ValueError(f"{name} holds no matrix of numbers")
    return values
