"""Splitting: units of an order go on as an order of their own, with their promises, their price and their money."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory import clock
from inventory import services as stock
from inventory.models import Stock
from orders.changes.drafts import Draft
from orders.changes.parts import parted
from orders.changes.reading import draft_of
from orders.changes.standing import check_way
from orders.changes.ways import Action
from orders.changes.writing import LINE_FIELDS, told, write_order
from orders.errors import NoSuchLine, NothingToChange, NoWay
from orders.flow import GOODS_HERE, State
from orders.history import EVENT_OF_STATE, record, write
from orders.models import Allocation, Order, OrderEvent, OrderLine, Payment
from orders.money import plain, rounded, shown
from orders.order_request import NOTHING
from orders.payments.standing import pledged
from orders.policy.judging import reconsider
from orders.queue import wake
from orders.services.holds import place_hold
from orders.services.transactions import gateway_of, is_instant
from orders.sources import allocate

KEPT = ("channel", "customer", "priority", "currency", "prices_include_tax", "placed_at", "state_since", "expires_at")
LONGEST = 80


def is_all(order: Order, units: Mapping[int, int]) -> bool:
    """Whether these are all the units that are still wanted."""
    wanted = order.lines.filter(quantity__gt=0).values_list("position", "quantity")
    return dict(wanted) == {place: count for place, count in units.items() if count}


def split(order: Order, units: Mapping[int, int], *, reason: str, by: str) -> Order:
    """Let `units` (by the line's place from 1) of an order held by the caller be an order of their own; returns it.

    Each keeps its state, its promises their turn. Raises NoSuchLine, NothingToChange for none or all units, or NoWay.
    """
    check_way(order, [Action.SPLIT])
    draft = draft_of(order)
    _check(order, draft, units)
    stays, goes = parted(draft, units)
    _check_paid(order, stays)
    new = _opened(order, goes, by=by)
    moved = _move_units(order, stays, new, goes, units)
    order.version += 1
    write_order(order, stays)
    _share_payments(order, new, by=by)
    for row in (order, new):
        if row.state != State.PLACED:
            Allocation.objects.filter(line__order=row).delete()
            allocate(list(row.lines.filter(quantity__gt=0)))
    record(order, "order.split", by=by, other=new.number, reason=reason, **told(draft, stays))
    record(new, "order.split_off", by=by, other=order.number, reason=reason, lines=moved)
    reconsider(order, by=by)
    reconsider(new, by=by)
    write(new)
    wake(new.state)
    return new


def _check(order: Order, draft: Draft, units: Mapping[int, int]) -> None:
    has = draft.quantities()
    for place, count in units.items():
        if not 1 <= count <= has.get(place, 0):
            raise NoSuchLine(place, has.get(place, 0))
    if not units or is_all(order, units):
        raise NothingToChange(_("A split leaves something in both orders"))


def _check_paid(order: Order, stays: Draft) -> None:
    """Money that was taken stays where it was taken: it has to fit what stays.

    A pledge at a gateway stands under one name and is taken once, so it cannot be shared.
    """
    payments = list(order.payments.all())
    taken = sum((row.captured - row.refunded for row in payments), NOTHING)
    if taken > stays.total:
        words = _("{taken} were taken, and only {total} would stay.").format(
            taken=shown(taken, order.currency), total=shown(stays.total, order.currency)
        )
        raise NoWay(words, _("Call the units off, which gives their money back, and place a new order for them."))
    for row in payments:
        if row.voided_at is None and row.authorised > row.captured and not is_instant(row, order):
            words = _("{authorised} are pledged at {gateway_of} as one payment.").format(
                authorised=shown(row.authorised, order.currency), gateway_of=gateway_of(row, order)
            )
            raise NoWay(words, _("Call the units off, and place a new order for them with a payment of its own."))


def _opened(order: Order, goes: Draft, *, by: str) -> Order:
    """The new order's row in the old one's state, with the way that both have come."""
    external_id = _free_id(order)
    new = Order(
        state=order.state,
        external_id=external_id,
        fingerprint=hashlib.sha256(f"split:{order.pk}:{external_id}".encode()).hexdigest(),
        due_at=clock.now(),
        parent=order,
        parent_relation="split",
        **{name: getattr(order, name) for name in KEPT},
        **{name: getattr(goes, name) for name in ("items_total", "total", "promised_at")},
        shipping_address={},
        billing_address={},
    )
    new.save(force_insert=True)
    new = Order.objects.get(pk=new.pk)
    new.unwritten = []
    write_order(new, goes)
    _copy_way(order, new)
    for hold in order.holds.filter(released_at=None):
        place_hold(new, reason=hold.reason, note=hold.note, by=hold.by, until=hold.until)
    return new


def _copy_way(order: Order, new: Order) -> None:
    """Stage by stage as far as it is, when and by whom each was first taken."""
    way = [EVENT_OF_STATE[state] for state in GOODS_HERE[: GOODS_HERE.index(State(order.state)) + 1]]
    first = {event.name: event for event in order.events.filter(name__in=way).order_by("-seq")}
    for name in way:
        new.event_seq += 1
        told_of = {"split_from": order.number} if name == way[0] else {}
        seq, at, who = new.event_seq, first[name].at, first[name].by
        new.unwritten.append(OrderEvent(order=new, seq=seq, name=name, at=at, by=who, data=told_of))


def _free_id(order: Order) -> str:
    """The old order's external id with the next number that nobody has."""
    number = 2 + order.children.count()
    while True:
        name = f"{order.external_id[: LONGEST - 6]}-{number}"
        if not Order.objects.filter(channel=order.channel_id, external_id=name).exists():
            return name
        number += 1


def _move_units(order: Order, stays: Draft, new: Order, goes: Draft, units: Mapping[int, int]) -> list[dict[str, Any]]:
    """Lines, and their promises under the new lines' keys; units that went count as called off here."""
    rows = {row.position: row for row in order.lines.all()}
    goods = [row.product_id for row in rows.values()]
    list(stock.lock_stock(Stock.objects.filter(product__in=goods).values_list("pk", flat=True)))
    after = {line.asked: line for line in stays.lines}
    shares, moved = {}, []
    for part, place in zip(goes.lines, [line.asked for line in stays.lines if line.asked in units], strict=True):
        row = rows[place]
        row.cancelled += units[place]
        for name in LINE_FIELDS:
            setattr(row, name, getattr(after[place], name))
        row.save()
        same = {name: getattr(part, name) for name in (*LINE_FIELDS, "product_id", "sku", "name", "bundle")}
        fresh = OrderLine.objects.create(order=new, position=part.asked, cancelled=0, **same)
        shares[row.reservation_key, fresh.reservation_key] = units[place]
        moved.append({"line": part.asked, "sku": part.sku, "before": 0, "after": part.quantity})
    stock.hand_over(shares)
    return moved


def _share_payments(order: Order, new: Order, *, by: str) -> None:
    """Pledged money goes with the goods by what they cost; what was taken stays."""
    payments = list(order.payments.select_for_update(no_key=True).filter(voided_at=None).order_by("id"))
    whole, stands = order.total + new.total, pledged(payments)
    left = rounded(stands * new.total / whole, order.currency) if whole else NOTHING
    for row in payments:
        amount = min(left, row.authorised - row.captured)
        left -= amount
        if not amount and row.method == Payment.Method.CARD:
            continue
        row.authorised -= amount
        row.save(update_fields=["authorised"])
        same = {name: getattr(row, name) for name in ("method", "reference", "gateway", "due_at", "created_at")}
        part = Payment.objects.create(order=new, authorised=amount, **same)
        if amount:
            _tell(order, row, -amount, by=by, other=new.number)
            _tell(new, part, amount, by=by, other=order.number)


def _tell(order: Order, payment: Payment, amount: Decimal, *, by: str, other: int) -> None:
    told_of = {"payment": payment.pk, "amount": plain(amount, order.currency), "other": other}
    record(order, "payment.moved", by=by, **told_of)
