"""Folding in tests: what else runs on the same server, if only its vacuum, may hold the transaction horizon back."""

from time import monotonic, sleep

from django.db import connection

from kpis.fold import fold

PATIENCE_SECONDS = 60.0
SETTLED = "SELECT coalesce(max(xid), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM orders_orderevent"


def settle() -> None:
    """Wait until every event can be folded."""
    until = monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while cursor.execute(SETTLED) or not cursor.fetchone()[0]:
            assert monotonic() < until, "the newest event does not settle"
            sleep(0.05)


def fold_settled() -> None:
    """Wait, then fold all of it."""
    settle()
    while fold().events:
        pass
