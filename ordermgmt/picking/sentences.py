"""What happened at the pick station, as the order's timeline tells it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ordermgmt.phrases import counted, inside, titled
from orders.models import OrderEvent

Data = Mapping[str, Any]
SCANNED = "pick.scanned"
SCANS = (SCANNED, "pack.scanned")


def _units(data: Data) -> str:
    return f"{data.get('units', 0)} × {data['sku']}" if data.get("sku") else counted(data.get("units", 0), "unit")


def _scanned(data: Data, currency: str) -> str:
    if data.get("lines"):
        return _("Scanned at the shelf: {units} of {lines}").format(
            units=counted(data["units"], "unit"), lines=counted(data["lines"], "line")
        )
    return _("Scanned at the shelf: {units}").format(units=_units(data)) + (
        _(" from {bin}").format(bin=data["bin"]) if data.get("bin") else ""
    )


def _mismatched(data: Data, currency: str) -> str:
    verdict = inside(titled(str(data.get("verdict", ""))))
    return _("Scan refused ({verdict}): {code} instead of {sku}").format(
        verdict=verdict, code=data.get("code") or "nothing", sku=data.get("sku")
    )


def _unscanned(data: Data, currency: str) -> str:
    return _("Confirmed without a scan: {units}").format(units=_units(data))


def _short(data: Data, currency: str) -> str:
    said = _("Short pick: {units} {inside} in {bin}").format(
        units=_units(data), inside=inside(titled(str(data.get("reason", "")))), bin=data.get("bin") or _("the shelf")
    )
    counts = (
        _("nobody counted")
        if data.get("counted") is None
        else _("{counted} left there").format(counted=data["counted"])
    )
    bins = "".join(
        _("; {units} taken from {bin} instead").format(units=row["units"], bin=row["bin"] or _("the shelf"))
        for row in data.get("bins", [])
    )
    sent = "".join(
        _("; {units} sent from {warehouse} instead").format(units=row["units"], warehouse=row["warehouse"])
        for row in data.get("sources", [])
    )
    waits = _("; {awaited} waited for").format(awaited=data["awaited"]) if data.get("awaited") else ""
    return f"{said} ({counts}){bins}{sent}{waits}"


def _corrected(data: Data, currency: str) -> str:
    how = "exchanged" if data.get("late") else _("taken out of the tote again")
    return _("Picked wrongly ({inside}): {units} {how}").format(
        inside=inside(titled(str(data.get("reason", "")))), units=_units(data), how=how
    )


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
