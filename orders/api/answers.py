"""How an order looks from outside: plain functions, because they run for every request.

`orders/api/schema.py` describes the same shapes for the documentation; a test holds each answer against it.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import get_script_prefix, reverse

from orders import tokens
from orders.flow import State
from orders.models import Hold, Order, OrderLine, Payment
from orders.money import plain
from orders.placing import NewOrder
from orders.pricing import PricedLine
from orders.telling import moment as moment

# Shipments belong to a later app: here they are known by the names of their reverse relations only.
ROWS = (
    *("lines", "payments", "holds", "events", "shipments__warehouse", "shipments__lines"),
    *("shipments__parcels__label", "shipments__parcels__items"),
)
LEFT = (State.SHIPPED, State.DELIVERED)
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


def _is_for_the_shop(hold: Hold) -> bool:
    """Our errors, and what the policy found out about the customer."""
    return hold.reason == "exception" or hold.decision_id is not None


def shown_order(order: Order) -> dict[str, Any]:
    """The whole order, with all its rows."""
    prefetch_related_objects([order], *ROWS)
    holds = [
        {"reason": row.reason, "note": "" if _is_for_the_shop(row) else row.note, "since": moment(row.at)}
        for row in order.holds.all()
        if row.released_at is None
    ]
    return _whole(order, holds, list(order.shipments.all()))


def shown_new_order(new: NewOrder, currency: str) -> dict[str, Any]:
    """The same of an order that was placed in this transaction, from what was written: nothing is read again."""
    request, priced, at = new.request, new.priced, moment(new.placed_at)
    money = partial(plain, currency=currency)
    return {
        "number": new.ids.number,
        "external_id": request.external_id,
        "state": State.PLACED.value,
        "state_since": at,
        "placed_at": at,
        "currency": currency,
        "total": money(priced.total),
        "open_holds": 0,
        "promised_at": moment(new.promised_at),
        "expires_at": new.expires_at and moment(new.expires_at),
        "items_total": money(priced.items_total),
        "discount_total": money(priced.discount_total),
        "discounts": [{"title": row.title, "amount": money(row.amount)} for row in request.discounts],
        "shipping_method": request.shipping_method,
        "shipping_total": money(priced.shipping_total),
        "tax_total": money(priced.tax_total),
        "customer": {"email": request.email, "name": request.name, "phone": request.phone},
        "shipping_address": request.shipping_address,
        "billing_address": request.billing_address,
        "note": request.note,
        "gift_note": request.gift_note,
        "warnings": new.warnings,
        "lines": [{**shown_line(line, currency), "shipped": 0, "delivered": 0} for line in priced.lines],
        "payments": _payments(new, currency),
        "holds": [],
        "progress": {"shipments": 0, "shipped": 0, "delivered": 0},
        "shipments": [],
        "events": [{"seq": seq, "name": name, "at": at} for seq, name in enumerate(_happened(new), 1)],
        "links": links(new.ids.order_id, new.ids.number),
    }


def _payments(new: NewOrder, currency: str) -> list[dict[str, Any]]:
    """How it was said to be paid, and the store credit that was spent on it."""
    paid = new.request.payment
    rows = [(paid.method, new.authorised, paid.captured)]
    if new.credit:
        rows.append((Payment.Method.CREDIT.value, new.credit, new.credit))
    return [
        {
            "method": method,
            "authorised": plain(authorised, currency),
            "captured": plain(captured, currency),
            "refunded": plain(Decimal(0), currency),
        }
        for method, authorised, captured in rows
    ]


def _happened(new: NewOrder) -> list[str]:
    return [name for name, _ in new.events] + ["payment.captured"] * bool(new.credit)


def shown_line(line: OrderLine | PricedLine, currency: str) -> dict[str, Any]:
    """One product of an order, stored or only priced."""
    return {
        "sku": line.sku,
        "name": line.name,
        "bundle": line.bundle,
        "quantity": line.quantity,
        "unit_price": plain(line.unit_price, currency),
        "discount": plain(line.discount, currency),
        "tax_rate": f"{line.tax_rate.normalize():f}",
        "tax": plain(line.tax, currency),
        "total": plain(line.total, currency),
    }


def links(order_id: int, number: int) -> dict[str, str]:
    """Where the order can be asked for again, and the customer's pages."""
    return {"self": address(number), "survey": tokens.link(order_id, "survey")}


def shown_shipment(shipment: Any) -> dict[str, Any]:
    """One warehouse's part of an order, with its parcels."""
    return {
        "code": shipment.code,
        "warehouse": shipment.warehouse.code,
        "state": str(shipment.state),
        "state_since": moment(shipment.state_since),
        "parcels": [_parcel(row) for row in shipment.parcels.all()],
    }


def _shown_progress(states: list[str]) -> dict[str, int]:
    """How many of the shipments that were not stopped have left, and have arrived."""
    return {
        "shipments": len(states) - states.count(State.CANCELLED),
        "shipped": sum(state in LEFT for state in states),
        "delivered": states.count(State.DELIVERED),
    }


def _units(shipments: Iterable[Any], *states: State) -> Counter[int]:
    """Units by order line in the shipments that are in one of these states."""
    units = Counter[int]()
    for shipment in shipments:
        for row in shipment.lines.all() if shipment.state in states else ():
            units[row.order_line_id] += row.quantity
    return units


def _shown_lines(order: Order, shipments: list[Any]) -> list[dict[str, Any]]:
    shipped, delivered = _units(shipments, *LEFT), _units(shipments, State.DELIVERED)
    return [
        {**shown_line(line, order.currency), "shipped": shipped[line.pk], "delivered": delivered[line.pk]}
        for line in order.lines.all()
    ]


def _with_contents(shipment: Any, skus: dict[int, str]) -> dict[str, Any]:
    """A shipment of a whole order, where each parcel says what is in it."""
    sku_of = {row.pk: skus[row.order_line_id] for row in shipment.lines.all()}
    shown = shown_shipment(shipment)
    for told, parcel in zip(shown["parcels"], shipment.parcels.all(), strict=True):
        inside = parcel.items.all()
        told["items"] = [{"sku": sku_of[row.shipment_line_id], "quantity": row.quantity} for row in inside]
    return shown


def address(number: int) -> str:
    """Where the order of this number can be asked for again."""
    return f"{settings.BASE_URL}{_path_of_orders(get_script_prefix())}{number}/"


@cache
def _path_of_orders(prefix: str) -> str:
    """Below the `prefix` under which the shop is served."""
    return reverse("api:orders")


def _whole(order: Order, holds: Iterable[Any], shipments: list[Any]) -> dict[str, Any]:
    currency, customer = order.currency, order.customer
    skus = {line.pk: line.sku for line in order.lines.all()}
    return {
        **shown_row(order),
        "promised_at": moment(order.promised_at),
        "expires_at": order.expires_at and moment(order.expires_at),
        "items_total": plain(order.items_total, currency),
        "discount_total": plain(order.discount_total, currency),
        "discounts": [
            {"title": row["title"], "amount": plain(Decimal(row["amount"]), currency)} for row in order.discounts
        ],
        "shipping_method": order.shipping_method,
        "shipping_total": plain(order.shipping_total, currency),
        "tax_total": plain(order.tax_total, currency),
        "customer": {"email": customer.email, "name": customer.name, "phone": customer.phone},
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "note": order.note,
        "gift_note": order.gift_note,
        "warnings": order.warnings,
        "lines": _shown_lines(order, shipments),
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
        "progress": _shown_progress([row.state for row in shipments]),
        "shipments": [_with_contents(row, skus) for row in shipments],
        "events": [{"seq": row.seq, "name": row.name, "at": moment(row.at)} for row in order.events.all()],
        "links": links(order.pk, order.number),
    }


def _parcel(parcel: Any) -> dict[str, Any]:
    label = getattr(parcel, "label", None)
    return {
        "number": parcel.number,
        "status": parcel.status,
        "weight_g": parcel.weight_g,
        "carrier": label.carrier if label else None,
        "tracking_number": label.tracking_number if label else None,
    }
