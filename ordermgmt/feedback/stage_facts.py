"""What the data say of each of the nine stages: how long it takes, how often too long, what stopped it, who did it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from feedback.models import Finding, StageAssessment
from inventory import clock
from orders.bounds import bound_of, bounds
from orders.flow import QUEUE_BY_STATE, STAGE_BY_STATE, STAGES, Stage, State
from orders.history import EVENT_OF_STATE

MOSTLY, SELDOM = 0.8, 0.05
PAIRS = list(zip(STAGES, STAGES[1:], strict=False))
# Once over the facts, stage beside stage: to make a row of each and sort them all by stage took three times as long.
OF_STAGE = """,
       count({after}) FILTER (WHERE NOT f.contradictory),
       percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {after}) FILTER (WHERE NOT f.contradictory),
       count(*) FILTER (WHERE NOT f.contradictory AND {after} > date_part('epoch', %({before})s::interval)),
       count({after}) FILTER (WHERE NOT f.contradictory AND '{after}' = ANY(f.by_person))"""
STEPS = [(before.state.value, after.state.value) for before, after in PAIRS]
TIMES = f"""
SELECT count(*){"".join(OF_STAGE.format(before=before, after=after) for before, after in STEPS)}
FROM kpis_orderfact f CROSS JOIN LATERAL (
    SELECT {", ".join(f"date_part('epoch', f.{after}_at - f.{before}_at) AS {after}" for before, after in STEPS)}) t
WHERE f.history_id IS NULL AND f.placed_at >= %(since)s
"""
HOLDS = """
SELECT substr(e.name, 7), count(*) FILTER (WHERE h.reason <> 'exception'),
       count(*) FILTER (WHERE h.reason = 'exception')
FROM orders_hold h CROSS JOIN LATERAL (
    SELECT x.name FROM orders_orderevent x
    WHERE x.order_id = h.order_id AND x.name = ANY(%(states)s) AND x.at <= h.at ORDER BY x.seq DESC LIMIT 1) e
WHERE h.at >= %(since)s GROUP BY 1
"""


@dataclass(frozen=True)
class StageFacts:
    """Of the orders of the window; times in seconds, None without a case. `over` of `sample` took longer than bound."""

    stage: Stage
    sample: int = 0
    p50: timedelta | None = None
    p90: timedelta | None = None
    bound: timedelta | None = None
    over: int = 0
    by_person: int = 0
    holds: int = 0
    failures: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def over_share(self) -> float:
        """Of the sample, how much was longer than the bound."""
        return self.over / self.sample if self.sample else 0.0

    @property
    def how(self) -> str:
        """How it is done, as far as the data show."""
        person = self.by_person / self.sample if self.sample else 0.0
        how = StageAssessment.How
        return (how.MANUAL if person >= MOSTLY else how.AUTOMATIC if person <= SELDOM else how.ASSISTED).value

    @property
    def cost(self) -> int:
        """Affected orders times severity, over the findings; a failed step counts once."""
        return sum(row.cost for row in self.findings) + self.failures


def stage_facts() -> dict[str, StageFacts]:
    """By verb, over the last `FINDINGS_DAYS` days; in three queries."""
    since = clock.now() - timedelta(days=settings.FINDINGS_DAYS)
    (placed, times), (holds, failures) = _times(since), _holds(since)
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for row in Finding.objects.filter(gone_at=None).defer("order_ids"):
        findings[row.stage].append(row)
    facts = {}
    for before, stage in [(None, STAGES[0]), *PAIRS]:
        known = {"sample": placed} if before is None else times.get(stage.state.value, {})
        facts[stage.verb] = StageFacts(
            stage=stage,
            bound=bound_of(before.state) if before else None,
            holds=holds.get(stage.verb, 0),
            failures=failures.get(stage.verb, 0),
            findings=tuple(sorted(findings[stage.verb], key=lambda row: -row.cost)),
            **known,
        )
    return facts


def _times(since: datetime) -> tuple[int, dict[str, dict[str, Any]]]:
    """How many orders were placed, and what is known of those that reached each state."""
    placed, *cells = _rows(TIMES, {**bounds(), "since": since})[0]
    found = {}
    for place, (_, state) in enumerate(STEPS):
        sample, points, over, by_person = cells[4 * place : 4 * place + 4]
        if sample:
            p50, p90 = (timedelta(seconds=point) for point in points)
            found[state] = {"sample": sample, "p50": p50, "p90": p90, "over": over, "by_person": by_person}
    return placed, found


def _holds(since: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Holds and failed steps, by the stage that the order could not enter."""
    states = [EVENT_OF_STATE[stage.state] for stage in STAGES]
    rows = _rows(HOLDS, {"since": since, "states": states})
    by_state: Mapping[str, tuple[int, int]] = {state: (held, failed) for state, held, failed in rows}
    verbs = {state: QUEUE_BY_STATE.get(State(state), STAGE_BY_STATE[State(state)].verb) for state in by_state}
    held = {verbs[state]: counts[0] for state, counts in by_state.items()}
    return held, {verbs[state]: counts[1] for state, counts in by_state.items()}


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
