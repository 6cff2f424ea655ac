"""The history of an order as people read it: one sentence per event, and the evidence behind a decision as a table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from ordermgmt.changes.phrases import CHANGE_SENTENCES
from ordermgmt.feedback.sentences import FEEDBACK_SENTENCES
from ordermgmt.handovers.sentences import HANDOVER_SENTENCES
from ordermgmt.packing.sentences import PACKING_SENTENCES
from ordermgmt.payments.sentences import PAYMENT_SENTENCES
from ordermgmt.phrases import counted, day, titled, who
from ordermgmt.picking.sentences import PICKING_SENTENCES, without_each_scan
from ordermgmt.returns.sentences import RETURN_SENTENCES
from ordermgmt.shipping.sentences import SHIPPING_SENTENCES
from ordermgmt.sourcing_card import way_row
from orders.flow import State
from orders.models import OrderEvent
from orders.money import shown

Data = Mapping[str, Any]
Row = tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Evidence: rows under a head, named by a caption."""

    caption: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Entry:
    """One event. `milestone` marks those that moved the order itself; `tone` colours trouble."""

    at: datetime
    sentence: str
    by: str
    milestone: bool
    tone: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Day:
    """The entries of one day in the shop's zone, newest first."""

    name: str
    entries: tuple[Entry, ...]


MILESTONES = frozenset(f"order.{state.value}" for state in State) | {"order.held"}
TONES = {
    "order.held": "warn",
    "order.rejected": "bad",
    "order.cancelled": "bad",
    "order.returned": "warn",
    "claim.opened": "warn",
}


def timeline(events: Iterable[OrderEvent], currency: str) -> tuple[Day, ...]:
    """Newest first, day by day."""
    told = without_each_scan(sorted(events, key=lambda event: event.seq))
    entries = [entry(event, currency) for event in reversed(told)]
    return tuple(Day(name, tuple(group)) for name, group in groupby(entries, key=lambda entry: day(entry.at)))


def entry(event: OrderEvent, currency: str) -> Entry:
    """One event for people; an event this page does not know is told by its name."""
    say = SENTENCES.get(event.name)
    prove = PROOFS.get(event.name)
    return Entry(
        at=event.at,
        sentence=say(event.data, currency) if say else titled(event.name.replace(".", " ")),
        by=who(event.by),
        milestone=event.name in MILESTONES,
        tone=TONES.get(event.name, ""),
        proofs=tuple(proof for proof in prove(event.data, currency) if proof.rows) if prove else (),
    )


def _money(data: Data, name: str, currency: str) -> str:
    return shown(Decimal(str(data.get(name, 0))), currency)


def _placed(data: Data, currency: str) -> str:
    short = Decimal(str(data.get("authorised", 0))) < Decimal(str(data.get("total", 0)))
    paid = f", {'to be paid' if short else 'paid'} by {data['payment']}" if data.get("payment") else ""
    return f"Placed: {counted(data.get('lines', 0), 'line')} for {_money(data, 'total', currency)}{paid}"


def _always(sentence: str) -> Callable[[Data, str], str]:
    """The same sentence, whatever the event says."""

    def say(data: Data, currency: str) -> str:
        return sentence

    return say


def _with(start: str, name: str) -> Callable[[Data, str], str]:
    """A sentence that ends in what the event says under `name`, if it does."""

    def say(data: Data, currency: str) -> str:
        return f"{start}: {data[name]}" if data.get(name) else start

    return say


def _why(start: str) -> Callable[[Data, str], str]:
    """The decision's own sentence, which may already begin with the word we would put before it."""

    def say(data: Data, currency: str) -> str:
        said = str(data.get("why") or "")
        return said if said.startswith(start) else f"{start}: {said}" if said else start

    return say


def _shipment(words: str) -> Callable[[Data, str], str]:
    def say(data: Data, currency: str) -> str:
        return f"Shipment {data.get('shipment', '')} {words.format(warehouse=data.get('warehouse', 'the warehouse'))}"

    return say


def _picked(data: Data, currency: str) -> str:
    scans, lines = data.get("scanned", 0), data.get("lines", 0)
    how = "all scanned" if lines and scans == lines else "none scanned" if not scans else f"{scans} scanned"
    return f"Shipment {data.get('shipment', '')} picked: {counted(data.get('units', 0), 'unit')}, {how}"


def _packed(data: Data, currency: str) -> str:
    parcels = data.get("parcels", [])
    weight = sum(parcel.get("weight_g", 0) for parcel in parcels) / 1000
    return f"Shipment {data.get('shipment', '')} packed: {counted(len(parcels), 'parcel')}, {weight:.2f} kg"


def _shipped(data: Data, currency: str) -> str:
    numbers = ", ".join(data.get("tracking", []))
    cost = f" for {_money(data, 'cost', data.get('currency', currency))}" if "cost" in data else ""
    why = f". {data['why']}" if data.get("why") else ""
    return f"Shipment {data.get('shipment', '')} handed to {data.get('carrier', 'the carrier')}{cost}: {numbers}{why}"


def _held(data: Data, currency: str) -> str:
    return f"Held ({titled(str(data.get('reason', ''))).lower()})" + (f": {data['note']}" if data.get("note") else "")


def _released(data: Data, currency: str) -> str:
    reason = titled(str(data.get("reason", ""))).lower()
    if not data.get("overrules"):
        return f"Hold released: {reason}"
    return f"Check overruled: {reason}" + (", the order goes on without its money" if reason == "payment" else "")


def _seconded(data: Data, currency: str) -> str:
    return f"One of two agreed to release: {titled(str(data.get('reason', ''))).lower()}"


def _shipment_held(data: Data, currency: str) -> str:
    return f"Shipment {data.get('shipment', '')} held ({titled(str(data.get('reason', ''))).lower()})"


def _shipment_released(data: Data, currency: str) -> str:
    return f"Shipment {data.get('shipment', '')} let go: {titled(str(data.get('reason', ''))).lower()}"


def _prioritised(data: Data, currency: str) -> str:
    return f"Priority {data.get('priority', 0)} instead of {data.get('before', 0)}"


def _noted(data: Data, currency: str) -> str:
    return f"“{data.get('text', '')}”"


SENTENCES: dict[str, Callable[[Data, str], str]] = {
    **CHANGE_SENTENCES,
    **RETURN_SENTENCES,
    **FEEDBACK_SENTENCES,
    "order.placed": _placed,
    "order.received": _why("Received"),
    "order.held": _held,
    "order.released": _released,
    "order.release_seconded": _seconded,
    "order.reconsidered": _why("Asked again after a change"),
    "order.approved": _why("Approved"),
    "order.rejected": _why("Rejected"),
    "order.cancelled": _with("Cancelled", "reason"),
    "order.noted": _noted,
    "order.prioritised": _prioritised,
    "order.sourced": _why("Sourced again"),
    "order.picked": _always("Picked: all of the order is gathered"),
    "order.packed": _always("Packed: all of the order is boxed"),
    "order.shipped": _always("Shipped: all of the order is with the carrier"),
    "order.delivered": _always("Delivered: all of the order has arrived"),
    "order.reassigned": _always("Two customers became one: the order is the other one's now"),
    "order.erased": _always("The customer was erased"),
    "shipment.held": _shipment_held,
    "shipment.released": _shipment_released,
    "shipment.created": _shipment("opened in {warehouse}"),
    **HANDOVER_SENTENCES,
    "shipment.picked": _picked,
    "shipment.packed": _packed,
    "shipment.shipped": _shipped,
    "shipment.delivered": _shipment("delivered"),
    "shipment.cancelled": _shipment("stopped in {warehouse}"),
    **PAYMENT_SENTENCES,
    **PICKING_SENTENCES,
    **SHIPPING_SENTENCES,
    **PACKING_SENTENCES,
}


def _sourcing(data: Data, currency: str) -> list[Proof]:
    ways = tuple(
        (way.warehouses, "Taken" if way.is_taken else way.why_not) for way in map(way_row, data.get("candidates", []))
    )
    sources = tuple(
        (str(row.get("sku")), str(row.get("warehouse")), str(row.get("quantity"))) for row in data.get("sources", [])
    )
    return [
        Proof("Who could send it", ("From", "Why not"), ways),
        Proof("Who sends what", ("SKU", "Warehouse", "Units"), sources),
    ]


def _result(check: Mapping[str, Any]) -> str:
    if check.get("passed"):
        return "passed"
    spoken = "overruled" if check.get("overruled") else "trusted" if check.get("skipped") else ""
    return f"failed ({spoken or check.get('outcome', 'hold')})"


def _checks(data: Data, currency: str) -> list[Proof]:
    rows = tuple(
        (
            titled(str(row.get("name"))),
            str(row.get("value", "")),
            str(row.get("threshold", "")),
            _result(row),
        )
        for row in data.get("checks", [])
    )
    return [Proof("Checks", ("Check", "Found", "Wanted", "Result"), rows)]


def _boxes(data: Data, currency: str) -> list[Proof]:
    rows = tuple((str(row.get("carton")), f"{row.get('weight_g', 0):,} g") for row in data.get("parcels", []))
    return [Proof("Parcels", ("Carton", "Weight"), rows)]


def _runners_up(data: Data, currency: str) -> list[Proof]:
    paid_in = data.get("currency", currency)
    rows = tuple((titled(str(row.get("service"))), _money(row, "price", paid_in)) for row in data.get("runner_up", []))
    return [Proof("Best of the other rates", ("Service", "Price"), rows)]


def _units_back(data: Data, currency: str) -> list[Proof]:
    rows = tuple((str(row.get("sku")), str(row.get("quantity"))) for row in data.get("lines", []))
    return [Proof("What came back", ("SKU", "Units"), rows)]


PROOFS: dict[str, Callable[[Data, str], list[Proof]]] = {
    "order.received": _sourcing,
    "order.sourced": _sourcing,
    "order.approved": _checks,
    "order.rejected": _checks,
    "shipment.packed": _boxes,
    "shipment.shipped": _runners_up,
    "order.returned": _units_back,
}
