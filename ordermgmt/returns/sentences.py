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


RETURN_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.returned": _returned,
    "claim.opened": _opened,
    "claim.settled": _settled,
    "claim.refused": _refused,
}
