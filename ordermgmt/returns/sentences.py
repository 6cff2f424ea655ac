"""What the timeline says of returns and claims."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words
from ordermgmt.phrases import counted, inside, titled
from orders.money import shown

Data = Mapping[str, Any]
KINDS = {
    "missing": "missing",
    "wrong": gettext_lazy("the wrong item"),
    "damaged": "damaged",
    "lost": gettext_lazy("lost on the way"),
}
SAYS = {
    "customer": gettext_lazy("The customer says"),
    "staff": gettext_lazy("Claim"),
    "carrier": gettext_lazy("The carrier says"),
}


def _units(data: Data) -> int:
    return sum(line.get("quantity", 0) for line in data.get("lines", []))


def _returned(data: Data, currency: str) -> str:
    return _("{units} came back: {inside}").format(
        units=counted(_units(data), "unit"), inside=inside(titled(str(data.get("reason", ""))))
    )


def _opened(data: Data, currency: str) -> str:
    whose = _(", claimed from the carrier") if data.get("against") == "carrier" else ""
    what = ", ".join(f"{line.get('quantity')} × {line.get('sku')}" for line in data.get("lines", []))
    return f"{SAYS.get(str(data.get('opened_by')), 'Claim')}: {what} {KINDS.get(str(data.get('kind')), '')}{whose}"


def _settled(data: Data, currency: str) -> str:
    outcome = data.get("outcome")
    if outcome == "refund" and "refund" not in data:
        return _("Claim settled: the customer was credited")
    if outcome == "refund":
        return _("Claim settled: {decimal} credited").format(
            decimal=shown(Decimal(str(data.get("refund", 0))), currency)
        )
    if outcome == "reship":
        return _("Claim settled: sent again as order {reshipment}").format(reshipment=data.get("reshipment", ""))
    return _("Claim settled: the carrier paid") if outcome == "carrier_paid" else _("Claim closed: nothing was owed")


def _refused(data: Data, currency: str) -> str:
    return _("Claim refused")


def _of_return(words: Words) -> Callable[[Data, str], str]:
    """A sentence about a return, with what its event says."""

    def say(data: Data, currency: str) -> str:
        names = ("rma", "carrier", "tracking", "exchange", "sku", "grade", "reshipment")
        told = {name: data.get(name, "") for name in names}
        return str(words).format(**told, units=counted(_units(data), "unit"), goes=_goes(data))

    return say


def _goes(data: Data) -> str:
    return inside(titled(str(data.get("disposition", ""))))


def _received(data: Data, currency: str) -> str:
    missing = (
        _(", {missing} of what was announced missing").format(missing=data["missing"]) if data.get("missing") else ""
    )
    return _("Return {rma} received: {units}{missing}").format(
        rma=data.get("rma", ""), units=counted(_units(data), "unit"), missing=missing
    )


def _settled_return(data: Data, currency: str) -> str:
    return _("Return {rma} settled").format(rma=data.get("rma", "")) + (
        _(" by order {exchange}").format(exchange=data["exchange"]) if data.get("exchange") else ""
    )


def _credit(data: Data, currency: str) -> str:
    return _("{decimal} of store credit given").format(decimal=shown(Decimal(str(data.get("amount", 0))), currency))


RETURN_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.returned": _returned,
    "return.requested": _of_return(gettext_lazy("Return {rma} announced: {units}")),
    "return.approved": _of_return(gettext_lazy("Return {rma} approved")),
    "return.declined": _of_return(gettext_lazy("Return {rma} declined")),
    "return.labelled": _of_return(gettext_lazy("Label for return {rma}: {carrier} {tracking}")),
    "return.in_transit": _of_return(gettext_lazy("The customer has sent return {rma}")),
    "return.received": _received,
    "return.unit_inspected": _of_return(gettext_lazy("{sku} of return {rma}: grade {grade}, {goes}")),
    "return.inspected": _of_return(gettext_lazy("Return {rma} inspected")),
    "return.settled": _settled_return,
    "return.arrived": _of_return(gettext_lazy("Return {rma} has arrived and waits to be taken in")),
    "return.lost": _of_return(gettext_lazy("Return {rma} was lost on its way back")),
    "return.sent_back": _of_return(
        gettext_lazy("Nobody could be given the parcel: it is back as return {rma}, {units}")
    ),
    "return.sent_again": _of_return(gettext_lazy("The parcel of return {rma} is sent again as order {reshipment}")),
    "return.cancelled": _of_return(gettext_lazy("Return {rma} called off")),
    "credit.given": _credit,
    "claim.opened": _opened,
    "claim.settled": _settled,
    "claim.refused": _refused,
}
