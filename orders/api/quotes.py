"""What an order would cost, without placing it."""

from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import clock
from inventory.supply import free_units
from orders.addresses import address_warnings
from orders.api.answers import moment, shown_line
from orders.api.drafts import QuoteRequestSerializer, quote_request
from orders.api.endpoint import Endpoint, refusing
from orders.api.requests import checked
from orders.api.schema import QuoteSerializer
from orders.api.wanted import check_amounts, check_credit
from orders.authentication import caller
from orders.balance import NOTHING
from orders.customers.credit import usable
from orders.models import Channel
from orders.money import plain
from orders.order_request import OrderRequest
from orders.placing import look
from orders.pricing import Catalogue, Priced, Terms, price
from orders.stages.place import promised_at


class QuotesView(Endpoint):
    """`/api/v1/quotes/`"""

    scopes: ClassVar = {"POST": ("orders:place", "orders:write")}

    @extend_schema(
        operation_id="quotes_make",
        summary="Price an order without placing it",
        description="Takes the body of an order, of which only `currency` and `lines` are needed. Nothing is stored "
        "and nothing is promised: `available` is what could be promised at the moment of asking.",
        request=QuoteRequestSerializer,
        responses={200: QuoteSerializer, **refusing(400, 413, 415, 422, 429)},
        tags=["orders"],
    )
    def post(self, request: Request) -> Response:
        """Prices, discounts, tax, shipping methods, address warnings."""
        given = checked(QuoteRequestSerializer, request.data)
        wanted = quote_request(given)
        who, channel = caller(request), caller(request).channel
        check_amounts(who, wanted)
        owner = check_credit(who, given)
        catalogue = look(wanted, channel)
        priced = price(wanted, catalogue, Terms(channel.currency, channel.prices_include_tax))
        credit = usable(owner, priced.total, channel.currency) if wanted.store_credit else NOTHING
        if wanted.store_credit and wanted.store_credit.amount is not None:
            credit = min(credit, wanted.store_credit.amount)
        return Response(_shown(wanted, catalogue, priced, channel) | _paid_by(credit, priced.total, channel.currency))


def _paid_by(credit: Decimal, total: Decimal, currency: str) -> dict[str, str]:
    return {"store_credit": plain(credit, currency), "to_pay": plain(total - credit, currency)}


def _shown(wanted: OrderRequest, catalogue: Catalogue, priced: Priced, channel: Channel) -> dict[str, Any]:
    currency, country = channel.currency, wanted.shipping_address.get("country", "")
    free = free_units({line.product_id for line in priced.lines}, channel=channel.code)
    methods = [method for method in catalogue.shipping.values() if method.reaches(country)]
    return {
        "currency": currency,
        "prices_include_tax": channel.prices_include_tax,
        "lines": [shown_line(line, currency) | {"available": free.get(line.product_id, 0)} for line in priced.lines],
        "items_total": plain(priced.items_total, currency),
        "discount_total": plain(priced.discount_total, currency),
        "shipping_method": wanted.shipping_method,
        "shipping_methods": [
            {
                "code": method.code,
                "name": method.name,
                "price": plain(method.costs(priced.items_total), currency),
                "days": method.days,
            }
            for method in methods
        ],
        "shipping_total": plain(priced.shipping_total, currency),
        "tax_total": plain(priced.tax_total, currency),
        "total": plain(priced.total, currency),
        "promised_at": moment(promised_at(wanted, priced, clock.now())),
        "warnings": address_warnings(wanted.shipping_address, wanted.billing_address) if country else [],
    }
