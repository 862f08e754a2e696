"""Weights: the tensors of a safetensors file, checked for shape, without torch."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

_DTYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}


def read_safetensors(path: Path) -> dict[str, npt.NDArray[np.generic]]:
    """Every tensor by name. Raises ValueError where the file is no whole safetensors file.

    Format: 8 bytes little-endian length, that many bytes of JSON, then the data.
    Source: https://huggingface.co/docs/safetensors, "Format".
    """
    blob = path.read_bytes()
    try:
        (length,) = struct.unpack("<Q", blob[:8])
        header = json.loads(blob[8 : 8 + length])
        start = 8 + length
        tensors = {}
        for name, about in header.items():
            if name == "__metadata__":
                continue
            first, last = about["data_offsets"]
            flat = np.frombuffer(blob[start + first : start + last], dtype=_DTYPES[about["dtype"]])
            tensors[name] = flat.reshape(about["shape"])
    except (struct.error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: not a whole safetensors file ({error})") from error
    return tensors
