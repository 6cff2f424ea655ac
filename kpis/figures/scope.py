"""What a figure is about: a window, a cut by which it is taken apart, and what it is narrowed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection

from kpis.windows import Window

ALL = ""  # the group of everything, when nothing is cut
# `f` is the order's fact, `l` the line's; a cut that needs a line exists only for figures about lines.
ORDER_CUTS: Mapping[str, str] = {
    "channel": "f.channel",
    "warehouse": "f.warehouse",
    "carrier": "f.carrier",
    "region": "f.country",
    "tier": "coalesce(nullif(f.tier, ''), coalesce(nullif(c.tier_override, ''), c.tier), '')",
    "cohort": "to_char((SELECT min(x.placed_at) FROM kpis_orderfact x WHERE x.customer = f.customer)"
    " AT TIME ZONE %(zone)s, 'YYYY-MM')",
}
LINE_CUTS: Mapping[str, str] = {
    "product": "l.sku",
    "category": "l.category",
    "warehouse": "l.warehouse",
    "picker": "l.picker",
    "zone": "l.zone",
}
CUTS = tuple(dict.fromkeys([*ORDER_CUTS, *LINE_CUTS]))
FACTS = "kpis_orderfact f"
# A customer's tier is not history: it is what it is now.
WITH_TIER = f"{FACTS} LEFT JOIN orders_order o ON o.id = f.order_id LEFT JOIN orders_customer c ON c.id = o.customer_id"


@dataclass(frozen=True)
class Scope:
    """`only` narrows by cut name and value: {"channel": "web"}."""

    window: Window
    cut: str = ""
    only: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """For the statements."""
        narrowed = {f"only_{name}": value for name, value in self.only.items()}
        times = {"since": self.window.since, "until": self.window.until, "zone": settings.SHOP_TIME_ZONE}
        return times | narrowed

    @property
    def orders(self) -> str:
        """The facts to read from, as `f`."""
        return f"({WITH_TIER})" if "tier" in (self.cut, *self.only) else FACTS

    def group(self, *, lines: bool = False) -> str:
        """The expression by which rows are grouped; everything is one group where the figure has no such cut."""
        return _cuts(lines).get(self.cut, "''")

    def applies(self, *, lines: bool = False) -> bool:
        """Whether the figure can be cut so."""
        return not self.cut or self.cut in _cuts(lines)

    def where(self, *, lines: bool = False) -> str:
        """Conditions of what it is narrowed to, each beginning with AND."""
        known = _cuts(lines)
        return "".join(f" AND {known[name]} = %(only_{name})s" for name in self.only if name in known)


def _cuts(lines: bool) -> dict[str, str]:
    return {**ORDER_CUTS, **LINE_CUTS} if lines else dict(ORDER_CUTS)


def rows(sql: str, scope: Scope) -> dict[str, Sequence[Any]]:
    """The first column of each row is its group."""
    with connection.cursor() as cursor:
        cursor.execute(sql, scope.values)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def share(part: float | None, whole: float | None) -> float | None:
    """None where there is no case: no data is neither 0 nor 1."""
    return float(part or 0) / float(whole) if whole else None
