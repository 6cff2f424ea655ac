"""Having gateways do what was decided: in order for each payment, outside any transaction of ours.

A worker that dies between the gateway's answer and our commit costs a lease: the same key is asked again, and the
gateway answers what it did.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef

from inventory import clock
from inventory.retelling import in_english
from orders.errors import GatewayRefused
from orders.flow import EXITS
from orders.gateways import gateway_named
from orders.gateways.gateway import Ask, Gateway
from orders.models import Transaction
from orders.payments.standing import Kind, Status
from orders.queue import LEASE
from orders.services.receipts import let_go
from orders.services.transactions import done, gateway_of, refused

BY = "system:payments"


def lease(limit: int) -> list[int]:
    """Transactions that are due and first in the line of their payment; they rest for a lease, should we die."""
    earlier = Transaction.objects.filter(
        payment=OuterRef("payment"), id__lt=OuterRef("id"), status__in=[Status.PENDING, Status.FAILED]
    )
    due = Transaction.objects.filter(~Exists(earlier), status=Status.PENDING, due_at__lte=clock.now())
    with transaction.atomic():
        rows = due.order_by("due_at", "id").select_for_update(skip_locked=True, no_key=True)
        leased = list(rows.values_list("pk", flat=True)[:limit])
        Transaction.objects.filter(pk__in=leased).update(due_at=clock.now() + LEASE)
    return leased


def settle(transaction_id: int) -> None:
    """Ask the gateway and write down its answer; raises what it raises when there is none."""
    row = Transaction.objects.select_related("payment__order__channel").get(pk=transaction_id)
    if row.status != Status.PENDING:
        return
    payment, order = row.payment, row.payment.order
    gateway = gateway_named(gateway_of(payment, order))
    asked = Ask(row.key, payment.reference, row.amount, order.currency)
    try:
        with in_english():
            reference = _asked(gateway, row.kind, asked)
    except GatewayRefused as refusal:
        refused(row.pk, why=str(refusal), by=BY)
        if order.state in EXITS and row.kind == Kind.CAPTURE:
            let_go(row.pk, reason="order called off", by=BY)
    else:
        done(row.pk, reference=reference, by=BY)


def _asked(gateway: Gateway, kind: str, asked: Ask) -> str:
    if kind == Kind.CAPTURE:
        return gateway.capture(asked)
    if kind == Kind.REFUND:
        return gateway.refund(asked)
    return gateway.void(asked)
