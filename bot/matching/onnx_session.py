"""ONNX session: a graph opened in onnxruntime, with the settings of every graph of the bot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class ModelUnusableError(Exception):
    """A graph cannot be run: it is missing, older than this version or damaged, or onnxruntime is."""


def open_session(graph: bytes) -> InferenceSession:
    """A session over a graph. Raises ModelUnusableError.

    One thread a run: texts are short, and the bot shares its processor. From 1.29 on, onnxruntime
    reports to Microsoft from the moment it is imported, unless the environment says not to.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime
    except ImportError as fault:
        raise ModelUnusableError(f"onnxruntime cannot be imported: {fault}") from fault
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime's own classes share no narrower one
        raise ModelUnusableError(f"onnxruntime cannot load the graph: {fault}") from fault
