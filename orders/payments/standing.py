"""How an order stands with its money, read from its rows."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import DecimalField, F, Func, Q, QuerySet, Sum, prefetch_related_objects

from orders.balance import NOTHING, Balance
from orders.flow import EXITS, State
from orders.models import Order, OrderEvent, Payment, Refund, Transaction

WAITS_FOR_MONEY = (State.PLACED, State.RECEIVED)

# Causes of refunds, by how their keys begin: of these the money went because the total fell or too much had come.
SETTLING = ("change:", "units:", "preview:", "surplus:")
CREDITS, DROPS = ("return:", "claim:"), "drop:"
CREDITED = ("order.returned", "claim.settled")  # events that credit goods: `refund` is what they were worth
NOT_KEPT = (*SETTLING, DROPS)
OUT_OF_COUNT = reduce(or_, (Q(key__startswith=cause) for cause in NOT_KEPT))
AMOUNT: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=3)
Kind, Status = Transaction.Kind, Transaction.Status


def balance_of(order: Order) -> Balance:
    """In four queries, fewer where payments and events were read before."""
    prefetch_related_objects([order], "payments__transactions", "payments__refunds", "events")
    return balance(order, order.payments.all(), order.events.all())


def balance(order: Order, payments: Iterable[Payment], events: Iterable[OrderEvent]) -> Balance:
    """From payments with their transactions and refunds; a capture that was given up counts as never made."""
    rows = list(payments)
    moves = [row for payment in rows for row in payment.transactions.all()]
    refunds = [row for payment in rows for row in payment.refunds.all()]
    returned = sum((Decimal(row.data["refund"]) for row in events if row.name in CREDITED), NOTHING)
    back = sum((row.amount for row in refunds if row.key.startswith(CREDITS)), NOTHING)
    return Balance(
        total=NOTHING if order.state in EXITS else order.total,
        credited=max(NOTHING, returned - back),
        pledged=sum((row.authorised - row.captured for row in rows if row.voided_at is None), NOTHING),
        captured=sum((row.captured for row in rows), NOTHING) - _sum(moves, Kind.CAPTURE, Status.DROPPED),
        failing=_sum(moves, Kind.CAPTURE, Status.FAILED),
        refunded=sum((row.refunded for row in rows), NOTHING) - _sum(moves, Kind.REFUND, Status.DROPPED),
        settled=settled(refunds),
        charged_back=sum((row.charged_back for row in rows), NOTHING),
    )


def credit_given(order: Order) -> Decimal:
    """Store credit that was given for an order: the same money has paid for it."""
    given = order.store_credit.filter(amount__gt=0).aggregate(sum=Sum("amount"))["sum"]
    return given or NOTHING


def unpaid(payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Those of orders that are still on, or went through, and have not brought their total; `paid` is what was kept.

    What came back and was never paid for is not counted here: `balance_of()` knows exactly.
    """
    # Who took the total and gave nothing back has brought it, as no other payment takes from that: nearly all have,
    # and no sums are made for them.
    may_lack = Q(captured__lt=F("order__total")) | Q(refunded__gt=0)
    rows = payments.filter(may_lack, voided_at=None).annotate(
        paid=Func("order", template=kept_of("%(expressions)s"), output_field=AMOUNT)
    )
    return rows.filter(paid__lt=F("order__total")).exclude(order__state__in=EXITS)


def kept_of(order: str) -> str:
    """SQL of what is `kept()` of all payments of an order, whose id this column holds."""
    causes = ", ".join(f"'{cause}'" for cause in NOT_KEPT)
    return f"""(
        SELECT sum(taken.captured) - coalesce(sum((
            SELECT sum(back.amount) FROM orders_refund back
            WHERE back.payment_id = taken.id AND back.key ^@ ANY(ARRAY[{causes}]))), 0)
        FROM orders_payment taken WHERE taken.order_id = {order}
    )"""


def settled(refunds: Iterable[Refund]) -> Decimal:
    """What went back because the total fell or too much had come."""
    return sum((row.amount for row in refunds if row.key.startswith(SETTLING)), NOTHING)


def kept(payments: Sequence[Payment]) -> Decimal:
    """What was taken for what the order still has."""
    return sum((row.captured for row in payments), NOTHING) - _out_of_count(payments)


def pledged(payments: Sequence[Payment]) -> Decimal:
    """What stands pledged for what the order still has, taken or not."""
    return sum((row.authorised for row in payments if row.voided_at is None), NOTHING) - _out_of_count(payments)


def waits_for_money(order: Order) -> Decimal:
    """What is still to be pledged by a day, or the order is called off; 0 for one that waits for nothing."""
    if order.expires_at is None or order.state not in WAITS_FOR_MONEY:
        return NOTHING
    return max(NOTHING, order.total - pledged(list(order.payments.all())))


def was_paid(order: Order) -> bool:
    """Whether anything was taken for it."""
    return any(row.captured for row in order.payments.all())


def _out_of_count(payments: Sequence[Payment]) -> Decimal:
    """What of these payments was taken and counts for nothing the order still has: settled, or never really taken.

    Where nothing was taken nothing is asked.
    """
    if not any(row.captured for row in payments):
        return NOTHING
    return Refund.objects.filter(OUT_OF_COUNT, payment__in=payments).aggregate(sum=Sum("amount"))["sum"] or NOTHING


def _sum(moves: Sequence[Transaction], kind: Transaction.Kind, status: Transaction.Status) -> Decimal:
    return sum((row.amount for row in moves if row.kind == kind and row.status == status), NOTHING)
