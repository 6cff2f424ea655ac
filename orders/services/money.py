"""Money taken and given back; the order is held by the caller.

Amounts say what the shop decided and holds itself to; what a gateway has to do about it is a transaction.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from inventory import clock
from orders.balance import NOTHING, worth
from orders.errors import RefundTooLarge
from orders.history import record
from orders.models import Order, OrderLine, Payment, Refund, StoreCredit, Transaction
from orders.money import plain, shown
from orders.payments.standing import DROPS, Kind, Status, kept
from orders.services.transactions import REFUSED, ask

ON_APPROVAL = "approval"
NOT_YET = (Status.PENDING, Status.FAILED)


def give_money_back(order: Order, *, by: str) -> None:
    """Void what is only pledged, refund what was taken; the order is held by the caller."""
    for payment in order.payments.select_for_update(no_key=True).filter(voided_at=None).order_by("id"):
        for never in payment.transactions.filter(REFUSED, kind=Kind.CAPTURE):
            drop(never, payment=payment, order=order, reason="order called off", by=by)
        left = payment.captured - payment.refunded - payment.charged_back
        if payment.captured == 0:
            _void(payment, order=order, by=by)
        elif left:
            refund(payment, order=order, amount=left, reason="order called off", key=f"exit:{payment.pk}", by=by)
        if payment.authorised and payment.captured == _dropped(payment):
            ask(payment, order=order, kind=Kind.VOID, amount=payment.authorised, key=f"void:{payment.pk}")


def void_spare(order: Order, *, by: str) -> None:
    """Let go of card pledges that are not needed, because other money has come or the total fell; the order is held.

    The oldest are kept for what is owed. Money that a gateway has still to take does not count as come.
    """
    payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
    untouched = [row for row in payments if _is_untouched(row)]
    if not untouched:
        return
    coming = Transaction.objects.filter(payment__in=payments, kind=Kind.CAPTURE, status__in=NOT_YET)
    owed = order.total - kept(payments) + (coming.aggregate(sum=Sum("amount"))["sum"] or NOTHING)
    for payment in untouched:
        if owed <= 0:
            _void(payment, order=order, by=by)
            ask(payment, order=order, kind=Kind.VOID, amount=payment.authorised, key=f"void:{payment.pk}")
        owed -= payment.authorised


def capture(order: Order, *, by: str) -> Decimal:
    """Take what is pledged and not taken yet, up to the order's total; how much that was. The order is held.

    Invoice, transfer and cash are paid outside: they are taken when the money is seen, not when goods leave.
    """
    payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
    owed = before = order.total - kept(payments)
    for payment in payments:
        amount = min(owed, payment.authorised - payment.captured)
        if payment.method != Payment.Method.CARD or payment.voided_at or amount <= 0:
            continue
        book(payment, order=order, amount=amount, key=f"capture:{payment.pk}:{payment.captured:f}", by=by)
        owed -= amount
    return before - owed


def capture_on_approval(order: Order, *, by: str) -> None:
    """The same, where the channel takes its money when an order is approved."""
    if order.channel.capture_at == ON_APPROVAL:
        capture(order, by=by)


def goods_left(order: Order, *, by: str) -> None:
    """Take what is pledged, and let the time run in which an invoice is to be paid; the order is held."""
    capture(order, by=by)
    due_at = clock.now() + timedelta(days=order.channel.invoice_days)
    order.payments.filter(method=Payment.Method.INVOICE, voided_at=None, due_at=None).update(due_at=due_at)


def book(payment: Payment, *, order: Order, amount: Decimal, key: str, by: str, **told: str) -> Transaction:
    """Count `amount` as taken, once for `key`, and have the gateway take it."""
    payment.captured, payment.captured_at = payment.captured + amount, clock.now()
    payment.save(update_fields=["captured", "captured_at"])
    row = ask(payment, order=order, kind=Kind.CAPTURE, amount=amount, key=key)
    named = {"payment": payment.pk, "amount": plain(amount, order.currency), "transaction": row.pk}
    record(order, "payment.captured", by=by, **named, **told)
    return row


def refund(payment: Payment, *, order: Order, amount: Decimal, reason: str, key: str, by: str, **told: Any) -> None:
    """Give back `amount` of a payment for the cause `key`, once; never more than was taken."""
    row, fresh = Refund.objects.get_or_create(
        key=key, defaults={"payment": payment, "amount": amount, "reason": reason, "by": by, "at": clock.now()}
    )
    if not fresh:
        return
    _count_back(payment, amount, order)
    ask(payment, order=order, kind=Kind.REFUND, amount=amount, key=f"refund:{row.pk}", refund=row)
    if payment.method == Payment.Method.CREDIT:
        _give_credit_back(payment, row, order)
    given = {"payment": payment.pk, "amount": plain(amount, order.currency), "reason": reason}
    record(order, "payment.refunded", by=by, **given, **told)


def drop(row: Transaction, *, payment: Payment, order: Order, reason: str, by: str) -> None:
    """Give up a capture that the gateway has refused: nothing came, so nothing of it is to be given back.

    Refunds that waited for it shrink by what will never come, so that captures and refunds still agree.
    """
    rest = row.amount
    waiting = payment.transactions.filter(kind=Kind.REFUND, status=Status.PENDING, id__gt=row.pk)
    for other in waiting.select_related("refund").order_by("id"):
        part = min(rest, other.amount)
        rest -= part
        _shrink(other, part)
    key = f"{DROPS}{row.pk}"
    backward = Refund.objects.create(payment=payment, key=key, amount=row.amount, reason=reason[:120], by=by)
    if rest:
        _count_back(payment, rest, order)
    dropped = ask(payment, order=order, kind=Kind.REFUND, amount=row.amount, key=key, refund=backward)
    Transaction.objects.filter(pk__in=[row.pk, dropped.pk]).update(status=Status.DROPPED, due_at=None)
    amount = plain(row.amount, order.currency)
    record(order, "payment.dropped", by=by, payment=payment.pk, amount=amount, reason=reason)


def refund_units(order: Order, line: OrderLine, units: int, *, back: int) -> Decimal:
    """The money that belongs to `units` of a line, tax included where prices are without it.

    `back` units came back before: what was paid is shared so that the parts sum exactly to the line's.
    """
    paid = line.total if order.prices_include_tax else line.total + line.tax
    return worth(paid, units, before=back, of=line.quantity, currency=order.currency)


def _shrink(row: Transaction, part: Decimal) -> None:
    """A refund that waits becomes smaller; one of which nothing is left goes."""
    if row.refund is None:
        return
    if part == row.amount:
        row.delete()
        row.refund.delete()
        return
    row.amount -= part
    row.refund.amount -= part
    row.save(update_fields=["amount"])
    row.refund.save(update_fields=["amount"])


def _void(payment: Payment, *, order: Order, by: str) -> None:
    payment.voided_at = clock.now()
    payment.save(update_fields=["voided_at"])
    record(order, "payment.voided", by=by, payment=payment.pk)


def _is_untouched(payment: Payment) -> bool:
    """A card's pledge of which nothing was taken."""
    stands = payment.voided_at is None and payment.captured == 0 < payment.authorised
    return stands and payment.method == Payment.Method.CARD


def _give_credit_back(payment: Payment, row: Refund, order: Order) -> None:
    """What was paid with store credit goes back as such."""
    StoreCredit.objects.create(
        customer_id=order.customer_id,
        currency=order.currency,
        amount=row.amount,
        key=f"refund:{row.pk}",
        order=order,
        why="refunded",
        by=row.by,
        at=row.at,
    )


def _count_back(payment: Payment, amount: Decimal, order: Order) -> None:
    within = Payment.objects.filter(pk=payment.pk, captured__gte=F("refunded") + F("charged_back") + amount)
    if not within.update(refunded=F("refunded") + amount):
        raise RefundTooLarge(
            _("{amount} is more than is left of the payment").format(amount=shown(amount, order.currency))
        )
    payment.refunded += amount


def _dropped(payment: Payment) -> Decimal:
    """Captures that were given up; one that has taken nothing asks nothing."""
    if not payment.captured:
        return NOTHING
    rows = payment.transactions.filter(kind=Kind.CAPTURE, status=Status.DROPPED)
    return rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING
