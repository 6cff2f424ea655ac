"""What became of labels and parcels, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from orders.money import shown

Data = Mapping[str, Any]


def _where(data: Data) -> str:
    return f"Parcel {data.get('parcel', '')} of {data.get('shipment', '')}"


def _moved(data: Data, currency: str) -> str:
    return f"{_where(data)}: {data.get('description') or data.get('status')}"


def _labelled(data: Data, currency: str) -> str:
    cost = shown(Decimal(str(data.get("cost", 0))), str(data.get("currency", currency)))
    return f"{_where(data)}: {data.get('carrier')} label {data.get('tracking')} for {cost}. {data.get('why', '')}"


def _handed_over(data: Data, currency: str) -> str:
    return f"{_where(data)} was handed to {data.get('carrier')} on manifest {data.get('manifest')}"


def _voided(data: Data, currency: str) -> str:
    return f"{_where(data)}: label {data.get('tracking')} given back, {data.get('reason', '')}"


def _delayed(data: Data, currency: str) -> str:
    return f"{_where(data)} is late: the carrier had said {str(data.get('expected_at', ''))[:10]}"


def _silent(data: Data, currency: str) -> str:
    return f"{_where(data)}: no news from the carrier since {str(data.get('heard_at', ''))[:10]}"


def _settled(data: Data, currency: str) -> str:
    return f"{_where(data)} was seen to: {data.get('how', '')}"


def _confirmed(data: Data, currency: str) -> str:
    if data.get("complete"):
        return "The customer says that everything arrived"
    counts = [f"{data[name]} {name}" for name in ("short", "over", "damaged") if data.get(name)]
    return f"The customer says what arrived: {', '.join(counts)}"


MOVES = (
    *("moved", "in_transit", "out_for_delivery", "delivery_failed", "returning", "lost"),
    *("returned_to_sender", "delivered"),
)
SHIPPING_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    **{f"parcel.{name}": _moved for name in MOVES},
    "parcel.labelled": _labelled,
    "label.voided": _voided,
    "parcel.handed_over": _handed_over,
    "parcel.delayed": _delayed,
    "parcel.silent": _silent,
    "parcel.settled": _settled,
    "delivery.confirmed": _confirmed,
}
