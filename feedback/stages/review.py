"""Stage 9 of 9, reviewed: perfect, or what could be improved, found in the order's own history.

A perfect order (SCOR RL.1.1) arrived in full, on time, undamaged and documented right; all four must hold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from feedback.models import Answer, ImprovementItem, OrderReview
from inventory import clock
from orders.flow import STAGES
from orders.history import EVENT_OF_STATE, advanced
from orders.models import Order
from orders.queue import held


@dataclass(frozen=True)
class Verdict:
    """What a finished order shows. `findings` are (stage verb, sentence)."""

    failed: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    slowest_stage: str
    lead_time: timedelta


def review(order_id: int, *, by: str) -> Order:
    """Write the verdict and what could be improved; the order's journey ends here."""
    with held(order_id) as order:
        order.review()
        verdict = judge(order)
        OrderReview.objects.create(
            order=order,
            perfect=not verdict.failed,
            failed=list(verdict.failed),
            slowest_stage=verdict.slowest_stage,
            lead_time=verdict.lead_time,
            reviewed_at=clock.now(),
        )
        ImprovementItem.objects.bulk_create(
            ImprovementItem(order=order, stage=stage, finding=finding, found_at=clock.now())
            for stage, finding in verdict.findings
        )
        return advanced(
            order,
            by=by,
            due_in=None,
            perfect=not verdict.failed,
            failed=list(verdict.failed),
            slowest_stage=verdict.slowest_stage,
        )


def judge(order: Order) -> Verdict:
    """Read the verdict off the order's events, returns and answer."""
    entered = {name: at for name, at in order.events.values_list("name", "at") if name in EVENT_OF_STATE.values()}
    times = [entered[EVENT_OF_STATE[stage.state]] for stage in STAGES[:7]]
    failures = _failures(order, delivered_at=arrived_at(order) or times[-1])
    findings = [(stage, sentence) for _, stage, sentence in failures]
    findings += [("approve", f"Held: {hold.note or hold.reason}") for hold in order.holds.all()]
    findings += _unhappy(order)
    lengths = [
        (after - before, stage.verb) for (before, after), stage in zip(pairwise(times), STAGES[1:7], strict=True)
    ]
    return Verdict(
        failed=tuple(dict.fromkeys(condition for condition, _, _ in failures)),
        findings=tuple(dict.fromkeys((stage, sentence[:200]) for stage, sentence in findings)),
        slowest_stage=max(lengths)[1],
        lead_time=times[-1] - times[0],
    )


def arrived_at(order: Order) -> datetime | None:
    """When the last parcel arrived, by the carrier's scan rather than by when we heard of it."""
    moments = [shipment.delivered_at for shipment in order.shipments.all() if shipment.delivered_at]
    return max(moments, default=None)


def _failures(order: Order, *, delivered_at: datetime) -> list[tuple[str, str, str]]:
    """(condition of the perfect order, stage to improve, sentence) for each that failed."""
    failures = []
    if delivered_at > order.promised_at:
        failures.append(("on_time", "ship", f"Arrived {_long(delivered_at - order.promised_at)} after the promise"))
    by_reason = {
        "wrong_item": ("in_full", "pick", "Wrong item sent"),
        "damaged": ("undamaged", "pack", "Arrived damaged"),
        "not_as_described": ("documented", "place", "Not as described"),
    }
    failures += [by_reason[row.reason] for row in order.returns.all() if row.reason in by_reason]
    return failures


def _long(late: timedelta) -> str:
    days, hours = late / timedelta(days=1), late / timedelta(hours=1)
    return f"{days:.1f} days" if days >= 1 else f"{hours:.1f} hours" if hours >= 1 else "less than an hour"


def _unhappy(order: Order) -> list[tuple[str, str]]:
    answer = Answer.objects.filter(survey__order=order, csat__lte=2).first()
    said = f": {answer.comment}" if answer and answer.comment else ""
    return [("survey", f"The customer gave {answer.csat} of 5{said}")] if answer else []
