"""Products to add to an order, and orders it could take in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from inventory.models import Product
from inventory.supply import Part, available, on_sale, parts_of
from orders.flow import GOODS_HERE
from orders.models import Order

MOST = 8


@dataclass(frozen=True)
class Found:
    """A product that could be added, and how many units the channel could be promised now."""

    product: Product
    free: int


def found_by(words: str, order: Order) -> list[Found]:
    """Products that are sold in the order's currency; every word stands in the name, the SKU or the barcode."""
    products = on_sale().filter(currency=order.currency)
    for word in words.split():
        products = products.filter(Q(name__icontains=word) | Q(sku__icontains=word) | Q(barcode__startswith=word))
    return with_supply(list(products.order_by("sku")[:MOST]), order) if words.strip() else []


def with_supply(products: Sequence[Product], order: Order) -> list[Found]:
    """The same products with what is free of them, in two statements."""
    parts = parts_of(product.pk for product in products)
    goods = {product.pk: parts.get(product.pk, (Part(product.pk, product.sku, product.name),)) for product in products}
    free = available(goods, channel=order.channel.code)
    return [Found(product, max(0, free[product.pk])) for product in products]


def others_of(order: Order) -> list[Order]:
    """Orders that go to the same person and place and whose goods are still here, newest first."""
    same = Order.objects.filter(
        customer=order.customer_id,
        channel=order.channel_id,
        currency=order.currency,
        shipping_address=order.shipping_address,
        state__in=GOODS_HERE,
    )
    return list(same.exclude(pk=order.pk).order_by("-number")[:20])
