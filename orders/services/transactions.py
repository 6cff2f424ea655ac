"""What a gateway is asked to do for a payment, and what it said; orders are held by the caller."""

import secrets
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from inventory import clock
from inventory.retelling import in_english
from orders.errors import NothingToCollect
from orders.flow import FINAL
from orders.gateways import MANUAL, gateway_named
from orders.history import record
from orders.models import Order, Payment, Refund, Transaction
from orders.money import plain
from orders.queue import TRIES, backoff, held
from orders.services.holds import end_holds, place_hold

Kind, Status = Transaction.Kind, Transaction.Status
FAILED_HOLD = "payment-failed"
LONGEST_ERROR = 300
# A failed one that has no try without an answer was refused: it is certain that no money moved.
REFUSED = Q(status=Status.FAILED, attempts=0)


def gateway_of(payment: Payment, order: Order) -> str:
    """Who moves this payment's money: what is not paid by card is moved by the shop's people."""
    return payment.gateway or (order.channel.gateway if payment.method == Payment.Method.CARD else "") or MANUAL


def is_instant(payment: Payment, order: Order) -> bool:
    """Whether nobody has to be asked: what the shop books for this payment has happened elsewhere."""
    return gateway_named(gateway_of(payment, order)).is_instant


def ask(
    payment: Payment, *, order: Order, kind: Transaction.Kind, amount: Decimal, key: str, refund: Refund | None = None
) -> Transaction:
    """Write down what the gateway has to do, once: a worker asks it later, unless there is nobody to ask."""
    now = clock.now()
    is_done = is_instant(payment, order)
    return Transaction.objects.create(
        payment=payment,
        refund=refund,
        kind=kind,
        amount=amount,
        key=key,
        status=Status.DONE if is_done else Status.PENDING,
        created_at=now,
        due_at=None if is_done else now,
        done_at=now if is_done else None,
    )


def done(transaction_id: int, *, reference: str, by: str) -> None:
    """The gateway has done it; the second time changes nothing, nor does what a person has let go."""
    with held(_order_id(transaction_id)) as order:
        row = _locked(transaction_id)
        if row.status not in (Status.PENDING, Status.FAILED):
            return
        row.status, row.done_at, row.due_at, row.error = Status.DONE, clock.now(), None, ""
        row.reference = reference[:120]
        row.save(update_fields=["status", "done_at", "due_at", "error", "reference"])
        _tell(order, "payment.settled", row, by=by)
        end_failed_hold(order, by=by)


def refused(transaction_id: int, *, why: str, by: str) -> None:
    """The gateway will not do it, or has undone it: nothing moved, and a person has to look."""
    with held(_order_id(transaction_id)) as order:
        row = _locked(transaction_id)
        if row.status in (Status.PENDING, Status.DONE):
            row.attempts = 0
            _fail(order, row, why, by=by)


def unanswered(transaction_id: int, error: Exception) -> None:
    """Nobody knows whether it was done: ask again later under the same key, and after five tries call a person."""
    with held(_order_id(transaction_id)) as order:
        row = _locked(transaction_id)
        if row.status != Status.PENDING:
            return
        row.attempts += 1
        if row.attempts >= TRIES:
            _fail(order, row, str(error), by="system:payments")
            return
        row.due_at, row.error = clock.now() + backoff(row.attempts), str(error)[:LONGEST_ERROR]
        row.save(update_fields=["attempts", "due_at", "error"])


def retry_payments(order_id: int, *, by: str) -> Order:
    """Have everything that failed tried again; raises NothingToCollect.

    What was refused gets a new key, because a gateway repeats its answer to the old one. What got no answer keeps
    its key, because it may have been done.
    """
    with held(order_id) as order:
        failed = list(_failed(order).order_by("id"))
        if not failed:
            raise NothingToCollect(_("No payment of this order has failed"))
        for row in failed:
            if row.attempts == 0:
                row.key = f"{row.key.partition('~')[0]}~{secrets.token_hex(4)}"
            row.status, row.attempts, row.due_at, row.done_at = Status.PENDING, 0, clock.now(), None
            row.save(update_fields=["key", "status", "attempts", "due_at", "done_at"])
            _tell(order, "payment.retried", row, by=by)
        end_holds(order, order.holds.filter(reason=FAILED_HOLD), by=by)
        return order


def end_failed_hold(order: Order, *, by: str) -> None:
    """Once nothing of the order's payments is failed any more; the order is held by the caller."""
    if not _failed(order).exists():
        end_holds(order, order.holds.filter(reason=FAILED_HOLD), by=by)


def _fail(order: Order, row: Transaction, why: str, *, by: str) -> None:
    row.status, row.due_at, row.done_at, row.error = Status.FAILED, None, None, why[:LONGEST_ERROR]
    row.save(update_fields=["status", "attempts", "due_at", "done_at", "error"])
    _tell(order, "payment.failed", row, by=by, why=row.error)
    if order.state not in FINAL:
        # Holds are read by everybody; how much it is stands in the history, for those who may see payments.
        with in_english():
            note = f"{row.get_kind_display()}: {row.error}"
        place_hold(order, reason=FAILED_HOLD, note=note, by=by)


def _failed(order: Order) -> QuerySet[Transaction]:
    return Transaction.objects.filter(payment__order=order, status=Status.FAILED)


def _order_id(transaction_id: int) -> int:
    return Transaction.objects.values_list("payment__order_id", flat=True).get(pk=transaction_id)


def _locked(transaction_id: int) -> Transaction:
    """Read again under the order's lock, which all who change transactions hold."""
    return Transaction.objects.get(pk=transaction_id)


def _tell(order: Order, name: str, row: Transaction, *, by: str, **more: str) -> None:
    amount = plain(row.amount, order.currency)
    record(order, name, by=by, payment=row.payment_id, kind=row.kind, amount=amount, transaction=row.pk, **more)
