"""Caveat: reviewed answers with their caveat, or an honest "not answered yet"."""

__version__ = "0.1.0"
