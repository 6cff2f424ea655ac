"""What happened to a hand-over, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import HandOver
from inventory.wording import Words
from ordermgmt.phrases import inside

Data = Mapping[str, Any]
REASONS: dict[str, Words] = dict(HandOver.Reason.choices)


def _told(words: Words) -> Callable[[Data, str], str]:
    def sentence(data: Data, currency: str) -> str:
        return _("Shipment {shipment} {what}").format(shipment=data["shipment"], what=str(words).format(**data))

    return sentence


def _accepted(data: Data, currency: str) -> str:
    if data.get("refused"):
        said = _("Shipment {shipment}: {warehouse} cannot stop it any more").format(
            shipment=data["shipment"], warehouse=data["warehouse"]
        )
        return f"{said}. {data['words']}" if data.get("words") else said
    return _("Shipment {shipment} accepted by {warehouse}").format(
        shipment=data["shipment"], warehouse=data["warehouse"]
    )


def _rejected(data: Data, currency: str) -> str:
    why = REASONS.get(data.get("reason", ""), _("for a reason of theirs"))
    said = f": {data['words']}" if data.get("words") else ""
    return _("Shipment {shipment} rejected by {warehouse} ({why}){said}").format(
        shipment=data["shipment"], warehouse=data["warehouse"], why=inside(str(why)), said=said
    )


def _elsewhere(data: Data, currency: str) -> str:
    sent = ", ".join(
        _("{units} × {sku} from {warehouse}").format(units=row["units"], sku=row["sku"], warehouse=row["warehouse"])
        for row in data.get("sources", [])
    )
    return _("Shipment {shipment} is sent from elsewhere instead: {sent}").format(shipment=data["shipment"], sent=sent)


HANDOVER_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "shipment.handed_over": _told(gettext_lazy("handed over to {warehouse}")),
    "handover.requested": _told(gettext_lazy("handed over to {warehouse}")),
    "handover.accepted": _accepted,
    "handover.rejected": _rejected,
    "handover.cancel_requested": _told(gettext_lazy("is to be stopped: {warehouse} was asked")),
    "handover.cancelled": _told(gettext_lazy("is not sent by {warehouse}")),
    "handover.confirmed": _told(gettext_lazy("confirmed by {warehouse}")),
    "handover.sent_elsewhere": _elsewhere,
}
