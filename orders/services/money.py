"""Money taken and given back; the order is held by the caller."""

from decimal import Decimal

from django.db.models import F, Sum

from inventory import clock
from orders.errors import RefundTooLarge
from orders.history import record
from orders.models import Order, OrderLine, Payment, Refund
from orders.money import plain, rounded, shown


def give_money_back(order: Order, *, by: str) -> None:
    """Void what is only pledged, refund what was taken; the order is held by the caller."""
    for payment in order.payments.select_for_update(no_key=True).filter(voided_at=None).order_by("id"):
        left = payment.captured - payment.refunded
        if payment.captured == 0:
            payment.voided_at = clock.now()
            payment.save(update_fields=["voided_at"])
            record(order, "payment.voided", by=by, payment=payment.pk)
        elif left:
            refund(payment, order=order, amount=left, reason="order called off", key=f"exit:{payment.pk}", by=by)


def capture(order: Order, *, by: str) -> None:
    """Take what is pledged and not taken yet, up to the order's total; the order is held by the caller.

    Invoice, transfer and cash are paid outside: they are taken when the money is seen, not when goods leave.
    """
    owed = order.total - (order.payments.aggregate(sum=Sum("captured"))["sum"] or Decimal(0))
    pledged = order.payments.select_for_update(no_key=True).filter(
        method=Payment.Method.CARD, voided_at=None, captured__lt=F("authorised")
    )
    for payment in pledged.order_by("id"):
        amount = min(owed, payment.authorised - payment.captured)
        if amount <= 0:
            continue
        payment.captured, payment.captured_at = payment.captured + amount, clock.now()
        payment.save(update_fields=["captured", "captured_at"])
        owed -= amount
        record(order, "payment.captured", by=by, payment=payment.pk, amount=plain(amount, order.currency))


def refund(payment: Payment, *, order: Order, amount: Decimal, reason: str, key: str, by: str) -> None:
    """Give back `amount` of a payment for the cause `key`, once; never more than was taken."""
    _, fresh = Refund.objects.get_or_create(
        key=key, defaults={"payment": payment, "amount": amount, "reason": reason, "at": clock.now()}
    )
    if not fresh:
        return
    within = Payment.objects.filter(pk=payment.pk, captured__gte=F("refunded") + amount)
    if not within.update(refunded=F("refunded") + amount):
        raise RefundTooLarge(f"{shown(amount, order.currency)} is more than is left of the payment")
    record(order, "payment.refunded", by=by, payment=payment.pk, amount=plain(amount, order.currency), reason=reason)


def refund_units(order: Order, line: OrderLine, units: int, *, back: int) -> Decimal:
    """The money that belongs to `units` of a line, tax included where prices are without it.

    `back` units came back before: what was paid is shared so that the parts sum exactly to the line's.
    """
    paid = line.total if order.prices_include_tax else line.total + line.tax
    before, after = (rounded(paid * count / line.quantity, order.currency) for count in (back, back + units))
    return after - before
