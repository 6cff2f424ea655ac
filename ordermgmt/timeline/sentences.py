"""The history of an order as people read it: one sentence per event."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.retelling import retold
from inventory.wording import Words, grouped
from ordermgmt.changes.phrases import CHANGE_SENTENCES
from ordermgmt.feedback.sentences import FEEDBACK_SENTENCES
from ordermgmt.handovers.sentences import HANDOVER_SENTENCES
from ordermgmt.packing.sentences import PACKING_SENTENCES
from ordermgmt.payments.sentences import PAYMENT_SENTENCES
from ordermgmt.phrases import counted, inside, of_program, titled
from ordermgmt.picking.sentences import PICKING_SENTENCES
from ordermgmt.returns.sentences import RETURN_SENTENCES
from ordermgmt.shipping.sentences import SHIPPING_SENTENCES
from orders.models import OrderEvent
from orders.money import shown

Data = Mapping[str, Any]
TYPED = {"note", "reason"}  # by a person, or by the program
SAID = TYPED | {"why", "description", "words"}
PAID_BY = {
    "card": gettext_lazy("card"),
    "invoice": gettext_lazy("invoice"),
    "transfer": gettext_lazy("bank transfer"),
    "cod": gettext_lazy("cash on delivery"),
    "credit": gettext_lazy("store credit"),
}


def sentence(event: OrderEvent, currency: str) -> str:
    """What happened; an event that is not known here is told by its name."""
    say = SENTENCES.get(event.name)
    return say(_told(event), currency) if say else titled(event.name.replace(".", " "))


def _told(event: OrderEvent) -> Data:
    """What the event says, with the program's own sentences in the reader's language; a code is no sentence."""
    kept = {name: str(event.data[name]) for name in SAID & event.data.keys()}
    said = {name: of_program(text, event.by) if name in TYPED else retold(text) for name, text in kept.items()}
    return {**event.data, **{name: text for name, text in said.items() if " " in kept[name]}}


def _money(data: Data, name: str, currency: str) -> str:
    return shown(Decimal(str(data.get(name, 0))), currency)


def _by(method: str) -> str:
    return str(PAID_BY.get(method, method))


def _placed(data: Data, currency: str) -> str:
    if "split_from" in data:
        return _("Placed as part of order {order}").format(order=data["split_from"])
    short = Decimal(str(data.get("authorised", 0))) < Decimal(str(data.get("total", 0)))
    paid = (
        _(", {what} by {payment}").format(what=_("to be paid") if short else _("paid"), payment=_by(data["payment"]))
        if data.get("payment")
        else ""
    )
    return _("Placed: {lines} for {total}{paid}").format(
        lines=counted(data.get("lines", 0), "line"), total=_money(data, "total", currency), paid=paid
    )


def _always(sentence: Words) -> Callable[[Data, str], str]:
    """The same sentence, whatever the event says."""

    def say(data: Data, currency: str) -> str:
        return str(sentence)

    return say


def _with(start: Words, name: str) -> Callable[[Data, str], str]:
    """A sentence that ends in what the event says under `name`, if it does."""

    def say(data: Data, currency: str) -> str:
        return f"{start}: {data[name]}" if data.get(name) else str(start)

    return say


def _why(start: Words) -> Callable[[Data, str], str]:
    """The decision's own sentence, which may already begin with the word we would put before it."""

    def say(data: Data, currency: str) -> str:
        said = str(data.get("why") or "")
        return said if said.startswith(str(start)) else f"{start}: {said}" if said else str(start)

    return say


def _shipment(words: Words) -> Callable[[Data, str], str]:
    def say(data: Data, currency: str) -> str:
        return _("Shipment {shipment} {what}").format(
            shipment=data.get("shipment", ""),
            what=str(words).format(warehouse=data.get("warehouse", _("the warehouse"))),
        )

    return say


def _picked(data: Data, currency: str) -> str:
    scans, lines = data.get("scanned", 0), data.get("lines", 0)
    how = (
        _("all scanned")
        if lines and scans == lines
        else _("none scanned")
        if not scans
        else _("{scans} scanned").format(scans=scans)
    )
    return _("Shipment {shipment} picked: {units}, {how}").format(
        shipment=data.get("shipment", ""), units=counted(data.get("units", 0), "unit"), how=how
    )


def _packed(data: Data, currency: str) -> str:
    parcels = data.get("parcels", [])
    weight = sum(parcel.get("weight_g", 0) for parcel in parcels) / 1000
    return _("Shipment {shipment} packed: {parcels}, {weight} kg").format(
        shipment=data.get("shipment", ""), parcels=counted(len(parcels), "parcel"), weight=grouped(weight, 2)
    )


def _shipped(data: Data, currency: str) -> str:
    numbers = ", ".join(data.get("tracking", []))
    cost = _(" for {cost}").format(cost=_money(data, "cost", data.get("currency", currency))) if "cost" in data else ""
    why = f". {data['why']}" if data.get("why") else ""
    return _("Shipment {shipment} handed to {carrier}{cost}: {numbers}{why}").format(
        shipment=data.get("shipment", ""),
        carrier=data.get("carrier", "the carrier"),
        cost=cost,
        numbers=numbers,
        why=why,
    )


def _held(data: Data, currency: str) -> str:
    return _("Held ({inside})").format(inside=inside(titled(str(data.get("reason", ""))))) + (
        f": {data['note']}" if data.get("note") else ""
    )


def _released(data: Data, currency: str) -> str:
    reason = inside(titled(str(data.get("reason", ""))))
    if not data.get("overrules"):
        return _("Hold released: {reason}").format(reason=reason)
    return _("Check overruled: {reason}").format(reason=reason) + (
        _(", the order goes on without its money") if reason == "payment" else ""
    )


def _seconded(data: Data, currency: str) -> str:
    return _("One of two agreed to release: {inside}").format(inside=inside(titled(str(data.get("reason", "")))))


def _shipment_held(data: Data, currency: str) -> str:
    return _("Shipment {shipment} held ({inside})").format(
        shipment=data.get("shipment", ""), inside=inside(titled(str(data.get("reason", ""))))
    )


def _shipment_released(data: Data, currency: str) -> str:
    return _("Shipment {shipment} let go: {inside}").format(
        shipment=data.get("shipment", ""), inside=inside(titled(str(data.get("reason", ""))))
    )


def _prioritised(data: Data, currency: str) -> str:
    return _("Priority {priority} instead of {before}").format(
        priority=data.get("priority", 0), before=data.get("before", 0)
    )


def _noted(data: Data, currency: str) -> str:
    return f"“{data.get('text', '')}”"


SENTENCES: dict[str, Callable[[Data, str], str]] = {
    **CHANGE_SENTENCES,
    **RETURN_SENTENCES,
    **FEEDBACK_SENTENCES,
    "order.placed": _placed,
    "order.received": _why(gettext_lazy("Received")),
    "order.held": _held,
    "order.released": _released,
    "order.release_seconded": _seconded,
    "order.reconsidered": _why(gettext_lazy("Asked again after a change")),
    "order.approved": _why(gettext_lazy("Approved")),
    "order.rejected": _why(gettext_lazy("Rejected")),
    "order.cancelled": _with(gettext_lazy("Cancelled"), "reason"),
    "order.noted": _noted,
    "order.prioritised": _prioritised,
    "order.sourced": _why(gettext_lazy("Sourced again")),
    "order.picked": _always(gettext_lazy("Picked: all of the order is gathered")),
    "order.packed": _always(gettext_lazy("Packed: all of the order is boxed")),
    "order.shipped": _always(gettext_lazy("Shipped: all of the order is with the carrier")),
    "order.delivered": _always(gettext_lazy("Delivered: all of the order has arrived")),
    "order.reassigned": _always(gettext_lazy("Two customers became one: the order is the other one's now")),
    "order.erased": _always(gettext_lazy("The customer was erased")),
    "shipment.held": _shipment_held,
    "shipment.released": _shipment_released,
    "shipment.created": _shipment(gettext_lazy("opened in {warehouse}")),
    **HANDOVER_SENTENCES,
    "shipment.picked": _picked,
    "shipment.packed": _packed,
    "shipment.shipped": _shipped,
    "shipment.delivered": _shipment(gettext_lazy("delivered")),
    "shipment.cancelled": _shipment(gettext_lazy("stopped in {warehouse}")),
    **PAYMENT_SENTENCES,
    **PICKING_SENTENCES,
    **SHIPPING_SENTENCES,
    **PACKING_SENTENCES,
}
