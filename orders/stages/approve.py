"""Stage 3 of 9, approved: the customer is trusted to pay and every line has stock behind it."""

from collections import Counter
from decimal import Decimal

from django.db.models import Sum

from inventory import services as stock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import advanced
from orders.models import Order, Payment
from orders.policy import Facts, Outcome, decide
from orders.queue import held, wake
from orders.services import BACKORDERS, place_hold, reject


def approve(order_id: int, *, by: str) -> Order:
    """Decide trust. An approved order is released to the warehouse, a held one waits for a person.

    A check whose hold a person has released counts as overruled and does not hold the order again; one whose hold
    ended because goods came in is asked anew.
    """
    with held(order_id) as order:
        if order.state != State.RECEIVED:
            raise NotAllowedNow("approve", order)
        released = order.holds.exclude(released_at=None).exclude(released_by=BACKORDERS)
        overruled = frozenset(released.values_list("reason", flat=True))
        decision = decide(facts_of(order), overruled=overruled)
        if decision.outcome is Outcome.REJECT:
            return reject(order, why=decision.why, checks=decision.evidence(), by=by)
        if decision.outcome is Outcome.HOLD:
            for check in decision.checks:
                if not check.passed and check.name not in overruled:
                    place_hold(order, reason=check.name, note=_said(check.sentence), by=by)
            return order
        order.approve()
        wake(order.state)
        return advanced(order, by=by, why=decision.why, checks=decision.evidence())


def facts_of(order: Order) -> Facts:
    """What the policy wants to know of a held order."""
    payments = order.payments.filter(voided_at=None)
    earlier = order.customer.orders.filter(placed_at__lt=order.placed_at)
    return Facts(
        total=order.total,
        currency=order.currency,
        pledged=payments.aggregate(sum=Sum("authorised"))["sum"] or Decimal(0),
        pays_later=payments.filter(method__in=[Payment.Method.INVOICE, Payment.Method.CASH_ON_DELIVERY]).exists(),
        earlier_orders=earlier.exclude(state__in=[State.REJECTED, State.CANCELLED]).count(),
        blocked=order.customer.blocked,
        countries=(order.billing_address.get("country", ""), order.shipping_address.get("country", "")),
        unpromised=_unpromised(order),
        first_order_limit=order.channel.first_order_limit,
    )


def _unpromised(order: Order) -> tuple[str, ...]:
    """SKUs whose promise is missing, or rests on goods that have not arrived yet for this order's turn."""
    lines = {line.reservation_key: line for line in order.lines.all()}
    covered = Counter[str]()
    for turn in stock.turns(lines):
        covered[turn.key] += turn.covered
    return tuple(line.sku for key, line in lines.items() if covered[key] < line.quantity)


def _said(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
