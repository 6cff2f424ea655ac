"""How an order looks from outside: plain functions, because they run for every request.

`orders/api/schema.py` describes the same shapes for the documentation; a test holds each answer against it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse

from orders import tokens
from orders.models import Order
from orders.money import plain

# Shipments belong to a later app: here they are known by the names of their reverse relations only.
ROWS = ("lines", "payments", "holds", "events", "shipments__warehouse", "shipments__parcels__label")
ROWS_OF_A_NEW_ORDER = ("lines", "payments", "events")
COLUMNS_OF_A_ROW = (
    "number",
    "external_id",
    "state",
    "state_since",
    "placed_at",
    "currency",
    "total",
    "open_holds",
)


def shown_row(order: Order) -> dict[str, Any]:
    """The order as a row of a list; reads `COLUMNS_OF_A_ROW`."""
    return {
        "number": order.number,
        "external_id": order.external_id,
        "state": str(order.state),
        "state_since": moment(order.state_since),
        "placed_at": moment(order.placed_at),
        "currency": order.currency,
        "total": plain(order.total, order.currency),
        "open_holds": order.open_holds,
    }


def shown_order(order: Order) -> dict[str, Any]:
    """The whole order, with all its rows."""
    prefetch_related_objects([order], *ROWS)
    holds = [
        {"reason": row.reason, "note": "" if row.reason == "exception" else row.note, "since": moment(row.at)}
        for row in order.holds.all()
        if row.released_at is None
    ]
    return _whole(order, holds, [shown_shipment(row) for row in order.shipments.all()])


def shown_new_order(order: Order) -> dict[str, Any]:
    """The same of an order that was placed in this transaction: there are no holds and no shipments to look for."""
    prefetch_related_objects([order], *ROWS_OF_A_NEW_ORDER)
    return _whole(order, [], [])


def shown_shipment(shipment: Any) -> dict[str, Any]:
    """One warehouse's part of an order, with its parcels."""
    return {
        "code": shipment.code,
        "warehouse": shipment.warehouse.code,
        "state": str(shipment.state),
        "state_since": moment(shipment.state_since),
        "parcels": [_parcel(row) for row in shipment.parcels.all()],
    }


def address(order: Order) -> str:
    """Where the order can be asked for again."""
    return f"{settings.BASE_URL}{reverse('api:order', args=[order.number])}"


def moment(at: datetime) -> str:
    """ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _whole(order: Order, holds: Iterable[Any], shipments: Iterable[Any]) -> dict[str, Any]:
    currency, customer = order.currency, order.customer
    return {
        **shown_row(order),
        "promised_at": moment(order.promised_at),
        "items_total": plain(order.items_total, currency),
        "shipping_total": plain(order.shipping_total, currency),
        "tax_total": plain(order.tax_total, currency),
        "customer": {"email": customer.email, "name": customer.name, "phone": customer.phone},
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "note": order.note,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": plain(line.unit_price, currency),
                "total": plain(line.total, currency),
            }
            for line in order.lines.all()
        ],
        "payments": [
            {
                "method": row.method,
                "authorised": plain(row.authorised, currency),
                "captured": plain(row.captured, currency),
                "refunded": plain(row.refunded, currency),
            }
            for row in order.payments.all()
        ],
        "holds": list(holds),
        "shipments": list(shipments),
        "events": [{"seq": row.seq, "name": row.name, "at": moment(row.at)} for row in order.events.all()],
        "links": {"self": address(order), "survey": tokens.link(order.pk, "survey")},
    }


def _parcel(parcel: Any) -> dict[str, Any]:
    label = getattr(parcel, "label", None)
    return {
        "number": parcel.number,
        "status": parcel.status,
        "carrier": label.carrier if label else None,
        "tracking_number": label.tracking_number if label else None,
    }
