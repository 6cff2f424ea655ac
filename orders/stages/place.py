"""Stage 1 of 9, placed: the customer hits buy, on any device, through any channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction

from inventory import clock
from inventory.errors import NotEnoughStock
from orders.addresses import address_warnings
from orders.customers.purse import Purse, empty_purse, open_purse
from orders.errors import CapturedTooMuch, ExternalIdTaken, OrderError
from orders.flow import State
from orders.history import EVENT_OF_STATE
from orders.models import Channel, Payment
from orders.money import plain
from orders.order_request import OrderRequest, PaymentRequest
from orders.placing import Answer, Ids, Keep, Known, NewOrder, Standing, begin, store
from orders.pricing import Priced, Terms, price
from orders.queue import wake

PROMISE_DAYS = 5


@dataclass(frozen=True)
class Placed:
    """The order's id and number; `new` is all that was written, or None when the order was there before.

    `answer` is what was kept with it.
    """

    order_id: int
    number: int
    new: NewOrder | None
    answer: Answer | None = None

    @property
    def created(self) -> bool:
        """Whether this call made it."""
        return self.new is not None


Refusal = OrderError | NotEnoughStock
Store = partial[None]


def place(request: OrderRequest, *, channel: Channel, by: str, keep: Keep | None = None) -> Placed:
    """Store the order and promise its stock, all of it or nothing; the same request again is the same order.

    What `keep` makes of a new order is kept with it, for whoever asks again under the same idempotency key. Raises
    AnsweredBefore when that key is not free, and WrongCurrency, UnknownSku, NoSuchShipping, DiscountTooLarge,
    AmountTooLarge, CapturedTooMuch, CreditTooSmall, NotEnoughStock, or ExternalIdTaken when the channel's id means
    another order.
    """
    (outcome,) = _place([request], channel, by, keep)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def place_many(requests: Sequence[OrderRequest], *, channel: Channel, by: str) -> list[Placed | Refusal]:
    """The same for many, each on its own, in one transaction: what became of each, in their order."""
    return _place(requests, channel, by, None)


def _place(requests: Sequence[OrderRequest], channel: Channel, by: str, keep: Keep | None) -> list[Placed | Refusal]:
    """A refusal is returned, not raised, so that it leaves the caller's transaction whole."""
    with transaction.atomic(savepoint=False):
        standing = begin(requests, channel, key=keep.key if keep else None)
        purse = open_purse(requests, channel.currency)
        drafts = [_drafted(request, standing, channel, purse) for request in requests]
        first: dict[str, NewOrder] = {}
        for draft in drafts:
            if isinstance(draft, NewOrder):
                first.setdefault(draft.request.external_id, draft)
        kept = keep.answer(next(iter(first.values()))) if keep and first else None
        refused = _store_what_can_be(list(first.values()), partial(store, channel=channel, by=by, answer=kept))
        empty_purse((draft for draft in first.values() if draft.ids.order_id not in refused), by=by)
        if len(refused) < len(first):
            wake(State.PLACED)
        return [_outcome(draft, first, refused, kept) for draft in drafts]


def _drafted(request: OrderRequest, standing: Standing, channel: Channel, purse: Purse) -> NewOrder | Placed | Refusal:
    try:
        if known := standing.known.get(request.external_id):
            return _found(request, known)
        priced = price(request, standing.catalogue, Terms(channel.currency, channel.prices_include_tax))
        credit = purse.take(request, priced.total, channel.currency)
        return _new(request, priced, standing.ids[request.external_id], channel, credit)
    except OrderError as refusal:
        return refusal


def _found(request: OrderRequest, known: Known) -> Placed:
    if known.fingerprint != request.fingerprint():
        raise ExternalIdTaken(request.external_id, known.number)
    return Placed(known.order_id, known.number, None)


def _store_what_can_be(orders: Sequence[NewOrder], storing: Store) -> dict[int, Refusal]:
    """All at once; if a product is short, its orders one by one in their turn. The refusals by order id."""
    try:
        if orders:
            storing(orders)
        return {}
    except NotEnoughStock as short:
        if len(orders) == 1:
            return {orders[0].ids.order_id: short}
    return _store_one_by_one(orders, storing)


def _store_one_by_one(orders: Sequence[NewOrder], storing: Store) -> dict[int, Refusal]:
    """The same once something was short. The first try locks all their stock, so that none of the others waits."""
    try:
        storing(orders, locked=True)
        return {}
    except NotEnoughStock as short:
        contested = [order for order in orders if short.missing.keys() & {line.sku for line in order.priced.lines}]
    refused = _store_what_can_be([order for order in orders if order not in contested], storing)
    for order in contested:
        refused |= _store_what_can_be([order], storing)
    return refused


def _outcome(
    draft: NewOrder | Placed | Refusal,
    first: Mapping[str, NewOrder],
    refused: Mapping[int, Refusal],
    kept: Answer | None,
) -> Placed | Refusal:
    """What became of a draft; the same external id twice in one call is one order, or a conflict with it."""
    if not isinstance(draft, NewOrder):
        return draft
    ids, stored = draft.ids, first[draft.request.external_id]
    if refusal := refused.get(ids.order_id):
        return refusal
    if draft.fingerprint != stored.fingerprint:
        return ExternalIdTaken(draft.request.external_id, ids.number)
    return Placed(ids.order_id, ids.number, draft if draft is stored else None, kept)


def _new(request: OrderRequest, priced: Priced, ids: Ids, channel: Channel, credit: Decimal) -> NewOrder:
    now, paid, to_pay = clock.now(), request.payment, priced.total - credit
    if paid.captured > max(to_pay, Decimal(0)):
        raise CapturedTooMuch(f"{paid.captured} was taken for an order of {to_pay}")
    authorised = _authorised(paid, to_pay)
    return NewOrder(
        ids=ids,
        request=request,
        priced=priced,
        fingerprint=request.fingerprint(),
        authorised=authorised,
        placed_at=now,
        promised_at=promised_at(request, priced, now),
        expires_at=_expires(now, channel, paid.method) if authorised < to_pay else None,
        warnings=address_warnings(request.shipping_address, request.billing_address),
        events=_events(request, priced, authorised, ids.payment_id, channel),
        credit=credit,
    )


def promised_at(request: OrderRequest, priced: Priced, now: datetime) -> datetime:
    """When the customer may expect it: as they were told, else as the shipping method promises."""
    return request.promised_at or now + timedelta(days=priced.shipping.days if priced.shipping else PROMISE_DAYS)


def _authorised(paid: PaymentRequest, total: Decimal) -> Decimal:
    if paid.authorised is not None:
        return paid.authorised
    return total if paid.method == Payment.Method.CARD else paid.captured


def _expires(now: datetime, channel: Channel, method: str) -> datetime | None:
    """When an order that is not paid for by then is called off."""
    minutes = channel.unpaid_minutes.get(method)
    return None if minutes is None else now + timedelta(minutes=minutes)


def _events(
    request: OrderRequest, priced: Priced, authorised: Decimal, payment_id: int, channel: Channel
) -> list[tuple[str, dict[str, Any]]]:
    """What is known from the first moment: the order is placed, and perhaps paid already."""
    placed = {
        "channel": channel.code,
        "lines": len(priced.lines),
        "total": plain(priced.total, channel.currency),
        "payment": request.payment.method,
        "authorised": plain(authorised, channel.currency),
    }
    told: list[tuple[str, dict[str, Any]]] = [(EVENT_OF_STATE[State.PLACED], placed)]
    if request.payment.captured:
        amount = plain(request.payment.captured, channel.currency)
        told.append(("payment.captured", {"payment": payment_id, "amount": amount}))
    return told
