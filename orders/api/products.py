"""The catalogue over the API, with what can be promised now."""

from typing import Any, ClassVar

from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.models import Product, Stock
from orders.api.endpoint import Endpoint, refusing
from orders.api.pages import ProductPages
from orders.api.requests import ProductQuerySerializer, checked
from orders.api.schema import ProductPageSerializer
from orders.money import plain


def sold_products() -> QuerySet[Product]:
    """What is sold now, each with the units `available` to promise over all active warehouses."""
    stock = Stock.objects.filter(product=OuterRef("pk"), warehouse__active=True).order_by()
    free = stock.values("product").annotate(units=Sum(F("on_hand") + F("backorder_limit") - F("reserved")))
    return (
        Product.objects.select_related("tax_class")
        .filter(active=True)
        .annotate(available=Coalesce(Subquery(free.values("units"), output_field=IntegerField()), 0))
    )


class ProductsView(Endpoint):
    """`/api/v1/products/`"""

    scopes: ClassVar = {"GET": "products:read"}

    @extend_schema(
        operation_id="products_list",
        summary="List products",
        description="By SKU. `available` is exact at the moment of asking; placing an order decides again.",
        parameters=[ProductQuerySerializer],
        responses={200: ProductPageSerializer, **refusing(400)},
        tags=["products"],
    )
    def get(self, request: Request) -> Response:
        """A page of products."""
        query = checked(ProductQuerySerializer, request.query_params)
        products = sold_products()
        if "sku" in query:
            products = products.filter(sku__in=query["sku"])
        pages = ProductPages()
        rows = pages.paginate_queryset(products, request, view=self) or []
        return pages.get_paginated_response([_shown(row) for row in rows])


def _shown(product: Any) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "name": product.name,
        "price": plain(product.price, product.currency),
        "currency": product.currency,
        "tax_rate": f"{product.tax_class.rate.normalize():f}",
        "available": product.available,
    }
