"""Unavailable: why a database cannot be opened, and what mends it, without any secret."""

from __future__ import annotations

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

FORMS = "sqlite+aiosqlite:///data/caveat.db, or postgresql+asyncpg://user:password@host/name"

# What SQLite says (sqlite.org/rescode.html) and what mends it.
_SQLITE_MENDS = (
    ("is not a database", "It is damaged, or no database: restore a backup, or move it away and start anew."),
    ("malformed", "It is damaged: restore a backup, or move it away and start anew."),
    ("decode", "It is damaged: restore a backup, or move it away and start anew."),
    ("unable to open", "Is it a folder, or may the bot not write there? Name another file in DATABASE_URL."),
    ("readonly", "Give the bot the right to write to the file and its folder."),
    ("locked", "Another program holds it: stop that one, or wait until it is done."),
    ("disk is full", "Make room on the disk."),
    ("another program", "Name another file in DATABASE_URL; a new one is made where there is none."),
    ("already exists", "It holds tables of another program: name another file in DATABASE_URL."),
)
# SQLSTATE, or its class (postgresql.org/docs, appendix "PostgreSQL Error Codes").
_POSTGRES_MENDS = (
    ("28", "Look at the user and the password in DATABASE_URL."),
    ("3D000", "Create the database, with `createdb`, or correct its name in DATABASE_URL."),
    ("42501", "Let the user create tables: GRANT CREATE, USAGE ON SCHEMA public TO that user."),
    ("42P07", "It holds tables of another program: give the bot a database of its own."),
    ("53", "The server has no connection or no room left: look at its limits."),
    ("57P", "The server is starting or stopping: try again in a moment."),
)


def explained(url: URL, fault: Exception) -> str:
    """What went wrong while that database was opened, and what to do about it."""
    cause = _without_secrets(url, str(getattr(fault, "orig", None) or fault) or type(fault).__name__)
    return f"the database {shown(url)} cannot be opened: {cause}. {_mend(url, fault, cause)}"


def shown(url: URL) -> str:
    """The address without password and parameters, which may hold one too."""
    return url.set(query={}).render_as_string(hide_password=True)


def _mend(url: URL, fault: Exception, cause: str) -> str:
    if url.get_backend_name() == "sqlite":
        if isinstance(fault, OSError):
            return "Name a file in DATABASE_URL whose folder the bot can make and write to."
        found = (mend for sign, mend in _SQLITE_MENDS if sign in cause)
        return next(found, "Look at the path in DATABASE_URL, and at the rights on its folder.")
    if isinstance(fault, ImportError):
        return "Install the bot with the extra `postgres`: pip install 'caveat-bot[postgres]'."
    if isinstance(fault, TypeError):
        return "Look at what stands after the ? in DATABASE_URL; it is ssl=require, not sslmode=require."
    state = str(getattr(fault.orig, "sqlstate", "") or "") if isinstance(fault, DBAPIError) else ""
    found = (mend for sign, mend in _POSTGRES_MENDS if state.startswith(sign))
    return next(found, "Does the server run, and are host and port in DATABASE_URL right?")


def _without_secrets(url: URL, text: str) -> str:
    secrets = [str(url.password or ""), *(str(value) for key, value in url.query.items() if "pass" in key)]
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return text.rstrip(".")
