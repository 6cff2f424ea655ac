"""What became of labels and parcels, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.money import shown

Data = Mapping[str, Any]


def _where(data: Data) -> str:
    return _("Parcel {parcel} of {shipment}").format(parcel=data.get("parcel", ""), shipment=data.get("shipment", ""))


def _moved(data: Data, currency: str) -> str:
    return f"{_where(data)}: {data.get('description') or data.get('status')}"


def _labelled(data: Data, currency: str) -> str:
    cost = shown(Decimal(str(data.get("cost", 0))), str(data.get("currency", currency)))
    return _("{where}: {carrier} label {tracking} for {cost}. {why}").format(
        where=_where(data),
        carrier=data.get("carrier"),
        tracking=data.get("tracking"),
        cost=cost,
        why=data.get("why", ""),
    )


def _handed_over(data: Data, currency: str) -> str:
    return _("{where} was handed to {carrier} on manifest {manifest}").format(
        where=_where(data), carrier=data.get("carrier"), manifest=data.get("manifest")
    )


def _voided(data: Data, currency: str) -> str:
    return _("{where}: label {tracking} given back, {reason}").format(
        where=_where(data), tracking=data.get("tracking"), reason=data.get("reason", "")
    )


def _delayed(data: Data, currency: str) -> str:
    return _("{where} is late: the carrier had said {expected_at}").format(
        where=_where(data), expected_at=str(data.get("expected_at", ""))[:10]
    )


def _silent(data: Data, currency: str) -> str:
    return _("{where}: no news from the carrier since {heard_at}").format(
        where=_where(data), heard_at=str(data.get("heard_at", ""))[:10]
    )


def _settled(data: Data, currency: str) -> str:
    return _("{where} was seen to: {how}").format(where=_where(data), how=data.get("how", ""))


def _confirmed(data: Data, currency: str) -> str:
    if data.get("complete"):
        return _("The customer says that everything arrived")
    counts = [f"{data[name]} {name}" for name in ("short", "over", "damaged") if data.get(name)]
    return _("The customer says what arrived: {counts}").format(counts=", ".join(counts))


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
