"""Making an order what a draft says: its stock, lines, sums and money, in one go; the order is held by the caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inventory import services as stock
from inventory.models import Reservation
from orders.addresses import address_warnings
from orders.changes.drafts import Draft, differing
from orders.changes.standing import goods_of
from orders.changes.ways import Goods
from orders.flow import State
from orders.history import record
from orders.models import Allocation, Order, OrderLine
from orders.money import plain
from orders.order_request import NOTHING
from orders.policy.judging import reconsider
from orders.pricing import PricedLine
from orders.services import refund, void_spare
from orders.sources import source

LINE_FIELDS = ("quantity", "unit_price", "discount", "tax_rate", "tax", "total")
ORDER_FIELDS = (
    *("items_total", "discount_total", "discounts", "shipping_method", "shipping_total", "shipping_tax", "tax_total"),
    *("total", "shipping_address", "billing_address", "warnings", "note", "gift_note", "promised_at", "version"),
)


@dataclass(frozen=True)
class Done:
    """What was done: units promised and given back by SKU and warehouse (below 0: given back), and money paid back."""

    promised: tuple[tuple[str, str, int], ...]
    refunded: Decimal


def rewrite(order: Order, before: Draft, after: Draft, *, by: str, cause: str) -> Done:
    """Let the held order be as `after` says; `cause` names the refund, once. Raises NotEnoughStock.

    Once it is received it is sourced again and trust is decided again. The caller records what happened, first.
    """
    owed, had = order.total, _promised(order)
    order.version += 1
    _write_lines(order, before, after)
    write_order(order, after)
    if order.state != State.PLACED and _moves(order, before, after):
        source_anew(order, by=by)
    refunded = give_back_surplus(order, owed=owed, by=by, cause=cause)
    void_spare(order, by=by)
    reconsider(order, by=by)
    return Done(_difference(had, _promised(order)), refunded)


def _moves(order: Order, before: Draft, after: Draft) -> bool:
    """Whether another warehouse may be better now. What is gathered for another address stays where it lies."""
    if before.quantities() != after.quantities():
        return True
    return before.shipping_address != after.shipping_address and goods_of(order) in (Goods.SHELVED, Goods.TO_PICK)


def source_anew(order: Order, *, by: str) -> None:
    """Decide again where all of a received order is sent from; all of its stock is locked by the caller."""
    Allocation.objects.filter(line__order=order).delete()
    lines = list(order.lines.filter(quantity__gt=0).select_related("product"))
    record(order, "order.sourced", by=by, **source(order, lines))


def give_back_surplus(order: Order, *, owed: Decimal, by: str, cause: str) -> Decimal:
    """Refund what was paid beyond the new total and not beyond the old one (`owed`), oldest payment first."""
    payments = list(order.payments.select_for_update(no_key=True).order_by("id"))
    left = {row.pk: row.captured - row.refunded - row.charged_back for row in payments}
    paid = sum(left.values(), NOTHING)
    surplus = max(NOTHING, paid - order.total) - max(NOTHING, paid - owed)
    given = NOTHING
    for row in payments:
        amount = min(surplus - given, left[row.pk])
        if amount > 0:
            refund(row, order=order, amount=amount, reason="order changed", key=f"{cause}:{row.pk}", by=by)
            given += amount
    return given


def told(before: Draft, after: Draft) -> dict[str, Any]:
    """What history keeps of it: goods and amounts, and only the names of what concerns the person."""
    was = before.quantities()
    return {
        "lines": [
            {"line": line.asked, "sku": line.sku, "before": was.get(line.asked, 0), "after": line.quantity}
            for line in after.lines
            if line.quantity != was.get(line.asked, 0)
        ],
        "fields": differing(before, after),
        "before": plain(before.total, before.terms.currency),
        "after": plain(after.total, before.terms.currency),
    }


def _write_lines(order: Order, before: Draft, after: Draft) -> None:
    rows = {row.position: row for row in order.lines.all()}
    more: list[stock.Want] = []
    less: dict[str, int] = {}
    for line in after.lines:
        row = rows.get(line.asked) or _new(order, line)
        difference = line.quantity - (row.quantity if row.pk else 0)
        row.cancelled += max(0, -difference)
        for name in LINE_FIELDS:
            setattr(row, name, getattr(line, name))
        row.save()
        if difference > 0:
            more.append(stock.Want(row.reservation_key, row.product_id, row.sku, difference))
        elif difference:
            less[row.reservation_key] = -difference
    if more or less or before.shipping_address != after.shipping_address:
        goods = {line.product_id for line in after.lines}
        stock.resize(more, less, goods=goods, channel=order.channel.code, priority=order.priority)


def _new(order: Order, line: PricedLine) -> OrderLine:
    return OrderLine(
        order=order,
        position=line.asked,
        product_id=line.product_id,
        sku=line.sku,
        name=line.name,
        bundle=line.bundle,
        quantity=line.quantity,
        cancelled=0,
    )


def write_order(order: Order, after: Draft) -> None:
    """The order's own columns as the draft says, and its version."""
    for name in ORDER_FIELDS:
        if hasattr(after, name):
            setattr(order, name, getattr(after, name))
    order.discounts = [{"title": row.title, "amount": str(row.amount)} for row in after.discounts]
    order.shipping_address, order.billing_address = dict(after.shipping_address), dict(after.billing_address)
    order.warnings = address_warnings(order.shipping_address, order.billing_address)
    order.save(update_fields=ORDER_FIELDS)


def _promised(order: Order) -> dict[tuple[str, str], int]:
    """Units promised by SKU and warehouse."""
    skus = {line.reservation_key: line.sku for line in order.lines.all()}
    units: dict[tuple[str, str], int] = {}
    for key, place, count in Reservation.objects.filter(key__in=skus).values_list(
        "key", "stock__warehouse__name", "quantity"
    ):
        units[skus[key], place] = units.get((skus[key], place), 0) + count
    return units


def _difference(had: dict[tuple[str, str], int], has: dict[tuple[str, str], int]) -> tuple[tuple[str, str, int], ...]:
    names: Sequence[tuple[str, str]] = sorted({*had, *has})
    rows = ((*name, has.get(name, 0) - had.get(name, 0)) for name in names)
    return tuple(row for row in rows if row[2])
