"""How orders ended: perfect (SCOR RL.1.1: all four conditions hold for the order), on time, and what customers say."""

from collections import defaultdict
from typing import Any

from kpis.figures.scope import BOTH, Scope, rows, share

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
SELECT {group}, count(*), count(f.answered_at)
FROM {orders} WHERE f.invited_at >= %(since)s AND f.invited_at < %(until)s{where} GROUP BY 1
"""
# Beside the order as a whole, live customers score stages: 1 to 5 by the verb of each.
BY_STAGE = """
SELECT ({group}) || chr(31) || s.key, count(*), count(*) FILTER (WHERE s.value::int >= 4), avg(s.value::int)::float8
FROM {orders} JOIN feedback_survey v ON v.order_id = f.order_id JOIN feedback_answer a ON a.survey_id = v.id
CROSS JOIN LATERAL jsonb_each_text(a.stages) s
WHERE f.answered_at >= %(since)s AND f.answered_at < %(until)s{where} GROUP BY 1
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
    "stages": {},
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
    """As `overall_scores`, and `stages`: by verb, what customers gave the stages that they were asked about."""
    stages: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for key, (answers, happy, mean) in sorted(rows(_sql(BY_STAGE, "f.answered_at", scope), scope).items()):
        group, _, verb = key.rpartition(BOTH)
        stages[group][verb] = {"csat": share(happy, answers), "mean_score": mean, "answers": answers}
    return {group: told | {"stages": stages[group]} for group, told in overall_scores(scope).items()}


def overall_scores(scope: Scope) -> dict[str, dict[str, Any]]:
    """By group: `csat`, `mean_score`, `nps` in points, `answers` given and `invitations` sent in the window.

    `response_rate` is of these invitations, whenever they were answered, so that it is at most 1.
    """
    asked = rows(_sql(ASKED, "f.invited_at", scope), scope)
    found = {}
    for group, (answers, happy, mean, scored, promoters, detractors) in rows(
        _sql(SAID, "f.answered_at", scope), scope
    ).items():
        invitations, answered = asked.get(group, (0, 0))
        found[group] = {
            "csat": share(happy, answers),
            "mean_score": mean,
            "nps": 100 * (promoters - detractors) / scored if scored else None,
            "answers": answers,
            "invitations": invitations,
            "response_rate": share(answered, invitations),
            "stages": {},
        }
    for group, (invitations, answered) in asked.items():
        if group not in found:
            found[group] = NOTHING_SAID | {"invitations": invitations, "response_rate": share(answered, invitations)}
    return found


def _sql(template: str, at: str, scope: Scope) -> str:
    return template.format(group=scope.group(at), orders=scope.orders, where=scope.where())
