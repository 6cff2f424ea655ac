"""Stage 9 of 9, reviewed: perfect, or what could be improved, found in the order's own history."""

from feedback.judging import judge, write_verdict
from orders.history import advanced
from orders.models import Order
from orders.queue import held


def review(order_id: int, *, by: str) -> Order:
    """Write the verdict and what could be improved; the order's journey ends here."""
    with held(order_id) as order:
        order.review()
        verdict = judge(order)
        write_verdict(order, verdict)
        return advanced(
            order,
            by=by,
            due_in=None,
            perfect=not verdict.failed,
            failed=list(verdict.failed),
            slowest_stage=verdict.slowest_stage,
        )
