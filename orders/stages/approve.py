"""Stage 3 of 9, approved: the customer is trusted to pay and every line has stock behind it."""

from orders.errors import NotAllowedNow
from orders.flow import UNDECIDED, State
from orders.history import advanced
from orders.models import Order
from orders.policy import Outcome
from orders.policy.judging import hold_for, judge
from orders.queue import held, wake
from orders.services import capture_on_approval, reject, release


def approve(order_id: int, *, by: str) -> Order:
    """Decide trust. An approved order is released to the warehouse, a held one waits for a person.

    A check whose hold a person has released counts as overruled and does not hold the order again, unless the order
    has changed since; one whose hold ended because goods or money came in is asked anew.
    """
    with held(order_id) as order:
        return _decided(order, by=by)


def approve_now(order_id: int, *, by: str, note: str = "") -> Order:
    """Let go of every hold of a received order and decide at once; where it takes two people, the second one decides.

    Raises NeedsSecondPerson or NotAllowedNow; nothing is changed then.
    """
    with held(order_id) as order:
        if order.state != State.RECEIVED:
            raise NotAllowedNow("approve", order)
        release(order, order.holds.all(), by=by, note=note)
        return _decided(order, by=by) if order.open_holds == 0 else order


def refuse(order_id: int, *, reason: str, by: str) -> Order:
    """A person does not trust the order: it is rejected, and the decision is kept with what was known.

    Raises NotAllowedNow once the order was trusted, or is over.
    """
    with held(order_id) as order:
        if order.state not in UNDECIDED:
            raise NotAllowedNow("reject", order)
        _, verdict = judge(order, by=by, refused=True)
        return reject(order, why=reason, checks=verdict.evidence(), by=by)


def _decided(order: Order, *, by: str) -> Order:
    if order.state != State.RECEIVED:
        raise NotAllowedNow("approve", order)
    decision, verdict = judge(order, by=by)
    if verdict.outcome is Outcome.REJECT:
        return reject(order, why=verdict.why, checks=verdict.evidence(), by=by)
    if verdict.outcome is Outcome.HOLD:
        hold_for(order, decision, verdict, by=by)
        return order
    order.approve()
    if order.expires_at:  # trusted without having paid: it runs out of time no longer
        order.expires_at = None
        order.save(update_fields=["expires_at"])
    capture_on_approval(order, by=by)
    wake(order.state)
    return advanced(order, by=by, why=verdict.why, checks=verdict.evidence())
