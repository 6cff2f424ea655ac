"""How orders ended: perfect (SCOR RL.1.1: all four conditions hold for the order), on time, and what customers say."""

from typing import Any

from kpis.figures.scope import Scope, rows, share

CONDITIONS = ("late", "short", "damaged", "documents")
DELIVERED = """
SELECT {group}, count(*),
       count(*) FILTER (WHERE f.late), count(*) FILTER (WHERE f.short), count(*) FILTER (WHERE f.damaged),
       count(*) FILTER (WHERE f.documents),
       count(*) FILTER (WHERE f.late OR f.short OR f.damaged OR f.documents),
       count(*) FILTER (WHERE f.late IS NOT NULL)
FROM {orders} WHERE f.delivered_at >= %(since)s AND f.delivered_at < %(until)s{where} GROUP BY 1
"""
SAID = """
SELECT {group}, count(f.csat), count(*) FILTER (WHERE f.csat >= 4), avg(f.csat)::float8,
       count(f.nps), count(*) FILTER (WHERE f.nps >= 9), count(*) FILTER (WHERE f.nps <= 6)
FROM {orders} WHERE f.answered_at >= %(since)s AND f.answered_at < %(until)s{where} GROUP BY 1
"""
ASKED = """
SELECT {group}, count(*) FROM {orders} WHERE f.invited_at >= %(since)s AND f.invited_at < %(until)s{where} GROUP BY 1
"""
NOTHING_PERFECT: dict[str, Any] = {"rate": None, "orders": 0, "failed": dict.fromkeys(CONDITIONS, 0)}
NOTHING_ON_TIME: dict[str, Any] = {"rate": None, "orders": 0}
NOTHING_SAID: dict[str, Any] = {
    "csat": None,
    "mean_score": None,
    "nps": None,
    "answers": 0,
    "invitations": 0,
    "response_rate": None,
}


def perfect_order(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `rate`, `orders` delivered, and how many `failed` each condition."""
    return {
        group: {
            "rate": share(orders - imperfect, orders),
            "orders": orders,
            "failed": dict(zip(CONDITIONS, counts, strict=True)),
        }
        for group, (orders, *counts, imperfect, _) in rows(_sql(DELIVERED, "f.delivered_at", scope), scope).items()
    }


def on_time(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `rate`, of the `orders` delivered that had a promise."""
    return {
        group: {"rate": share(promised - late, promised), "orders": promised}
        for group, (_, late, *_rest, promised) in rows(_sql(DELIVERED, "f.delivered_at", scope), scope).items()
    }


def satisfaction(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `csat`, `mean_score`, `nps` in points, `answers`, `invitations`, `response_rate`."""
    asked = rows(_sql(ASKED, "f.invited_at", scope), scope)
    found = {}
    for group, (answers, happy, mean, scored, promoters, detractors) in rows(
        _sql(SAID, "f.answered_at", scope), scope
    ).items():
        (invitations,) = asked.get(group, (0,))
        found[group] = {
            "csat": share(happy, answers),
            "mean_score": mean,
            "nps": 100 * (promoters - detractors) / scored if scored else None,
            "answers": answers,
            "invitations": invitations,
            "response_rate": share(answers, invitations),
        }
    silent = {group: NOTHING_SAID | {"invitations": count} for group, (count,) in asked.items() if group not in found}
    return found | silent


def _sql(template: str, at: str, scope: Scope) -> str:
    return template.format(group=scope.group(at), orders=scope.orders, where=scope.where())
