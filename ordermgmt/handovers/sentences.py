"""What happened to a hand-over, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from fulfillment.models import HandOver

Data = Mapping[str, Any]
REASONS: dict[str, str] = dict(HandOver.Reason.choices)


def _told(words: str) -> Callable[[Data, str], str]:
    def sentence(data: Data, currency: str) -> str:
        return f"Shipment {data['shipment']} {words.format(**data)}"

    return sentence


def _accepted(data: Data, currency: str) -> str:
    if data.get("refused"):
        said = f"Shipment {data['shipment']}: {data['warehouse']} cannot stop it any more"
        return f"{said}. {data['words']}" if data.get("words") else said
    return f"Shipment {data['shipment']} accepted by {data['warehouse']}"


def _rejected(data: Data, currency: str) -> str:
    why = REASONS.get(data.get("reason", ""), "for a reason of theirs")
    said = f": {data['words']}" if data.get("words") else ""
    return f"Shipment {data['shipment']} rejected by {data['warehouse']} ({why.lower()}){said}"


def _elsewhere(data: Data, currency: str) -> str:
    sent = ", ".join(f"{row['units']} × {row['sku']} from {row['warehouse']}" for row in data.get("sources", []))
    return f"Shipment {data['shipment']} is sent from elsewhere instead: {sent}"


HANDOVER_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "shipment.handed_over": _told("handed over to {warehouse}"),
    "handover.requested": _told("handed over to {warehouse}"),
    "handover.accepted": _accepted,
    "handover.rejected": _rejected,
    "handover.cancel_requested": _told("is to be stopped: {warehouse} was asked"),
    "handover.cancelled": _told("is not sent by {warehouse}"),
    "handover.confirmed": _told("confirmed by {warehouse}"),
    "handover.sent_elsewhere": _elsewhere,
}
