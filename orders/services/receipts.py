"""Money that is seen: transfers, paid invoices, cash; and what is pledged and taken by a person's word."""

import hashlib
from decimal import Decimal

from django.utils.translation import gettext as _

from orders.errors import NothingToCollect, PaymentReferenceTaken
from orders.flow import EXITS
from orders.models import Order, Payment, Transaction
from orders.money import rounded, shown
from orders.payments.standing import Kind, Status, kept
from orders.queue import held
from orders.services.money import book, capture, drop, void_spare
from orders.services.pledge import paid_for
from orders.services.transactions import REFUSED, end_failed_hold

SEEN = (Payment.Method.TRANSFER, Payment.Method.INVOICE, Payment.Method.CASH_ON_DELIVERY)


def receive_payment(order_id: int, *, amount: Decimal, method: str, reference: str, by: str) -> Transaction:
    """Book money that has come outside any gateway; `reference` is what bank or till calls it, and counts once.

    `amount` is above 0, in the steps of the order's currency; more than is owed is legal and shows as surplus. Raises
    PaymentReferenceTaken when it was booked with another amount, ValueError for an amount or method that cannot be.
    """
    with held(order_id) as order:
        if amount <= 0 or amount != rounded(amount, order.currency):
            raise ValueError(f"{amount} is not an amount of {order.currency} that can be paid")
        if method not in SEEN or not reference:
            raise ValueError("What is seen is a transfer, an invoice or cash, and has a reference")
        key = f"received:{order.pk}:{hashlib.sha256(f'{method}:{reference}'.encode()).hexdigest()[:40]}"
        if known := Transaction.objects.filter(key=key).first():
            if known.amount != amount:
                raise PaymentReferenceTaken(reference, shown(known.amount, order.currency))
            return known
        payment = _open(order, method) or Payment(order=order, method=method)
        # What came was never pledged: what is owed by this payment is what it was pledged for, if at all.
        payment.authorised = max(payment.authorised, payment.captured + amount)
        payment.save()
        row = book(payment, order=order, amount=amount, key=key, by=by, method=method, reference=reference)
        Transaction.objects.filter(pk=row.pk).update(reference=reference[:120])
        if order.state not in EXITS and kept(list(order.payments.all())) >= order.total:
            paid_for(order, by=by)
        void_spare(order, by=by)
        return row


def take_pledged(order_id: int, *, by: str) -> Decimal:
    """Take what is pledged now, without waiting for goods to leave; raises NothingToCollect."""
    with held(order_id) as order:
        amount = Decimal(0) if order.state in EXITS else capture(order, by=by)
        if not amount:
            raise NothingToCollect(_("Nothing is pledged that could be taken"))
        return amount


def let_go(transaction_id: int, *, reason: str, by: str) -> None:
    """Give up what a gateway has refused: a capture that will never come, a pledge that is gone anyway.

    Raises NothingToCollect for anything else: what got no answer may have happened.
    """
    with held(Transaction.objects.values_list("payment__order_id", flat=True).get(pk=transaction_id)) as order:
        row = Transaction.objects.filter(REFUSED, pk=transaction_id).exclude(kind=Kind.REFUND).first()
        if row is None:
            raise NothingToCollect(_("Only what the gateway has refused to take can be given up"))
        payment = order.payments.select_for_update(no_key=True).get(pk=row.payment_id)
        if row.kind == Kind.CAPTURE:
            drop(row, payment=payment, order=order, reason=reason, by=by)
        else:
            Transaction.objects.filter(pk=row.pk).update(status=Status.DROPPED)
        end_failed_hold(order, by=by)


def _open(order: Order, method: str) -> Payment | None:
    """The payment that waits for money of this kind; an invoice or a promise to transfer is paid in any number."""
    return order.payments.select_for_update(no_key=True).filter(method=method, voided_at=None).order_by("id").first()
