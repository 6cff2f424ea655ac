"""Picking accuracy: lines right first time ÷ lines picked, by the moment their last unit was picked.

Evidence that comes late is dated back to the pick. Lines nobody scanned are counted apart,
among those of which it is known: an imported history does not say.
"""

from typing import Any

from kpis.figures.scope import Scope, rows, share

PICKED = """
SELECT {group}, count(*), count(*) FILTER (WHERE l.wrong), count(*) FILTER (WHERE NOT l.scanned), count(l.scanned)
FROM {lines}
WHERE l.picked_at >= %(since)s AND l.picked_at < %(until)s{where} GROUP BY 1
"""
NOTHING: dict[str, Any] = {"lines": None, "lines_picked": 0, "lines_wrong": 0, "unscanned_share": None}


def picking_accuracy(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `lines` (the rate), `lines_picked`, `lines_wrong`, `unscanned_share`."""
    sql = PICKED.format(group=scope.group("l.picked_at", lines=True), lines=scope.lines, where=scope.where(lines=True))
    return {
        group: {
            "lines": share(picked - wrong, picked),
            "lines_picked": picked,
            "lines_wrong": wrong,
            "unscanned_share": share(unscanned, known),
        }
        for group, (picked, wrong, unscanned, known) in rows(sql, scope).items()
    }
