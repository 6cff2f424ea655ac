"""Money that arrives after the order: the payment provider, or the storefront for it, says what was pledged."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.errors import NotAllowedNow, PaymentReferenceTaken, PledgedTooMuch
from orders.flow import GOODS_HERE
from orders.history import record
from orders.models import Order, Payment
from orders.money import plain, rounded, shown
from orders.payments.standing import pledged
from orders.queue import held
from orders.services.holds import end_holds


def pledge(order_id: int, *, amount: Decimal, reference: str, by: str) -> Payment:
    """Note that `amount` was authorised by card under the provider's `reference`; the same again changes nothing.

    `amount` is above 0, in the steps of the order's currency. Once the whole total is pledged the order no longer
    expires and no longer waits for its payment. Raises PledgedTooMuch, PaymentReferenceTaken when the amount differs
    from what was told before, or NotAllowedNow.
    """
    with held(order_id) as order:
        if amount <= 0 or amount != rounded(amount, order.currency):
            raise ValueError(f"{amount} is not an amount of {order.currency} that can be pledged")
        payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
        for row in payments:
            if row.reference == reference and row.authorised:
                return _same(row, amount, order)
        if order.state not in GOODS_HERE:
            raise NotAllowedNow(_("pledge money for"), order)
        most = order.total - pledged(payments)
        if amount > most:
            raise PledgedTooMuch(amount, most, order.currency)
        payment = _open_card(payments, reference) or Payment(order=order, method=Payment.Method.CARD)
        payment.reference, payment.authorised = reference, amount
        payment.save()
        told = {"payment": payment.pk, "amount": plain(amount, order.currency), "reference": reference}
        record(order, "payment.authorised", by=by, **told)
        if amount == most:
            paid_for(order, by=by)
        return payment


def paid_for(order: Order, *, by: str) -> None:
    """All of the total is pledged or taken: the order no longer expires, and no longer waits for its payment."""
    order.expires_at = None
    order.save(update_fields=["expires_at"])
    end_holds(order, order.holds.filter(reason="payment"), by=by)


def _same(row: Payment, amount: Decimal, order: Order) -> Payment:
    if row.authorised != amount:
        raise PaymentReferenceTaken(row.reference, shown(row.authorised, order.currency))
    return row


def _open_card(payments: Sequence[Payment], reference: str) -> Payment | None:
    """The card payment that came with the order and has waited for this."""
    waiting = (row for row in payments if row.method == Payment.Method.CARD and row.voided_at is None)
    return next((row for row in waiting if not row.authorised and row.reference in ("", reference)), None)
