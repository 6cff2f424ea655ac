"""What a figure is about: a window, a cut by which it is taken apart, and what it is narrowed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from kpis.windows import Window

ALL = ""  # the group of everything, when nothing is cut
BOTH = "\x1f"  # stands between the step and the value of a cut
# `f` is the order's fact, `l` the line's; a cut that needs a line exists only for figures about lines.
ORDER_CUTS: Mapping[str, str] = {
    "channel": "f.channel",
    "warehouse": "f.warehouse",
    "carrier": "f.carrier",
    "region": "f.country",
    "tier": "coalesce(nullif(f.tier, ''), coalesce(nullif(c.tier_override, ''), c.tier), '')",
    "cohort": "began.month",
}
LINE_CUTS: Mapping[str, str] = {
    "product": "l.sku",
    "category": "l.category",
    "warehouse": "l.warehouse",
    "picker": "l.picker",
    "zone": "l.zone",
}
CUTS = tuple(dict.fromkeys([*ORDER_CUTS, *LINE_CUTS]))
# What else a figure can be narrowed to, though it is not taken apart by it.
ORDER_NARROWINGS: Mapping[str, str] = {
    "customer": "f.customer = %(only_customer)s",
    "score": "f.csat::text = %(only_score)s",
    "asked": "EXISTS (SELECT FROM feedback_survey v JOIN feedback_answer a ON a.survey_id = v.id"
    " WHERE v.order_id = f.order_id AND a.stages ? %(only_asked)s)",
    "hold": "EXISTS (SELECT FROM orders_hold h WHERE h.order_id = f.order_id AND h.reason = %(only_hold)s)",
}
LINE_NARROWINGS: Mapping[str, str] = {
    "reason": "EXISTS (SELECT FROM kpis_returnfact r WHERE r.line_id = l.id AND r.reason = %(only_reason)s)",
}
NARROWINGS = (*CUTS, *ORDER_NARROWINGS, *LINE_NARROWINGS)
FACTS = "kpis_orderfact f"
# What a cut reads beside the facts, once for each. A customer's tier is not history: it is what it is now.
BESIDE: Mapping[str, str] = {
    "tier": " LEFT JOIN orders_order o ON o.id = f.order_id LEFT JOIN orders_customer c ON c.id = o.customer_id",
    "cohort": " CROSS JOIN LATERAL (SELECT coalesce(to_char(min(x.placed_at) AT TIME ZONE %(zone)s, 'YYYY-MM'), '')"
    " AS month FROM kpis_orderfact x WHERE x.customer = f.customer AND x.cancelled_at IS NULL AND NOT x.follows) began",
}
# What is asked of one window, asked of each of several, which may overlap: cheaper than a place for every row.
OF_EACH = """
SELECT w.place, x.* FROM unnest(%(sinces)s::timestamptz[], %(untils)s::timestamptz[])
    WITH ORDINALITY AS w(since, until, place) CROSS JOIN LATERAL ({sql}) x
"""


@dataclass(frozen=True)
class Scope:
    """`only` narrows by name and value: {"channel": "web"}.

    With `edges`, from the window's start to its end, the groups are the windows between them, as "1", "2", …; with a
    cut as well they are both, joined by `BOTH`. `among` are the only values of the cut that are asked for.
    With `each`, windows within the window, the groups are these, numbered likewise; there is no cut then.
    """

    window: Window
    cut: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    edges: Sequence[datetime] = ()
    among: Sequence[str] = ()
    each: Sequence[Window] = ()

    @property
    def values(self) -> dict[str, Any]:
        """For the statements."""
        narrowed = {f"only_{name}": value for name, value in self.only.items()}
        times = {"since": self.window.since, "until": self.window.until, "zone": settings.SHOP_TIME_ZONE}
        each = {"sinces": [part.since for part in self.each], "untils": [part.until for part in self.each]}
        return times | narrowed | each | {"edges": list(self.edges), "among": list(self.among)}

    @property
    def orders(self) -> str:
        """The facts to read from, as `f`."""
        beside = "".join(join for cut, join in BESIDE.items() if cut in (self.cut, *self.only))
        return f"({FACTS}{beside})" if beside else FACTS

    @property
    def asks_lines(self) -> bool:
        """Whether its cut, or what it is narrowed to, is a matter of single lines."""
        return not {self.cut, *self.only}.isdisjoint({*LINE_CUTS, *LINE_NARROWINGS})

    @property
    def lines(self) -> str:
        """The lines to read from, as `l`, with their orders as `f` only where these are asked about."""
        asked = {name for name in (self.cut, *self.only) if name in ORDER_CUTS or name in ORDER_NARROWINGS}
        lines = "kpis_linefact l"
        return f"{lines} JOIN {self.orders} ON f.id = l.fact_id" if asked - set(LINE_CUTS) else lines

    def group(self, at: str, *, lines: bool = False) -> str:
        """The expression by which rows dated `at` are grouped; all are one group where the figure has no such cut."""
        cut = _cuts(lines).get(self.cut, "''")
        if not self.edges:
            return cut
        step = f"width_bucket({at}, %(edges)s::timestamptz[])"
        return f"{step} || chr(31) || coalesce({cut}, '')" if self.cut else step

    def until(self, group: str) -> datetime:
        """The end of a group's window."""
        if self.each:
            return self.each[int(group) - 1].until
        return self.edges[int(group.partition(BOTH)[0])] if self.edges else self.window.until

    def applies(self, *, lines: bool = False) -> bool:
        """Whether the figure can be cut so."""
        return not self.cut or self.cut in _cuts(lines)

    def where(self, *, lines: bool = False) -> str:
        """Conditions of what it is narrowed to, each beginning with AND; a line's mean nothing for a whole order."""
        known = {name: f"{expression} = %(only_{name})s" for name, expression in _cuts(lines).items()}
        known |= {**ORDER_NARROWINGS, **(LINE_NARROWINGS if lines else {})}
        told = [known[name] for name in self.only if name in known]
        if self.among and self.cut in _cuts(lines):
            told.append(f"coalesce({_cuts(lines)[self.cut]}, '') = ANY(%(among)s)")
        return "".join(f" AND {condition}" for condition in told)


def _cuts(lines: bool) -> dict[str, str]:
    return {**ORDER_CUTS, **LINE_CUTS} if lines else dict(ORDER_CUTS)


def rows(sql: str, scope: Scope) -> dict[str, Sequence[Any]]:
    """The first column of each row is its group; the number of a step becomes text here, not row by row."""
    if scope.each:
        sql = OF_EACH.format(sql=sql.replace("%(since)s", "w.since").replace("%(until)s", "w.until"))
    with connection.cursor() as cursor:
        cursor.execute(sql, scope.values)
        if scope.each:
            return {f"{place}{within}": row for place, within, *row in cursor.fetchall()}
        return {str(row[0]) if isinstance(row[0], int) else row[0]: row[1:] for row in cursor.fetchall()}


def share(part: float | None, whole: float | None) -> float | None:
    """None where there is no case: no data is neither 0 nor 1."""
    return float(part or 0) / float(whole) if whole else None
