"""Pseudonyms: how distinct askers are counted without keeping who asked.

A pseudonym is a keyed hash of a member and of the one cluster in which they asked, so that the same member's
questions in two clusters cannot be told to be one person's. The key is random, lies in a file in the data
folder, and is replaced every 30 days; then nobody, not even who has the database, can make or check a
pseudonym any more. Keep the file out of backups (docs/QUEUE.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

KEY_FILE = "askers.key"
KEY_LASTS = timedelta(days=30)
KEY_BYTES = 32
EPOCH_BYTES = 8
"""16 hex digits name a key, and tell nothing of it."""
PSEUDONYM_CHARACTERS = 32
"""128 bits of the hash: no two members meet by chance."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """Who asked in a cluster, as nobody can read it; comparable only within one origin and one epoch."""

    origin_id: int
    epoch: str
    text: str

    @property
    def row(self) -> tuple[int, str, str]:
        """As the store keeps it."""
        return self.origin_id, self.epoch, self.text


@dataclass(frozen=True, slots=True)
class _Key:
    epoch: str
    secret: bytes
    made_at: datetime


class Pseudonyms:
    """Makes pseudonyms with the key of a folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / KEY_FILE

    def of(self, user_id: int, origin_id: int, now: datetime) -> Pseudonym:
        """The pseudonym of a member in the cluster `origin_id`. Raises OSError where no key can be kept."""
        key = self.renew(now)
        said = f"{origin_id}:{user_id}".encode()
        text = hmac.new(key.secret, said, hashlib.sha256).hexdigest()[:PSEUDONYM_CHARACTERS]
        return Pseudonym(origin_id, key.epoch, text)

    def renew(self, now: datetime) -> _Key:
        """The key of today; one that is 30 days old is replaced, and gone. Raises OSError.

        A key from the future, or one that cannot be read, is replaced too: at worst a member counts twice.
        """
        key = self._read()
        if key is not None and timedelta(0) <= now - key.made_at < KEY_LASTS:
            return key
        new = _Key(secrets.token_hex(EPOCH_BYTES), secrets.token_bytes(KEY_BYTES), now)
        return self._write(new)

    def _read(self) -> _Key | None:
        try:
            fields = json.loads(self._file.read_text(encoding="ascii"))
            made_at = datetime.fromisoformat(fields["made_at"])
            secret = bytes.fromhex(fields["key"])
            is_whole = len(secret) == KEY_BYTES and made_at.tzinfo is not None
            return _Key(str(fields["epoch"]), secret, made_at) if is_whole else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def _write(self, key: _Key) -> _Key:
        """Replace the key as one, readable for the bot's own user only; the old one is overwritten first."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fields = {"epoch": key.epoch, "key": key.secret.hex(), "made_at": key.made_at.isoformat()}
        new = self._file.with_suffix(f".{secrets.token_hex(4)}.new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(fields, file)
                file.flush()
                os.fsync(file.fileno())
            self._overwrite()
            new.replace(self._file)
        finally:
            new.unlink(missing_ok=True)
        return key

    def _overwrite(self) -> None:
        """What lies on the disk of the old key, as far as the file system lets us."""
        with contextlib.suppress(FileNotFoundError), self._file.open("r+b") as file:
            size = self._file.stat().st_size
            file.write(b"\0" * size)
            file.flush()
            os.fsync(file.fileno())
