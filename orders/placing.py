"""What placing asks of the database: `begin` looks, `store` writes. Both take any number of orders of one channel.

The statements are functions in the database (`orders/migrations/0012`), so that they are planned once per connection.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from inventory.errors import NotEnoughStock
from orders.models import Channel
from orders.order_request import OrderRequest
from orders.pricing import Catalogue, Offer, Priced, Shipping


@dataclass(frozen=True)
class Known:
    """An order that is there already."""

    order_id: int
    number: int
    fingerprint: str


@dataclass(frozen=True)
class Ids:
    """What a new order and its payment will be called."""

    order_id: int
    number: int
    payment_id: int


@dataclass(frozen=True)
class Standing:
    """What there is before placing: each external id is either `known` or has `ids`."""

    known: Mapping[str, Known]
    ids: Mapping[str, Ids]
    catalogue: Catalogue


@dataclass(frozen=True)
class NewOrder:
    """An order as it will be stored, complete but for the store credit that is spent on it in the same transaction."""

    ids: Ids
    request: OrderRequest
    priced: Priced
    fingerprint: str
    authorised: Decimal
    placed_at: datetime
    promised_at: datetime
    expires_at: datetime | None
    warnings: Sequence[Mapping[str, str]]
    events: Sequence[tuple[str, Mapping[str, Any]]]
    credit: Decimal = Decimal(0)


@dataclass(frozen=True)
class Answer:
    """What is kept under an idempotency key; `body` is JSON."""

    key: str
    fingerprint: str
    status: int
    body: str


@dataclass(frozen=True)
class Keep:
    """The key under which the answer to a new order is kept, and what makes the answer."""

    key: str
    answer: Callable[[NewOrder], Answer]


class AnsweredBefore(Exception):
    """The key has an answer, or with `free` false another connection is about to give it one."""

    def __init__(self, free: bool, fingerprint: str | None, status: int | None, body: Any) -> None:
        self.free, self.fingerprint, self.status, self.body = free, fingerprint, status, body
        super().__init__("This request is answered already.")


def begin(requests: Sequence[OrderRequest], channel: Channel, *, key: str | None = None) -> Standing:
    """Take the turn of these external ids and customers until the transaction ends; read all that pricing needs.

    Raises AnsweredBefore, and takes no turn, when the idempotency key `key` is not free.
    """
    names = sorted({row.external_id for row in requests})
    emails = sorted({row.email.lower() for row in requests})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT orders_begin(%s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s, %s::text[])",
            [channel.pk, key, names, emails, *_asked(requests, channel)],
        )
        found = orjson.loads(cursor.fetchone()[0])
    if "answer" in found:
        raise AnsweredBefore(*found["answer"])
    known = {name: Known(*row) for name, row in (found["known"] or {}).items()}
    drawn = iter(found["ids"])
    ids = {
        name: Ids(*three)
        for name, three in zip(
            [name for name in names if name not in known], zip(drawn, drawn, drawn, strict=True), strict=True
        )
    }
    return Standing(known, ids, _catalogue(found["catalogue"]))


def look(request: OrderRequest, channel: Channel) -> Catalogue:
    """What pricing needs, with every shipping method; nothing is locked."""
    with connection.cursor() as cursor:
        skus, countries, currency, _ = _asked([request], channel)
        cursor.execute("SELECT orders_catalogue(%s::text[], %s::text[], %s, NULL)", [skus, countries, currency])
        return _catalogue(orjson.loads(cursor.fetchone()[0]))


def _asked(requests: Sequence[OrderRequest], channel: Channel) -> tuple[list[str], list[str], str, list[str]]:
    skus = {line.sku for row in requests for line in row.lines}
    countries = {row.shipping_address.get("country", "") for row in requests}
    return list(skus), list(countries), channel.currency, list({row.shipping_method for row in requests})


def _catalogue(found: Mapping[str, Any]) -> Catalogue:
    rates: defaultdict[int, dict[str, Decimal]] = defaultdict(dict)
    for tax_class, country, rate in found["rates"] or ():
        rates[tax_class][country] = Decimal(rate)
    parts: defaultdict[int, list[tuple[Offer, int]]] = defaultdict(list)
    for bundle, units, *row in found["components"] or ():
        parts[bundle].append((_offer(row, rates), units))
    offers = {row[1]: _offer(row, rates, tuple(parts[row[0]])) for row in found["products"] or ()}
    none = {"": Decimal(0)}
    methods = {
        code: Shipping(
            code, name, Decimal(price), Decimal(free) if free else None, tuple(to), days, rates.get(tax_class, none)
        )
        for code, name, price, free, to, days, tax_class in found["methods"] or ()
    }
    return Catalogue(offers, methods)


def _offer(row: Sequence[Any], rates: Mapping[int, dict[str, Decimal]], parts: Any = ()) -> Offer:
    id_, sku, name, price, currency, tax_class = row
    return Offer(id_, sku, name, Decimal(price), currency, rates[tax_class], parts)


def store(
    orders: Sequence[NewOrder], channel: Channel, *, by: str, answer: Answer | None = None, locked: bool = False
) -> None:
    """Write all these orders with the promise of their stock, or nothing of it, in one statement.

    The answer to the request that brought them is kept with them, if one is given. With `locked` their stock stays
    locked until the transaction ends, even when it falls short. Raises NotEnoughStock with the units left of each SKU
    that falls short.
    """
    lines = [(order, line) for order in orders for line in order.priced.lines]
    customers = {order.request.email.lower(): _customer(order.request) for order in orders}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT orders_store("
            "%s, %s, %s, %s, %s, %s::text[], %s, %s, %s, %s::text[], %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                locked,
                all(order.request.trusted for order in orders),
                channel.pk,
                channel.code,
                orders[0].placed_at,
                [order.request.hold for order in orders if order.request.hold],
                _numbers(line.product_id for _, line in lines),
                _numbers(line.quantity for _, line in lines),
                as_json(list(customers.values())),
                [order.request.email.lower() for order in orders],
                as_json([_order(order, channel) for order in orders]),
                as_json(_lines(orders)),
                as_json([_payment(order) for order in orders]),
                as_json(_events(orders, by)),
                *((answer.key, answer.fingerprint, answer.status, answer.body) if answer else (None,) * 4),
            ],
        )
        (short,) = cursor.fetchone()
    if short:
        names = {line.product_id: line.sku for _, line in lines}
        raise NotEnoughStock({names[product_id]: free for product_id, free in orjson.loads(short)})


def as_json(data: Any) -> str:
    """As JSON text; amounts are strings."""
    return orjson.dumps(data, default=str).decode()


def _numbers(numbers: Iterable[int]) -> str:
    """As the text of an array."""
    return f"{{{','.join(map(str, numbers))}}}"


def _customer(request: OrderRequest) -> dict[str, Any]:
    return {"email": request.email.lower(), "name": request.name, "phone": request.phone}


def _order(order: NewOrder, channel: Channel) -> dict[str, Any]:
    request, priced = order.request, order.priced
    return {
        "id": order.ids.order_id,
        "number": order.ids.number,
        "external_id": request.external_id,
        "fingerprint": order.fingerprint,
        "shipping_address": request.shipping_address,
        "billing_address": request.billing_address,
        "note": request.note,
        "gift_note": request.gift_note,
        "warnings": order.warnings,
        "currency": channel.currency,
        "prices_include_tax": channel.prices_include_tax,
        "items_total": priced.items_total,
        "discount_total": priced.discount_total,
        "discounts": [{"title": row.title, "amount": row.amount} for row in request.discounts],
        "shipping_method": request.shipping_method,
        "shipping_total": priced.shipping_total,
        "shipping_tax": priced.shipping_tax,
        "tax_total": priced.tax_total,
        "total": priced.total,
        "promised_at": order.promised_at,
        "expires_at": order.expires_at,
        "event_seq": len(order.events),
    }


def _lines(orders: Sequence[NewOrder]) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.ids.order_id,
            "position": position,
            "product_id": line.product_id,
            "sku": line.sku,
            "name": line.name,
            "bundle": line.bundle,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "discount": line.discount,
            "tax_rate": line.tax_rate,
            "tax": line.tax,
            "total": line.total,
        }
        for order in orders
        for position, line in enumerate(order.priced.lines, 1)
    ]


def _payment(order: NewOrder) -> dict[str, Any]:
    paid = order.request.payment
    return {
        "id": order.ids.payment_id,
        "order_id": order.ids.order_id,
        "method": paid.method,
        "reference": paid.reference,
        "authorised": order.authorised,
        "captured": paid.captured,
        "captured_at": order.placed_at if paid.captured else None,
    }


def _events(orders: Sequence[NewOrder], by: str) -> list[dict[str, Any]]:
    return [
        {"order_id": order.ids.order_id, "seq": seq, "name": name, "by": by, "data": data}
        for order in orders
        for seq, (name, data) in enumerate(order.events, 1)
    ]
