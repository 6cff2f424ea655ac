"""The verdict follows the evidence: what comes to light after the review changes it, and the history keeps the old one.

Returns and claims belong to an earlier app, which calls none of this: a worker reads them off the history.
"""

from feedback.judging import Verdict, judge, write_verdict
from feedback.models import OrderReview, VerdictCursor
from orders.flow import State
from orders.history import events_since, record
from orders.models import Order
from orders.queue import held

BATCH = 5_000
# After these a verdict may be another one. What customers answer is judged where it is kept.
EVIDENCE = ("order.returned", "return.received", "claim.opened", "claim.settled", "claim.refused")


def judge_late_evidence(limit: int = BATCH) -> int:
    """Judge the reviewed orders anew of which something came to light since the last time; how many events were read.

    Each order in its own transaction, and the cursor after them: whoever is cut short, or has company, judges an order
    twice, and the second time finds nothing to change.
    """
    cursor, _ = VerdictCursor.objects.get_or_create(pk=1)
    read_from = (cursor.xid, cursor.event_id)
    events = list(events_since(read_from, limit=limit))
    if not events:
        return 0
    touched = {event.order_id for event in events if event.name in EVIDENCE}
    reviewed = Order.objects.filter(pk__in=touched, state=State.REVIEWED).order_by("pk")
    for order_id in reviewed.values_list("pk", flat=True):
        follow_evidence(order_id, by="system:review")
    last = {"xid": events[-1].xid, "event_id": events[-1].pk}
    VerdictCursor.objects.filter(pk=1, xid=read_from[0], event_id=read_from[1]).update(**last)
    return len(events)


def follow_evidence(order_id: int, *, by: str) -> None:
    """Judge an order anew if it was reviewed; before that the review itself will see everything."""
    with held(order_id) as order:
        if order.state == State.REVIEWED:
            judge_anew(order, by=by)


def judge_anew(order: Order, *, by: str) -> OrderReview:
    """Of a held order that was reviewed: keep what is true of it now. Nothing is written when that is what was kept."""
    kept, verdict = OrderReview.objects.get(order=order), judge(order)
    if _is_kept(order, kept, verdict):
        return kept
    if set(kept.failed) != set(verdict.failed):
        before = {"perfect": kept.perfect, "failed": kept.failed}
        record(order, "order.rejudged", by=by, perfect=not verdict.failed, failed=list(verdict.failed), before=before)
    return write_verdict(order, verdict)


def _is_kept(order: Order, kept: OrderReview, verdict: Verdict) -> bool:
    """Its conditions, what it was read off, and every finding; those that somebody took care of may be more."""
    same = all(kept.evidence.get(name) == verdict.evidence[name] for name in ("exceptions", "scores"))
    items = order.improvement_items.all()
    known, untouched = (
        set(rows.values_list("stage", "finding")) for rows in (items, items.filter(owner="", done_at=None))
    )
    return same and set(kept.failed) == set(verdict.failed) and untouched <= set(verdict.findings) <= known
