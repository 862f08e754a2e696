"""Upsert: an insert that says what to do where the row stands there already, in the database's own words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


def insert_into(table: sa.Table, database: AsyncConnection | AsyncEngine) -> Any:
    """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`, which SQL does not have.

    Any, since the two databases' classes have no common one that knows these.
    """
    if database.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # takes 25 ms, which SQLite need not wait for

        return postgresql.insert(table)
    return sqlite.insert(table)
