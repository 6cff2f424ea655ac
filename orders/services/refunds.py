"""Money that goes back by a person's word, and money that a bank takes back."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory import clock
from orders.balance import NOTHING, from_oldest
from orders.errors import RefundKeyReused, RefundTooLarge
from orders.history import record
from orders.models import Order, OrderLine, Payment, Refund
from orders.money import plain, rounded, shown
from orders.payments.standing import Kind, Status, balance_of, credit_given
from orders.queue import held
from orders.services.money import refund, refund_units

Units = Mapping[int, int]


def grant_refund(
    order_id: int, *, reason: str, by: str, key: str, amount: Decimal | None = None, lines: Units | None = None
) -> list[Refund]:
    """Give back an amount, or what units of lines have cost (by line id), from the oldest capture on, once for `key`.

    Raises RefundTooLarge beyond what was really paid, is still here and was not given as store credit, and for units
    that were paid back for before, RefundKeyReused when the key has another
    amount, ValueError for an amount that cannot be.
    """
    with held(order_id) as order:
        prefix = f"grant:{order.pk}:{hashlib.sha256(key.encode()).hexdigest()[:24]}:"
        known = list(Refund.objects.filter(key__startswith=prefix).order_by("id"))
        if known:
            if amount is not None and amount != sum(row.amount for row in known):
                raise RefundKeyReused(_("The key {key} belongs to another refund").format(key=key))
            return known
        named = [] if lines is None else [{"line": pk, "quantity": units} for pk, units in sorted(lines.items())]
        wanted = _worth(order, lines) if lines is not None else amount
        if wanted is None or wanted <= 0 or wanted != rounded(wanted, order.currency):
            raise ValueError(f"{wanted} is not an amount of {order.currency} that can be given back")
        return _pay(order, wanted, prefix, reason=reason, by=by, **({"lines": named} if named else {}))


def refund_surplus(order_id: int, *, by: str) -> list[Refund]:
    """Give back what was paid beyond what the order should bring; raises RefundTooLarge when that is nothing."""
    with held(order_id) as order:
        surplus = balance_of(order).surplus
        if not surplus:
            raise RefundTooLarge(_("Nothing was paid beyond what is owed"))
        before = Refund.objects.filter(payment__order=order).count()
        return _pay(order, surplus, f"surplus:{order.pk}:{before}:", reason="overpaid", by=by)


def note_charge_back(payment_id: int, *, amount: Decimal, reference: str, by: str) -> Payment:
    """The customer's bank has taken `amount` back; the same payment again changes nothing.

    Raises RefundTooLarge beyond what was taken and not given back.
    """
    with held(_order_id(payment_id)) as order:
        payment = order.payments.select_for_update(no_key=True).get(pk=payment_id)
        if payment.charged_back_at:
            return payment
        if amount <= 0 or amount > payment.captured - payment.refunded:
            raise RefundTooLarge(
                _("{amount} is more than is left of the payment").format(amount=shown(amount, order.currency))
            )
        payment.charged_back, payment.charged_back_at = amount, clock.now()
        payment.save(update_fields=["charged_back", "charged_back_at"])
        told = {"payment": payment.pk, "amount": plain(amount, order.currency), "reference": reference}
        record(order, "payment.charged_back", by=by, **told)
        return payment


def win_charge_back(payment_id: int, *, by: str) -> Payment:
    """The bank has decided for the shop and the money is back; without a charge-back nothing changes."""
    with held(_order_id(payment_id)) as order:
        payment = order.payments.select_for_update(no_key=True).get(pk=payment_id)
        if payment.charged_back:
            amount, payment.charged_back = plain(payment.charged_back, order.currency), NOTHING
            payment.save(update_fields=["charged_back"])
            record(order, "payment.charge_back_won", by=by, payment=payment.pk, amount=amount)
        return payment


def refundable(payment: Payment) -> Decimal:
    """What of a payment has come, or is on its way, and is still here."""
    missing = [row for row in payment.transactions.all() if row.kind == Kind.CAPTURE and row.status == Status.FAILED]
    failing = sum((row.amount for row in missing), NOTHING)
    return max(NOTHING, payment.captured - payment.refunded - payment.charged_back - failing)


def left_to_give(order: Order, payments: Iterable[Payment]) -> Decimal:
    """What of an order's payments can be given back, as money or as store credit."""
    return max(NOTHING, sum(map(refundable, payments), NOTHING) - credit_given(order))


def _pay(order: Order, amount: Decimal, prefix: str, *, reason: str, by: str, **told: object) -> list[Refund]:
    """From the oldest capture on; what a line's units were given back for stands in the first event."""
    rows = order.payments.select_for_update(no_key=True).exclude(captured=0).order_by("captured_at", "id")
    payments = list(rows.prefetch_related("transactions"))
    most = left_to_give(order, payments)
    if most < amount:
        here = shown(most, order.currency)
        raise RefundTooLarge(
            _("{amount} is more than the {here} that are here to give back").format(
                amount=shown(amount, order.currency), here=here
            )
        )
    parts = from_oldest(amount, [refundable(row) for row in payments])
    for payment, part in zip(payments, parts, strict=True):
        if part:
            refund(payment, order=order, amount=part, reason=reason[:120], key=f"{prefix}{payment.pk}", by=by, **told)
            told = {}
    return list(Refund.objects.filter(key__startswith=prefix).order_by("id"))


def _worth(order: Order, lines: Units) -> Decimal:
    """What these units have cost, after those that were given back for before."""
    rows = {row.pk: row for row in OrderLine.objects.filter(order=order, pk__in=lines)}
    before = _given_back(order)
    amount = NOTHING
    for line_id, units in lines.items():
        row, back = rows.get(line_id), before.get(line_id, 0)
        if row is None or units <= 0 or back + units > row.quantity:
            raise RefundTooLarge(_("These units were not ordered, or were given back for before"))
        amount += refund_units(order, row, units, back=back)
    return amount


def _given_back(order: Order) -> dict[int, int]:
    """Units by line that were paid back for: by a person's word, by a return or by a claim; the history knows."""
    units: Counter[int] = Counter()
    for data in order.events.filter(name="payment.refunded", data__has_key="lines").values_list("data", flat=True):
        for row in data["lines"]:
            units[row["line"]] += row["quantity"]
    others = _credited(order)
    for line in order.lines.all():
        taken = min(others[line.sku], line.quantity - units[line.pk])
        units[line.pk] += taken
        others[line.sku] -= taken
    return units


def _credited(order: Order) -> Counter[str]:
    """Units by SKU that came back, or that a claim has paid for."""
    names = ("order.returned", "claim.opened", "claim.settled")
    told = list(order.events.filter(name__in=names).order_by("seq").values_list("name", "data"))
    paid = {data["claim"] for name, data in told if name == "claim.settled" and data.get("outcome") == "refund"}
    units: Counter[str] = Counter()
    for name, data in told:
        if name == "order.returned" or (name == "claim.opened" and data["claim"] in paid):
            units.update({row["sku"]: row["quantity"] for row in data["lines"]})
    return units


def _order_id(payment_id: int) -> int:
    return Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
