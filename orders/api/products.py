"""The catalogue over the API, with what can be promised now."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.models import Product
from inventory.supply import Part, available, on_sale, parts_of
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import ProductPages
from orders.api.queries import ProductQuerySerializer
from orders.api.requests import checked
from orders.api.schema import ProductPageSerializer
from orders.authentication import caller
from orders.money import plain

AS_THEY_ARE = ("sku", "name", "currency", "barcode", "weight_g", "length_mm", "width_mm", "height_mm", "options")
ELSEWHERE = ("tax_class__code", "tax_class__rate", "family__code", "family__name")


class ProductsView(Endpoint):
    """`/api/v1/products/`"""

    scopes: ClassVar = {"GET": "products:read"}

    @extend_schema(
        operation_id="products_list",
        summary="List products",
        description="By SKU. `available` is what your channel could be promised at the moment of asking; placing an "
        "order, or a hold, decides again.",
        parameters=[ProductQuerySerializer],
        responses={200: ProductPageSerializer, **refusing(400, 429)},
        tags=["products"],
    )
    def get(self, request: Request) -> Response:
        """A page of products: three statements, however many there are."""
        products = found_by(checked(ProductQuerySerializer, request.query_params))
        pages = ProductPages()
        wanted: Any = products.values("pk", "price", *AS_THEY_ARE, *ELSEWHERE)
        rows: list[Any] = pages.paginate_queryset(wanted, request, view=self) or []
        bundles = parts_of(row["pk"] for row in rows)
        goods = {row["pk"]: bundles.get(row["pk"], (Part(row["pk"], row["sku"], row["name"]),)) for row in rows}
        free = available(goods, channel=caller(request).channel.code)
        return pages.get_paginated_response([_shown(row, bundles.get(row["pk"], ()), free[row["pk"]]) for row in rows])


def found_by(query: Mapping[str, Any]) -> QuerySet[Product]:
    """What is sold now and fits; every word of a search stands in the name, the SKU or the barcode."""
    products = on_sale()
    if "sku" in query:
        products = products.filter(sku__in=query["sku"])
    if "family" in query:
        products = products.filter(family__code=query["family"])
    for word in query.get("search", "").split():
        products = products.filter(Q(name__icontains=word) | Q(sku__icontains=word) | Q(barcode__contains=word))
    return products


def _shown(row: Mapping[str, Any], parts: Sequence[Part], free: int) -> dict[str, Any]:
    return {
        **{name: row[name] for name in AS_THEY_ARE},
        "price": plain(row["price"], row["currency"]),
        "tax_class": row["tax_class__code"],
        "tax_rate": f"{row['tax_class__rate'].normalize():f}",
        "family": row["family__code"],
        "family_name": row["family__name"],
        "components": [{"sku": part.sku, "quantity": part.each} for part in parts],
        "available": free,
    }
