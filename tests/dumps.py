"""All that the database holds of an order, so that a test can say that nothing has changed."""

from typing import Any

from django.core import serializers
from django.db.models import Model, QuerySet

from fulfillment.models import Label, Parcel, ParcelItem, PickList, PickTask, Shipment, ShipmentLine
from inventory.models import LostPromise, Reservation, Stock
from orders.models import (
    Allocation,
    ChangeSet,
    Decision,
    Hold,
    Order,
    OrderEvent,
    OrderLine,
    Payment,
    Refund,
    Transaction,
)

ROWS: tuple[type[Model], ...] = (
    *(Order, OrderLine, Allocation, OrderEvent, Hold, Decision, ChangeSet, Payment, Refund, Transaction),
    *(Shipment, ShipmentLine, PickList, PickTask, Parcel, ParcelItem, Label),
    *(Stock, Reservation, LostPromise),
)


def dump() -> dict[str, Any]:
    """Every row of every table that an order touches, by table."""
    return {table.__name__: _rows(table._default_manager.order_by("pk")) for table in ROWS}


def _rows(rows: "QuerySet[Any]") -> list[Any]:
    return serializers.serialize("python", rows)
