"""Stage 1 of 9, placed: the customer hits buy, on any device, through any channel."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from inventory import clock
from inventory import services as stock
from inventory.models import Product
from orders.errors import CapturedTooMuch, ExternalIdTaken, UnknownSku, WrongCurrency
from orders.flow import State
from orders.history import EVENT_OF_STATE
from orders.models import Channel, Customer, Order, OrderEvent, OrderLine, Payment
from orders.money import plain, rounded
from orders.queue import wake

PROMISE_DAYS = timedelta(days=5)


@dataclass(frozen=True)
class LineRequest:
    """Units of one SKU; without `unit_price` the catalogue's price holds."""

    sku: str
    quantity: int
    unit_price: Decimal | None = None


@dataclass(frozen=True)
class PaymentRequest:
    """How the customer pays; without `authorised` the whole total is pledged by card, nothing otherwise."""

    method: str
    authorised: Decimal | None = None
    captured: Decimal = Decimal(0)
    reference: str = ""


@dataclass(frozen=True)
class OrderRequest:
    """What a channel asks for. Amounts are in `currency`; addresses are flat JSON objects with a `country`."""

    external_id: str
    currency: str
    email: str
    name: str
    phone: str
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    lines: tuple[LineRequest, ...]
    payment: PaymentRequest
    shipping_total: Decimal = Decimal(0)
    promised_at: datetime | None = None
    note: str = ""

    def fingerprint(self) -> str:
        """The same for the same order, whoever sends it and however often."""
        plain = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True)
class Placed:
    """The order, and whether this call made it."""

    order: Order
    created: bool


def place(request: OrderRequest, *, channel: Channel, by: str) -> Placed:
    """Store the order and promise its stock, all of it or nothing; the same request again is the same order.

    Raises WrongCurrency, UnknownSku, NotEnoughStock, or ExternalIdTaken when the channel's id means another order.
    """
    if request.currency != channel.currency:
        raise WrongCurrency(request.currency, channel.currency)
    if known := _known(request, channel):
        return known
    products = _products(request.lines, channel.currency)
    try:
        with transaction.atomic():
            return Placed(_store(request, channel, products, by), created=True)
    except IntegrityError:
        # Another connection placed the same external id between our look and our write.
        if known := _known(request, channel):
            return known
        raise


def _known(request: OrderRequest, channel: Channel) -> Placed | None:
    order = Order.objects.filter(channel=channel, external_id=request.external_id).first()
    if order and order.fingerprint != request.fingerprint():
        raise ExternalIdTaken(request.external_id, order.number)
    return Placed(order, created=False) if order else None


def _products(lines: Sequence[LineRequest], currency: str) -> dict[str, Product]:
    """By SKU; the catalogue's price counts only in its own currency."""
    products = {
        row.sku: row
        for row in Product.objects.select_related("tax_class").filter(sku__in={line.sku for line in lines}, active=True)
    }
    if unknown := sorted({line.sku for line in lines} - products.keys()):
        raise UnknownSku(unknown)
    for line in lines:
        if line.unit_price is None and products[line.sku].currency != currency:
            raise WrongCurrency(products[line.sku].currency, currency)
    return products


def _store(request: OrderRequest, channel: Channel, products: Mapping[str, Product], by: str) -> Order:
    lines = [_line(position, line, products[line.sku], channel) for position, line in enumerate(request.lines, 1)]
    order = _order(request, channel, lines)
    if request.payment.captured > max(order.total, Decimal(0)):
        raise CapturedTooMuch(f"{request.payment.captured} was taken for an order of {order.total}")
    order.customer = _customer(request)
    order.save(force_insert=True)
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    payment = _payment(request.payment, order)
    payment.save(force_insert=True)
    OrderEvent.objects.bulk_create(_events(order, payment, lines=len(lines), by=by))
    stock.promise([stock.Want(line.reservation_key, line.product_id, line.sku, line.quantity) for line in lines])
    wake(order.state)
    return order


def _events(order: Order, payment: Payment, *, lines: int, by: str) -> list[OrderEvent]:
    """What is known from the first moment: the order is placed, and perhaps paid already."""
    placed = {
        "channel": order.channel.code,
        "lines": lines,
        "total": plain(order.total, order.currency),
        "payment": payment.method,
        "authorised": plain(payment.authorised, order.currency),
    }
    told: list[tuple[str, dict[str, object]]] = [(EVENT_OF_STATE[State.PLACED], placed)]
    if payment.captured:
        amount = plain(payment.captured, order.currency)
        told.append(("payment.captured", {"payment": payment.pk, "amount": amount}))
    return [
        OrderEvent(order=order, seq=seq, name=name, at=order.placed_at, by=by, data=data)
        for seq, (name, data) in enumerate(told, 1)
    ]


def _line(position: int, line: LineRequest, product: Product, channel: Channel) -> OrderLine:
    price = rounded(product.price if line.unit_price is None else line.unit_price, channel.currency)
    total = price * line.quantity
    rate = product.tax_class.rate
    tax = total - total / (1 + rate) if channel.prices_include_tax else total * rate
    return OrderLine(
        position=position,
        product=product,
        sku=product.sku,
        name=product.name,
        quantity=line.quantity,
        unit_price=price,
        tax_rate=rate,
        tax=rounded(tax, channel.currency),
        total=total,
    )


def _order(request: OrderRequest, channel: Channel, lines: Sequence[OrderLine]) -> Order:
    now = clock.now()
    items = sum((line.total for line in lines), Decimal(0))
    tax = sum((line.tax for line in lines), Decimal(0))
    return Order(
        channel=channel,
        external_id=request.external_id,
        fingerprint=request.fingerprint(),
        shipping_address=dict(request.shipping_address),
        billing_address=dict(request.billing_address),
        note=request.note,
        currency=channel.currency,
        prices_include_tax=channel.prices_include_tax,
        items_total=items,
        shipping_total=request.shipping_total,
        tax_total=tax,
        total=items + request.shipping_total + (0 if channel.prices_include_tax else tax),
        placed_at=now,
        promised_at=request.promised_at or now + PROMISE_DAYS,
        state_since=now,
        due_at=now,
        event_seq=2 if request.payment.captured else 1,
    )


def _customer(request: OrderRequest) -> Customer:
    """One row per e-mail address; the newest order's name and phone are the ones we use."""
    customer = Customer(email=request.email.lower(), name=request.name, phone=request.phone)
    Customer.objects.bulk_create(
        [customer],
        update_conflicts=True,
        unique_fields=["email"],
        update_fields=["name", "phone"] if request.phone else ["name"],
    )
    return customer


def _payment(request: PaymentRequest, order: Order) -> Payment:
    pledged = order.total if request.method == Payment.Method.CARD else request.captured
    return Payment(
        order=order,
        method=request.method,
        reference=request.reference,
        authorised=pledged if request.authorised is None else request.authorised,
        captured=request.captured,
        captured_at=clock.now() if request.captured else None,
    )
