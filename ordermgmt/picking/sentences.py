"""What happened at the pick station, as the order's timeline tells it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ordermgmt.phrases import counted, titled
from orders.models import OrderEvent

Data = Mapping[str, Any]
SCANNED = "pick.scanned"
SCANS = (SCANNED, "pack.scanned")


def _units(data: Data) -> str:
    return f"{data.get('units', 0)} × {data['sku']}" if data.get("sku") else counted(data.get("units", 0), "unit")


def _scanned(data: Data, currency: str) -> str:
    if data.get("lines"):
        return f"Scanned at the shelf: {counted(data['units'], 'unit')} of {counted(data['lines'], 'line')}"
    return f"Scanned at the shelf: {_units(data)}" + (f" from {data['bin']}" if data.get("bin") else "")


def _mismatched(data: Data, currency: str) -> str:
    verdict = titled(str(data.get("verdict", ""))).lower()
    return f"Scan refused ({verdict}): {data.get('code') or 'nothing'} instead of {data.get('sku')}"


def _unscanned(data: Data, currency: str) -> str:
    return f"Confirmed without a scan: {_units(data)}"


def _short(data: Data, currency: str) -> str:
    said = (
        f"Short pick: {_units(data)} {titled(str(data.get('reason', ''))).lower()} in {data.get('bin') or 'the shelf'}"
    )
    counts = "nobody counted" if data.get("counted") is None else f"{data['counted']} left there"
    bins = "".join(f"; {row['units']} taken from {row['bin'] or 'the shelf'} instead" for row in data.get("bins", []))
    sent = "".join(f"; {row['units']} sent from {row['warehouse']} instead" for row in data.get("sources", []))
    waits = f"; {data['awaited']} waited for" if data.get("awaited") else ""
    return f"{said} ({counts}){bins}{sent}{waits}"


def _corrected(data: Data, currency: str) -> str:
    how = "exchanged" if data.get("late") else "taken out of the tote again"
    return f"Picked wrongly ({titled(str(data.get('reason', ''))).lower()}): {_units(data)} {how}"


PICKING_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    SCANNED: _scanned,
    "pick.mismatched": _mismatched,
    "pick.unscanned": _unscanned,
    "pick.short": _short,
    "pick.corrected": _corrected,
}


def _about(event: OrderEvent) -> tuple[str, object]:
    return event.name, event.data.get("shipment")


def without_each_scan(events: Iterable[OrderEvent]) -> list[OrderEvent]:
    """Right scans of one shipment that follow each other become one entry, so that the timeline stays readable."""
    told: list[OrderEvent] = []
    for event in events:
        last = told[-1] if told else None
        if last and event.name in SCANS and _about(event) == _about(last):
            lines = {*last.data.get("seen", [last.data.get("line")]), event.data.get("line")}
            units = last.data.get("units", 0) + event.data.get("units", 0)
            event.data = {"shipment": event.data.get("shipment"), "units": units, "lines": len(lines), "seen": [*lines]}
            told[-1] = event
        else:
            told.append(event)
    return told
