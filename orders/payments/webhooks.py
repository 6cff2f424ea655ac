"""What gateways tell by themselves. What is known already, or comes too late, changes nothing."""

import logging
from collections.abc import Iterable

from django.utils.translation import gettext_noop

from orders.errors import OrderError
from orders.gateways import gateway_named
from orders.gateways.gateway import News, Notice
from orders.models import Payment, Transaction
from orders.payments.standing import Kind, Status
from orders.services.pledge import pledge
from orders.services.refunds import note_charge_back, win_charge_back
from orders.services.transactions import done, gateway_of, refused

log = logging.getLogger(__name__)
KINDS = {News.CAPTURED: Kind.CAPTURE, News.REFUNDED: Kind.REFUND, News.VOIDED: Kind.VOID}


def hear(gateway: str, notice: Notice) -> bool:
    """Take in one piece of news. False when it is about nothing of ours, or does not fit it any more."""
    payment = _payment(gateway, notice)
    if payment is None:
        return False
    by = f"gateway:{gateway}"
    try:
        return _heard(payment, notice, by=by)
    except OrderError as refusal:
        # The gateway would tell it again for days; whoever looks at the payment finds it in the log.
        log.warning("%s told that payment %s is %s: %s", gateway, notice.payment, notice.news, refusal)
        return False


def parse(gateway: str, body: bytes, headers: dict[str, str]) -> Notice | None:
    """The news in a webhook; raises NoSuchGateway, WebhookNotSigned, GatewayNotSetUp."""
    return gateway_named(gateway).parse_webhook(body, headers)


def _payment(gateway: str, notice: Notice) -> Payment | None:
    """By what we asked for, where the notice says it; else the first that has the pledge."""
    if not notice.payment:
        return None
    rows = Payment.objects.filter(reference=notice.payment, order__currency=notice.currency)
    known = [
        row for row in rows.select_related("order__channel").order_by("id") if gateway_of(row, row.order) == gateway
    ]
    asked = set(Transaction.objects.filter(key=notice.key).values_list("payment_id", flat=True))
    return next((row for row in known if row.pk in asked), known[0] if known else None)


def _heard(payment: Payment, notice: Notice, *, by: str) -> bool:
    if notice.news is News.AUTHORISED:
        pledge(payment.order_id, amount=notice.amount, reference=notice.payment, by=by)
    elif notice.news is News.CHARGED_BACK:
        note_charge_back(payment.pk, amount=notice.amount, reference=notice.reference, by=by)
    elif notice.news is News.CHARGE_BACK_WON:
        win_charge_back(payment.pk, by=by)
    elif notice.news is News.REFUND_FAILED:
        row = _asked(payment, Kind.REFUND, notice, (Status.PENDING, Status.DONE))
        if row is None:
            return False
        refused(row.pk, why=gettext_noop("The customer's bank did not take the refund"), by=by)
    else:
        row = _asked(payment, KINDS[notice.news], notice, (Status.PENDING, Status.FAILED))
        if row is None:
            return False
        done(row.pk, reference=notice.reference, by=by)
    return True


def _asked(
    payment: Payment, kind: Transaction.Kind, notice: Notice, statuses: Iterable[Transaction.Status]
) -> Transaction | None:
    """What we asked for under the notice's key; without a key the oldest of the same amount."""
    rows = payment.transactions.filter(kind=kind, status__in=statuses)
    if notice.key:
        return rows.filter(key=notice.key).first()
    return rows.filter(amount=notice.amount).order_by("id").first()
