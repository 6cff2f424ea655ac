"""What the timeline says of returns and claims."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ordermgmt.phrases import counted, titled
from orders.money import shown

Data = Mapping[str, Any]
KINDS = {"missing": "missing", "wrong": "the wrong item", "damaged": "damaged", "lost": "lost on the way"}
SAYS = {"customer": "The customer says", "staff": "Claim", "carrier": "The carrier says"}


def _units(data: Data) -> int:
    return sum(line.get("quantity", 0) for line in data.get("lines", []))


def _returned(data: Data, currency: str) -> str:
    return f"{counted(_units(data), 'unit')} came back: {titled(str(data.get('reason', ''))).lower()}"


def _opened(data: Data, currency: str) -> str:
    whose = ", claimed from the carrier" if data.get("against") == "carrier" else ""
    what = ", ".join(f"{line.get('quantity')} × {line.get('sku')}" for line in data.get("lines", []))
    return f"{SAYS.get(str(data.get('opened_by')), 'Claim')}: {what} {KINDS.get(str(data.get('kind')), '')}{whose}"


def _settled(data: Data, currency: str) -> str:
    outcome = data.get("outcome")
    if outcome == "refund":
        return f"Claim settled: {shown(Decimal(str(data.get('refund', 0))), currency)} credited"
    if outcome == "reship":
        return f"Claim settled: sent again as order {data.get('reshipment', '')}"
    return "Claim settled: the carrier paid" if outcome == "carrier_paid" else "Claim closed: nothing was owed"


def _refused(data: Data, currency: str) -> str:
    return "Claim refused"


def _of_return(words: str) -> Callable[[Data, str], str]:
    """A sentence about a return, with what its event says."""

    def say(data: Data, currency: str) -> str:
        told = {name: data.get(name, "") for name in ("rma", "carrier", "tracking", "exchange", "sku", "grade")}
        return words.format(**told, units=counted(_units(data), "unit"), goes=_goes(data))

    return say


def _goes(data: Data) -> str:
    return titled(str(data.get("disposition", ""))).lower()


def _received(data: Data, currency: str) -> str:
    missing = f", {data['missing']} of what was announced missing" if data.get("missing") else ""
    return f"Return {data.get('rma', '')} received: {counted(_units(data), 'unit')}{missing}"


def _settled_return(data: Data, currency: str) -> str:
    return f"Return {data.get('rma', '')} settled" + (f" by order {data['exchange']}" if data.get("exchange") else "")


def _credit(data: Data, currency: str) -> str:
    return f"{shown(Decimal(str(data.get('amount', 0))), currency)} of store credit given"


RETURN_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.returned": _returned,
    "return.requested": _of_return("Return {rma} announced: {units}"),
    "return.approved": _of_return("Return {rma} approved"),
    "return.declined": _of_return("Return {rma} declined"),
    "return.labelled": _of_return("Label for return {rma}: {carrier} {tracking}"),
    "return.in_transit": _of_return("The customer has sent return {rma}"),
    "return.received": _received,
    "return.unit_inspected": _of_return("{sku} of return {rma}: grade {grade}, {goes}"),
    "return.inspected": _of_return("Return {rma} inspected"),
    "return.settled": _settled_return,
    "return.arrived": _of_return("Return {rma} has arrived and waits to be taken in"),
    "return.lost": _of_return("Return {rma} was lost on its way back"),
    "return.sent_back": _of_return("Nobody could be given the parcel: it is back as return {rma}, {units}"),
    "return.cancelled": _of_return("Return {rma} called off"),
    "credit.given": _credit,
    "claim.opened": _opened,
    "claim.settled": _settled,
    "claim.refused": _refused,
}
