"""The orders behind a figure: each kind of case is a part with one condition, which counts them and lists them.

So a mark in a chart and the list that it leads to cannot disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from kpis.figures.automation import STAGES
from kpis.figures.frequency import GAP_ORDERS
from kpis.figures.scope import Scope, rows
from orders.flow import STAGE_BY_STATE, State


@dataclass(frozen=True)
class Part:
    """One kind of case: how it is called, by which time it belongs to a window, and what is true of it.

    `source` names what to read from where that is not the facts themselves.
    """

    words: str
    at: str
    condition: str = "true"
    lines: bool = False
    source: str = ""


DELIVERED, PLACED, ANSWERED = "f.delivered_at", "f.placed_at", "f.answered_at"
LIVE = "f.order_id IS NOT NULL"
IMPERFECT = "(coalesce(f.late, false) OR f.short OR f.damaged OR f.documents)"
SANE = "NOT f.contradictory"


def _stage_parts() -> dict[str, Part]:
    """Of automation: who passed a stage, and with whose help."""
    found = {}
    for name in STAGES:
        label = STAGE_BY_STATE[State(name)].state.label.lower()
        passed = f"{LIVE} AND f.{name}_at IS NOT NULL"
        found[f"passed_{name}"] = Part(gettext_noop("Orders that were {state}").format(state=label), PLACED, passed)
        found[f"person_{name}"] = Part(
            gettext_noop("Orders that were {state} by a person").format(state=label),
            PLACED,
            f"{passed} AND '{name}' = ANY(f.by_person)",
        )
    return found


PARTS: Mapping[str, Mapping[str, Part]] = {
    "return_rate": {
        "delivered": Part(gettext_noop("Orders with delivered units"), "l.delivered_at", "l.delivered > 0", lines=True),
        "returned": Part(
            gettext_noop("Orders of which units came back"), "l.delivered_at", "l.returned > 0", lines=True
        ),
    },
    "picking_accuracy": {
        "picked": Part(gettext_noop("Orders with picked lines"), "l.picked_at", lines=True),
        "wrong": Part(gettext_noop("Orders with a wrong line"), "l.picked_at", "l.wrong", lines=True),
        "unscanned": Part(
            gettext_noop("Orders with a line nobody scanned"), "l.picked_at", "NOT l.scanned", lines=True
        ),
    },
    "lead_time": {
        "delivered": Part(gettext_noop("Orders delivered"), DELIVERED, SANE),
        "contradictory": Part(gettext_noop("Orders whose times contradict each other"), DELIVERED, "f.contradictory"),
        "held": Part(gettext_noop("Delivered orders that were held"), DELIVERED, f"{SANE} AND f.held_seconds > 0"),
        **{
            f"passed_{name}": Part(
                gettext_noop("Delivered orders of which it is known when they were {state}").format(
                    state=STAGE_BY_STATE[State(name)].state.label.lower()
                ),
                DELIVERED,
                f"{SANE} AND f.{name}_at IS NOT NULL",
            )
            for name in STAGES
        },
    },
    "purchase_frequency": {
        "placed": Part(gettext_noop("Orders placed"), PLACED, "f.cancelled_at IS NULL AND NOT f.follows"),
        "cancelled": Part(
            gettext_noop("Orders placed and cancelled"), PLACED, "f.cancelled_at IS NOT NULL AND NOT f.follows"
        ),
        "came_back": Part(
            gettext_noop("Orders of customers who came back"),
            PLACED,
            "f.gap BETWEEN %(over)s AND %(under)s",
            source=GAP_ORDERS,
        ),
    },
    "perfect_order": {
        "delivered": Part(gettext_noop("Orders delivered"), DELIVERED),
        "perfect": Part(gettext_noop("Perfect orders"), DELIVERED, f"NOT {IMPERFECT}"),
        "imperfect": Part(gettext_noop("Orders that were not perfect"), DELIVERED, IMPERFECT),
        "late": Part(gettext_noop("Orders that were late"), DELIVERED, "f.late"),
        "short": Part(gettext_noop("Orders that were not in full"), DELIVERED, "f.short"),
        "damaged": Part(gettext_noop("Orders that were damaged"), DELIVERED, "f.damaged"),
        "documents": Part(gettext_noop("Orders documented wrong"), DELIVERED, "f.documents"),
    },
    "on_time": {
        "promised": Part(gettext_noop("Delivered orders that had a promise"), DELIVERED, "f.late IS NOT NULL"),
        "late": Part(gettext_noop("Orders that were late"), DELIVERED, "f.late"),
        "kept": Part(gettext_noop("Orders on time"), DELIVERED, "NOT f.late"),
    },
    "satisfaction": {
        "answered": Part(gettext_noop("Orders whose customers gave a score"), ANSWERED, "f.csat IS NOT NULL"),
        "unhappy": Part(gettext_noop("Orders scored 3 or less"), ANSWERED, "f.csat <= 3"),
        "promoters": Part(gettext_noop("Orders of promoters (9 and 10)"), ANSWERED, "f.nps >= 9"),
        "passives": Part(gettext_noop("Orders of passives (7 and 8)"), ANSWERED, "f.nps BETWEEN 7 AND 8"),
        "detractors": Part(gettext_noop("Orders of detractors (0 to 6)"), ANSWERED, "f.nps <= 6"),
        "invited": Part(gettext_noop("Orders whose customers were asked"), "f.invited_at"),
    },
    "automation": {
        "placed": Part(gettext_noop("Orders placed here"), PLACED, LIVE),
        "shipped": Part(gettext_noop("Orders placed here and shipped"), PLACED, f"{LIVE} AND f.shipped_at IS NOT NULL"),
        "touched": Part(
            gettext_noop("Shipped orders that a person touched"),
            PLACED,
            f"{LIVE} AND f.shipped_at IS NOT NULL AND f.by_person <> '{{}}'",
        ),
        "held": Part(
            gettext_noop("Orders that were held"),
            PLACED,
            f"{LIVE} AND EXISTS (SELECT FROM orders_hold h WHERE h.order_id = f.order_id)",
        ),
        **_stage_parts(),
    },
}
# Of lines an order counts once, whatever it has of them.
COUNTED_BY_LINES = """
SELECT g{outer} FROM (
    SELECT {group} AS g, l.fact_id{inner} FROM {source}
    WHERE {at} >= %(since)s AND {at} < %(until)s{where} GROUP BY 1, 2
) x GROUP BY 1
"""
COUNTED = "SELECT {group}{counts} FROM {source} WHERE {at} >= %(since)s AND {at} < %(until)s{where} GROUP BY 1"
LISTED = """
SELECT f.id FROM {source} WHERE {at} >= %(since)s AND {at} < %(until)s AND {condition}{where}
ORDER BY f.placed_at DESC, f.id DESC LIMIT %(most)s OFFSET %(skip)s
"""
LISTED_BY_LINES = """
SELECT f.id FROM kpis_orderfact f WHERE f.id IN (
    SELECT l.fact_id FROM {source} WHERE {at} >= %(since)s AND {at} < %(until)s AND {condition}{where})
ORDER BY f.placed_at DESC, f.id DESC LIMIT %(most)s OFFSET %(skip)s
"""
LINES = """
SELECT l.id FROM {source} WHERE l.fact_id = ANY(%(facts)s) AND {at} >= %(since)s AND {at} < %(until)s AND {condition}
{where} ORDER BY l.fact_id, l.position
"""
REASONS = """
SELECT r.reason, count(DISTINCT l.fact_id) FROM {source} JOIN kpis_returnfact r ON r.line_id = l.id
WHERE {condition} AND {at} >= %(since)s AND {at} < %(until)s{where} GROUP BY 1
"""
SCORES = """
SELECT f.csat::text, count(*) FROM {source}
WHERE {at} >= %(since)s AND {at} < %(until)s AND f.csat IS NOT NULL{where} GROUP BY 1
"""


@dataclass(frozen=True)
class Behind:
    """A part of a figure within a scope; `over` and `under` are the days of a gap, both included."""

    figure: str
    part: str
    scope: Scope
    over: int = 0
    under: int = 100_000

    @property
    def words(self) -> str:
        """What these orders are."""
        return PARTS[self.figure][self.part].words

    def count(self) -> int:
        """How many orders."""
        part = PARTS[self.figure][self.part]
        sql = _counting([part], self.scope, group="''")
        found = _fetched(sql, self.scope.values | {"over": self.over, "under": self.under})
        return int(found[0][1]) if found else 0

    def units(self, column: str) -> int:
        """The units in a column of the lines that the part is about."""
        part = PARTS[self.figure][self.part]
        summed = f"CASE WHEN {part.condition} THEN l.{column} ELSE 0 END"
        found = _fetched(_counting([part], self.scope, group="''", sums=[summed]), self.scope.values)
        return int(found[0][2]) if found else 0

    def line_ids(self, facts: Sequence[int]) -> list[int]:
        """Of these orders the lines that the part is about, as they stand; none where it is about whole orders."""
        part = PARTS[self.figure][self.part]
        if not part.lines:
            return []
        sql = _sql(LINES, part, self.scope, condition=part.condition)
        return [row[0] for row in _fetched(sql, self.scope.values | {"facts": list(facts)})]

    def ids(self, *, most: int, skip: int = 0) -> list[int]:
        """Of the facts, the latest placed first."""
        part = PARTS[self.figure][self.part]
        sql = _sql(LISTED_BY_LINES if part.lines else LISTED, part, self.scope, condition=part.condition)
        values = self.scope.values | {"over": self.over, "under": self.under, "most": most, "skip": skip}
        return [row[0] for row in _fetched(sql, values)]


def counts(
    figure: str, names: Sequence[str], scope: Scope, *, sums: Mapping[str, str] | None = None
) -> dict[str, dict[str, int]]:
    """The orders of several parts that are dated alike, by group of the scope and by part.

    Of parts that are about lines also `sums`, expressions over `l` by name, in the same pass.
    """
    chosen, sums = [PARTS[figure][name] for name in names], sums or {}
    ((at, lines, _),) = {(part.at, part.lines, part.source) for part in chosen}
    sql = _counting(chosen, scope, group=scope.group(at, lines=lines), sums=tuple(sums.values()))
    return {group: dict(zip([*names, *sums], found, strict=True)) for group, found in rows(sql, scope).items()}


def _counting(parts: Sequence[Part], scope: Scope, *, group: str, sums: Sequence[str] = ()) -> str:
    """Counts parts that are dated alike, by group."""
    first = parts[0]
    if not first.lines:
        counted = "".join(f", count(*) FILTER (WHERE {part.condition})" for part in parts)
        return _sql(COUNTED, first, scope, group=group, counts=counted)
    inner = [f", bool_or({part.condition}) AS part{place}" for place, part in enumerate(parts)]
    inner += [f", sum({each}) AS sum{place}" for place, each in enumerate(sums)]
    outer = [f", count(*) FILTER (WHERE part{place})" for place in range(len(parts))]
    outer += [f", sum(sum{place})::bigint" for place in range(len(sums))]
    return _sql(COUNTED_BY_LINES, first, scope, group=group, inner="".join(inner), outer="".join(outer))


def _sql(template: str, part: Part, scope: Scope, **names: str) -> str:
    where = scope.where(lines=part.lines)
    if part.source:
        source, where = part.source.format(orders=scope.orders, where=where), ""
    else:
        source = scope.lines if part.lines else scope.orders
    return template.format(source=source, at=part.at, where=where, **names)


def _fetched(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def return_reasons(scope: Scope) -> dict[str, int]:
    """How many orders sent something back, by reason; one may have several."""
    part = PARTS["return_rate"]["returned"]
    sql = _sql(REASONS, part, scope, condition=part.condition)
    return {reason: count for reason, (count,) in rows(sql, scope).items()}


def scores(scope: Scope) -> dict[str, int]:
    """How many orders got each score."""
    sql = _sql(SCORES, PARTS["satisfaction"]["answered"], scope)
    return {score: count for score, (count,) in rows(sql, scope).items()}
