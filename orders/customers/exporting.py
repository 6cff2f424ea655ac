"""All that the order desk holds of a person, for the person: machine-readable, under the names of the tables."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from orders.customers.blocking import entries_of, marks_of
from orders.models import (
    ChangeSet,
    Customer,
    CustomerEvent,
    Decision,
    Hold,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Refund,
)

Rows = list[dict[str, Any]]
OF_ORDER = {
    "lines": OrderLine,
    "payments": Payment,
    "holds": Hold,
    "decisions": Decision,
    "changes": ChangeSet,
    "events": OrderEvent,
}


def export_data(customer_id: int) -> dict[str, Any]:
    """The person as plain JSON values: who they are, under which other addresses, and every order with all its rows.

    Amounts are strings, moments ISO 8601. Takes the same number of statements however many orders there are.
    """
    customer = Customer.objects.get(pk=customer_id)
    theirs = Customer.objects.filter(merged_into=customer)
    orders = list(Order.objects.filter(customer=customer).order_by("number"))
    blocked = entries_of(marks_of(customer, (place for row in orders for place in _places(row))))
    return plain_json(
        {
            "customer": Customer.objects.filter(pk=customer_id).values().get(),
            "other_addresses": list(theirs.values("email", "name", "phone", "created_at")),
            "history": list(CustomerEvent.objects.filter(customer=customer).values("name", "at", "data")),
            "blocked": [{"kind": row.kind, "value": row.value, "reason": row.reason, "at": row.at} for row in blocked],
            "orders": _orders([row.pk for row in orders]),
        }
    )


def plain_json(data: dict[str, Any]) -> dict[str, Any]:
    """What can be sent and stored: no Decimal, no datetime."""
    plain: dict[str, Any] = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return plain


def rows_by_order(rows: QuerySet[Any], name: str) -> defaultdict[int, Rows]:
    """All columns of these rows, by the order that the column `name` holds."""
    found: defaultdict[int, Rows] = defaultdict(list)
    for row in rows.order_by("pk").values():
        found[row[name]].append(row)
    return found


def _orders(order_ids: Iterable[int]) -> Rows:
    ids = list(order_ids)
    parts = {
        name: rows_by_order(model._default_manager.filter(order__in=ids), "order_id")
        for name, model in OF_ORDER.items()
    }
    payments = {row["id"]: row for rows in parts["payments"].values() for row in rows}
    for row in Refund.objects.filter(payment__in=payments).order_by("pk").values():
        payments[row["payment_id"]].setdefault("refunds", []).append(row)
    rows = Order.objects.filter(pk__in=ids).order_by("number").values()
    return [{**row, **{name: parts[name][row["id"]] for name in OF_ORDER}} for row in rows]


def _places(order: Order) -> tuple[dict[str, str], dict[str, str]]:
    return order.shipping_address, order.billing_address
