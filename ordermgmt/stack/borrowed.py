"""A database for the duration of one command, when no stack is running."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from ordermgmt.stack.folders import make_data_folder
from ordermgmt.stack.guard import Guard
from ordermgmt.stack.places import Places
from ordermgmt.stack.postgres import Postgres

# These do without a database, or bring their own.
NEED_NO_DATABASE = frozenset(
    {"check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"}
    | {"bench", "plan_batches", "plan_cartons", "plan_route", "run", "simulate", "spectacular", "startapp", "version"}
)


@contextmanager
def database_for_command(arguments: Sequence[str]) -> Iterator[bool]:
    """Inside the block the database of the settings answers; an embedded one is shared with whoever runs it.

    Yields whether it was made just now, and so has no tables yet.
    """
    if not _needs_database(arguments) or os.environ.get("DATABASE_URL") or not settings.DEBUG:
        yield False
        return
    places = Places(settings.DATA_DIR)
    is_new = not places.postgres_dir.exists()
    make_data_folder(places)
    guard = Guard()
    try:
        with Postgres(places).used(guard=guard):
            yield is_new
    finally:
        guard.dismiss()


def _needs_database(arguments: Sequence[str]) -> bool:
    asks_for_help = {"-h", "--help", "--version"} & set(arguments)
    return bool(arguments) and not asks_for_help and arguments[0] not in NEED_NO_DATABASE
