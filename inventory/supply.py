"""What can be promised now, of bundles too: a bundle is there as often as its scarcest part allows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from inventory.models import BundleComponent, Product


@dataclass(frozen=True)
class Part:
    """`each` units of one product that has stock of its own, in one unit of what is sold."""

    product_id: int
    sku: str
    name: str
    each: int = 1


def on_sale() -> QuerySet[Product]:
    """What is sold now: products that are active, and bundles all of whose parts are; as `orders_catalogue` has it."""
    retired = BundleComponent.objects.filter(bundle=OuterRef("pk"), component__active=False)
    return Product.objects.filter(~Exists(retired), active=True)


def parts_of(product_ids: Iterable[int]) -> dict[int, tuple[Part, ...]]:
    """The parts of those that are bundles, by product id, in one statement."""
    parts: dict[int, tuple[Part, ...]] = {}
    rows = BundleComponent.objects.filter(bundle__in=list(product_ids)).order_by("bundle_id", "id")
    columns = ("bundle_id", "component_id", "component__sku", "component__name", "quantity")
    for bundle_id, *part in rows.values_list(*columns):
        parts[bundle_id] = (*parts.get(bundle_id, ()), Part(*part))
    return parts


def available(goods: Mapping[int, Sequence[Part]], *, channel: str) -> dict[int, int]:
    """How many of each product, given its parts, `channel` could be promised now; each for itself, by product id."""
    free = free_units({part.product_id for parts in goods.values() for part in parts}, channel=channel)
    return {
        product_id: min(free.get(part.product_id, 0) // part.each for part in parts)
        for product_id, parts in goods.items()
    }


def free_units(product_ids: Iterable[int], *, channel: str) -> dict[int, int]:
    """What lies free or may be backordered for `channel`, over all warehouses, in one statement; no bundles."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT product_id, sum(free)::bigint FROM inventory_supply(%s::bigint[], %s) GROUP BY product_id",
            [list(product_ids), channel],
        )
        return dict(cursor.fetchall())
