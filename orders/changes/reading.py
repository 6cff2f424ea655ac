"""What a change looks at: the order as a draft, and the shop's prices of the day."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from inventory import clock
from inventory.models import Product, TaxRate
from orders.changes.drafts import Book, Draft
from orders.changes.operations import AddLine, Operation, ReplaceLine, SetAddress
from orders.models import Order, OrderLine
from orders.order_request import DiscountRequest, LineRequest, OrderRequest, PaymentRequest
from orders.placing import look
from orders.pricing import PricedLine, Terms


def draft_of(order: Order) -> Draft:
    """The order as it stands."""
    return Draft(
        terms=Terms(order.currency, order.prices_include_tax),
        lines=tuple(_line(line) for line in order.lines.all()),
        discounts=tuple(DiscountRequest(row["title"], Decimal(row["amount"])) for row in order.discounts),
        discount_total=order.discount_total,
        shipping_method=order.shipping_method,
        shipping_total=order.shipping_total,
        shipping_tax=order.shipping_tax,
        shipping_address=order.shipping_address,
        billing_address=order.billing_address,
        note=order.note,
        gift_note=order.gift_note,
        promised_at=order.promised_at,
    )


def _line(line: OrderLine) -> PricedLine:
    return PricedLine(
        asked=line.position,
        product_id=line.product_id,
        sku=line.sku,
        name=line.name,
        bundle=line.bundle,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        total=line.total,
        tax_rate=line.tax_rate,
        tax=line.tax,
    )


def book_for(order: Order, draft: Draft, operations: Sequence[Operation]) -> Book:
    """What the shop says today about all that the operations name, where the goods would go."""
    country = draft.country
    for row in operations:
        if isinstance(row, SetAddress) and row.kind == "shipping":
            country = row.address.get("country", "")
    skus = {row.sku for row in operations if isinstance(row, AddLine | ReplaceLine)}
    catalogue = look(_asked(order, skus, country), order.channel)
    added = [part for offer in catalogue.offers.values() for part in (offer, *(row for row, _ in offer.components))]
    rates = {offer.product_id: offer.tax_rates for offer in added}
    return Book(catalogue, rates | (_rates(draft, country) if country != draft.country else {}), clock.now())


def _asked(order: Order, skus: set[str], country: str) -> OrderRequest:
    """As much of an order as looking up prices takes."""
    return OrderRequest(
        external_id="",
        currency=order.currency,
        email="",
        name="",
        phone="",
        shipping_address={"country": country},
        billing_address={},
        lines=tuple(LineRequest(sku, 1) for sku in skus),
        payment=PaymentRequest("card"),
    )


def _rates(draft: Draft, country: str) -> dict[int, Mapping[str, Decimal]]:
    """The tax rates there of the order's own products, sold still or not, by product id."""
    goods = Product.objects.filter(pk__in=[line.product_id for line in draft.lines])
    there = dict(TaxRate.objects.filter(country=country).values_list("tax_class_id", "rate"))
    rows = goods.values_list("pk", "tax_class_id", "tax_class__rate")
    return {pk: {"": rate, country: there.get(tax_class, rate)} for pk, tax_class, rate in rows}
