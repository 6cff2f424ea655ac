"""Builders for tests: plain functions with believable defaults, moving orders by the real stage functions."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count

from feedback.stages.review import review
from feedback.stages.survey import survey
from fulfillment.models import Carton, Shipment
from fulfillment.services import open_shipments
from fulfillment.stages.deliver import deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory import clock
from inventory import services as stock
from inventory.models import Product, Stock, StockMovement, TaxClass, Warehouse
from orders.flow import STAGES
from orders.models import Channel, Order
from orders.order_request import LineRequest, OrderRequest, PaymentRequest
from orders.stages.approve import approve
from orders.stages.place import place
from orders.stages.receive import receive

numbers = count(1)
# How long after placing an order enters each state: up to five days on the road, fourteen for the survey.
ENTERED_AFTER = {
    "placed": timedelta(0),
    "received": timedelta(minutes=1),
    "approved": timedelta(minutes=2),
    "picked": timedelta(hours=2),
    "packed": timedelta(hours=3),
    "shipped": timedelta(hours=4),
    "delivered": timedelta(days=5, hours=5),
    "surveyed": timedelta(days=21),
    "reviewed": timedelta(days=21, minutes=1),
}
LONDON = {"name": "Marta Silva", "line1": "1 High Street", "city": "London", "postal_code": "N1 9GU", "country": "GB"}


def make_channel(code: str = "web", *, currency: str = "GBP", **fields: object) -> Channel:
    return Channel.objects.get_or_create(code=code, defaults={"name": code.title(), "currency": currency, **fields})[0]


def make_warehouse(code: str = "LEEDS", *, mode: str = "automatic", **fields: object) -> Warehouse:
    defaults = {"name": code.title(), "mode": mode, **fields}
    return Warehouse.objects.get_or_create(code=code, defaults=defaults)[0]


def make_tax_class(rate: str = "0.2") -> TaxClass:
    """The class of products that are taxed at `rate` everywhere."""
    code = f"vat-{rate.replace('.', '-')}"
    return TaxClass.objects.get_or_create(code=code, defaults={"name": f"Rate {rate}", "rate": Decimal(rate)})[0]


def make_product(sku: str = "MUG-1", *, price: str = "10.00", tax_rate: str = "0.2", **fields: object) -> Product:
    size = {"weight_g": 300, "length_mm": 100, "width_mm": 100, "height_mm": 100}
    defaults = {
        "name": sku.title(),
        "price": Decimal(price),
        "currency": "GBP",
        **size,
        "tax_class": make_tax_class(tax_rate),
    }
    return Product.objects.get_or_create(sku=sku, defaults={**defaults, **fields})[0]


def make_stock(
    product: Product, units: int = 10, *, warehouse: Warehouse | None = None, backorder_limit: int = 0
) -> Stock:
    """`units` on hand, received through the ledger."""
    row, _ = Stock.objects.get_or_create(
        product=product, warehouse=warehouse or make_warehouse(), defaults={"backorder_limit": backorder_limit}
    )
    if units:
        key = f"test:{next(numbers)}"
        stock.move_stock(row.pk, units, kind=StockMovement.Kind.RECEIVE, key=key, by="test")
    return Stock.objects.get(pk=row.pk)


def make_carton(name: str = "M", *, side_mm: int = 300, **fields: object) -> Carton:
    size = {"length_mm": side_mm, "width_mm": side_mm, "height_mm": side_mm}
    defaults = {**size, "tare_g": 100, "max_gross_g": 20_000, "price": Decimal("0.50"), **fields}
    return Carton.objects.get_or_create(name=name, defaults=defaults)[0]


def order_request(lines: Sequence[tuple[str, int]] = (("MUG-1", 1),), **fields: object) -> OrderRequest:
    """What a storefront asks for; `lines` are (SKU, quantity)."""
    defaults: dict[str, object] = {
        "external_id": f"web-{next(numbers)}",
        "currency": "GBP",
        "email": "marta@example.org",
        "name": "Marta Silva",
        "phone": "",
        "shipping_address": LONDON,
        "billing_address": LONDON,
        "lines": tuple(LineRequest(sku, quantity) for sku, quantity in lines),
        "payment": PaymentRequest("card"),
    }
    return OrderRequest(**{**defaults, **fields})  # type: ignore[arg-type]


def make_order(
    lines: Sequence[tuple[str, int]] = (("MUG-1", 1),),
    *,
    state: str = "placed",
    channel: Channel | None = None,
    **fields: object,
) -> Order:
    """An order that has just entered one of the nine states, after a believable journey.

    Products that do not exist yet are made, with 10 units in the automatic warehouse Leeds.
    """
    for sku, _ in lines:
        if not Product.objects.filter(sku=sku).exists():
            make_stock(make_product(sku))
    channel = channel or make_channel()
    with clock.at(clock.now() - ENTERED_AFTER[state]):
        placed = place(order_request(lines, **fields), channel=channel, by=f"channel:{channel.code}")
    return carry(Order.objects.get(pk=placed.order_id), to=state)


def carry(order: Order, *, to: str) -> Order:
    """Move a placed order on to a later state by the stage functions, each at its time after placing."""
    for stage in STAGES[1:]:
        order = Order.objects.get(pk=order.pk)
        if order.state == to:
            return order
        if order.state == STAGES[stage.number - 2].state:
            with clock.at(order.placed_at + ENTERED_AFTER[stage.state]):
                _step(order.pk, stage.verb)
    order = Order.objects.get(pk=order.pk)
    assert order.state == to, f"wanted {to}, got {order.state}"
    return order


def _step(order_id: int, verb: str) -> None:
    whole = {"receive": receive, "approve": approve, "review": review}
    parts = {"pick": pick, "pack": pack, "ship": ship, "deliver": deliver}
    if verb in whole:
        whole[verb](order_id, by="test")
        return
    if verb == "survey":
        with clock.at(clock.now() - timedelta(days=15)):
            survey(order_id, by="test")
        survey(order_id, by="test")
        return
    if verb == "pick":
        open_shipments(order_id, by="test")
    for shipment in Shipment.objects.filter(order_id=order_id).order_by("id"):
        parts[verb](shipment.pk, by="test")
