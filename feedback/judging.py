"""The verdict on one finished order, read off its history, its returns, its claims and what the customer said.

A perfect order (SCOR RL.1.1) arrived in full, on time, undamaged and documented right; all four must hold.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from feedback.models import Answer, ImprovementItem, OrderReview
from fulfillment.models import ReturnLine
from inventory import clock
from orders.bounds import bound_of
from orders.flow import STAGES
from orders.history import EVENT_OF_STATE
from orders.models import Order

TRAVELLED = STAGES[:7]
COMPARED, ENOUGH = 200, 20  # so many of the newest reviews make the shop's median, and fewer make none
POOR = 2
DETRACTOR = 6
# What happened on the way that should not have to.
EXCEPTIONS = {
    "order.changed": "changed",
    "order.units_cancelled": "units_cancelled",
    "order.put_back": "put_back",
    "payment.failed": "payment_failed",
    "shipment.held": "shipment_held",
    "order.returned": "returned",
    "claim.opened": "claimed",
}
# Reasons of returns: the condition of the perfect order that each breaks, the stage to improve, a sentence.
FAULT_OF_RETURN = {
    "wrong_item": ("in_full", "pick", "Wrong item sent"),
    "missing": ("in_full", "pick", "Something was missing"),
    "wrong_quantity": ("in_full", "pick", "Wrong quantity sent"),
    "damaged": ("undamaged", "pack", "Arrived damaged"),
    "defective": ("undamaged", "pack", "Did not work"),
    "not_as_described": ("documented", "place", "Not as described"),
    "documents": ("documented", "ship", "Documents were wrong"),
}
FAULT_OF_CLAIM = {
    "missing": FAULT_OF_RETURN["missing"],
    "wrong": FAULT_OF_RETURN["wrong_item"],
    "damaged": FAULT_OF_RETURN["damaged"],
    "lost": ("in_full", "ship", "A parcel was lost"),
}
Failure = tuple[str, str, str]  # condition of the perfect order, stage to improve, sentence


@dataclass(frozen=True)
class Verdict:
    """What a finished order shows. `findings` are (stage verb, sentence); `evidence` is JSON, times in seconds."""

    failed: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    slowest_stage: str
    lead_time: timedelta
    evidence: dict[str, Any]


def judge(order: Order) -> Verdict:
    """Read the verdict off the order's events, returns and answer."""
    events = list(order.events.order_by("seq").values_list("name", "at"))
    entered = {name: at for name, at in events if name in EVENT_OF_STATE.values()}
    times = [entered[EVENT_OF_STATE[stage.state]] for stage in TRAVELLED]
    said = Answer.objects.prefetch_related("lines").filter(survey__order=order).first()
    failures = [*_failures(order, delivered_at=arrived_at(order) or times[-1]), *_said_wrong(said)]
    findings = [(stage, sentence) for _, stage, sentence in failures]
    findings += [("approve", f"Held: {hold.note or hold.reason}") for hold in order.holds.all()]
    findings += _unhappy(said)
    took = {
        after.verb: (left - came).total_seconds()
        for (came, left), after in zip(pairwise(times), TRAVELLED[1:], strict=True)
    }
    slowest = max(took, key=lambda verb: (took[verb], verb))
    return Verdict(
        failed=tuple(dict.fromkeys(condition for condition, _, _ in failures)),
        findings=tuple(dict.fromkeys((stage, sentence[:200]) for stage, sentence in findings)),
        slowest_stage=slowest,
        lead_time=times[-1] - times[0],
        evidence={
            "seconds": took,
            "bound": _bound_before(slowest),
            "median": _shops_median(slowest),
            "exceptions": _exceptions(order, [name for name, _ in events]),
            "scores": {"csat": said.csat, "nps": said.nps, "stages": said.stages} if said else {},
        },
    )


def write_verdict(order: Order, verdict: Verdict) -> OrderReview:
    """Keep the verdict of a held order; a new one replaces what the old one found, unless somebody took care of it."""
    now = clock.now()
    told = {
        "perfect": not verdict.failed,
        "failed": list(verdict.failed),
        "slowest_stage": verdict.slowest_stage,
        "lead_time": verdict.lead_time,
        "evidence": verdict.evidence,
    }
    row, fresh = OrderReview.objects.get_or_create(order=order, defaults={**told, "reviewed_at": now})
    if not fresh:
        OrderReview.objects.filter(pk=row.pk).update(**told, judged_at=now)
        untouched = ImprovementItem.objects.filter(order=order, owner="", done_at=None)
        for item in untouched:
            if (item.stage, item.finding) not in verdict.findings:
                item.delete()
    ImprovementItem.objects.bulk_create(
        (
            ImprovementItem(order=order, stage=stage, finding=finding, found_at=now)
            for stage, finding in verdict.findings
        ),
        ignore_conflicts=not fresh,
    )
    return row


def arrived_at(order: Order) -> datetime | None:
    """When the last parcel arrived, by the carrier's scan rather than by when we heard of it."""
    moments = [shipment.delivered_at for shipment in order.shipments.all() if shipment.delivered_at]
    return max(moments, default=None)


def _failures(order: Order, *, delivered_at: datetime) -> list[Failure]:
    failures = []
    if delivered_at > order.promised_at:
        failures.append(("on_time", "ship", f"Arrived {_long(delivered_at - order.promised_at)} after the promise"))
    back = ReturnLine.objects.filter(return_record__order=order, received__gt=0, reason__in=FAULT_OF_RETURN)
    failures += [FAULT_OF_RETURN[reason] for reason in back.values_list("reason", flat=True)]
    against_us = order.claims.filter(against="shop").exclude(state="refused").exclude(outcome="nothing")
    return failures + [FAULT_OF_CLAIM[kind] for kind in against_us.values_list("kind", flat=True)]


def _said_wrong(said: Answer | None) -> list[Failure]:
    """What the customer said of the lines."""
    lines = list(said.lines.all()) if said else []
    found = []
    if any(not line.right_item for line in lines):
        found.append(FAULT_OF_RETURN["wrong_item"])
    if any(not line.right_quantity for line in lines):
        found.append(FAULT_OF_RETURN["wrong_quantity"])
    if any(not line.undamaged for line in lines):
        found.append(FAULT_OF_RETURN["damaged"])
    return found


def _unhappy(said: Answer | None) -> list[tuple[str, str]]:
    """Scores only: what the customer wrote stands in their answer and can be erased there."""
    if said is None:
        return []
    found = [
        (verb, f"The customer gave this stage {score} of 5") for verb, score in said.stages.items() if score <= POOR
    ]
    if said.csat <= POOR:
        found.append(("survey", f"The customer gave {said.csat} of 5"))
    elif said.nps is not None and said.nps <= DETRACTOR:
        found.append(("survey", f"The customer would recommend us {said.nps} of 10"))
    return found


def _exceptions(order: Order, names: list[str]) -> list[str]:
    """By name, each once: holds as `held:<reason>`."""
    held = [f"held:{hold.reason}" for hold in order.holds.all()]
    return sorted({*held, *(EXCEPTIONS[name] for name in names if name in EXCEPTIONS)})


def _bound_before(verb: str) -> float | None:
    """How long an order may wait for this stage: the bound of the state before, in seconds."""
    stage = next(stage for stage in STAGES if stage.verb == verb)
    bound = bound_of(STAGES[stage.number - 2].state)
    return bound.total_seconds() if bound else None


def _shops_median(verb: str) -> float | None:
    """Of the newest reviews, how long this stage took; None as long as they are few."""
    newest = OrderReview.objects.order_by("-reviewed_at").values_list(f"evidence__seconds__{verb}", flat=True)
    known = [seconds for seconds in newest[:COMPARED] if seconds is not None]
    return median(known) if len(known) >= ENOUGH else None


def _long(late: timedelta) -> str:
    days, hours = late / timedelta(days=1), late / timedelta(hours=1)
    return f"{days:.1f} days" if days >= 1 else f"{hours:.1f} hours" if hours >= 1 else "less than an hour"
