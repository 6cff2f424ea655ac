"""Which rows the load of the demo wrote, told from those that others wrote meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import pairwise

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ordermgmt.simulation.belonging import tables

Range = Sequence[int]  # after the first id, up to the last
Marks = Mapping[str, Sequence[Range]]


def newest_rows() -> dict[str, int]:
    """The highest id of each table, 0 of an empty one."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', coalesce(max(id), 0) FROM {table}" for table in tables()))
        return dict(cursor.fetchall())


def marks_since(before: Mapping[str, int]) -> Marks:
    """Of each table that grew, the ranges of ids that this transaction has written.

    They are what it sees and another connection, asked later, does not: a row of somebody else is committed and seen
    by both, or not yet and seen by neither.
    """
    grown = {table: before[table] for table, last in newest_rows().items() if last > before[table]}
    seen = _rows_after(grown, connection)
    with closing(connections.create_connection(DEFAULT_DB_ALIAS)) as other:
        theirs = _rows_after(grown, other)
    found = {table: ranges_of(seen[table] - theirs[table]) for table in grown}
    return {table: ranges for table, ranges in found.items() if ranges}


def ranges_of(ids: Iterable[int]) -> list[Range]:
    """Those ids as ranges, in order."""
    ordered = sorted(ids)
    ends = [one for one, following in pairwise(ordered) if following > one + 1]
    begins = [following for one, following in pairwise(ordered) if following > one + 1]
    return [[first - 1, last] for first, last in zip([*ordered[:1], *begins], [*ends, *ordered[-1:]], strict=True)]


def _rows_after(marked: Mapping[str, int], database: BaseDatabaseWrapper) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    with database.cursor() as cursor:
        for table, last in marked.items():
            cursor.execute(f"SELECT id FROM {table} WHERE id > %s", [last])
            found[table] = {row_id for (row_id,) in cursor.fetchall()}
    return found
