"""What happened at the pack station, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ordermgmt.phrases import counted, inside, titled

Data = Mapping[str, Any]


def _units(data: Data) -> str:
    return f"{data.get('units', 0)} × {data['sku']}" if data.get("sku") else counted(data.get("units", 0), "unit")


def _scanned(data: Data, currency: str) -> str:
    return _("Verified at the pack station: {units}").format(units=_units(data))


def _mismatched(data: Data, currency: str) -> str:
    verdict = inside(titled(str(data.get("verdict", ""))))
    return _("Found at the pack station ({verdict}): {code}").format(
        verdict=verdict, code=data.get("code") or "nothing"
    )


def _unverified(data: Data, currency: str) -> str:
    return _("Packed without a scan: {units} ({reason})").format(units=_units(data), reason=data.get("reason"))


def _corrected(data: Data, currency: str) -> str:
    return _("Taken out again at the pack station: {units}").format(units=_units(data))


def _overridden(data: Data, currency: str) -> str:
    return _("Packed all the same ({reason}): {faults}").format(
        reason=data.get("reason"), faults="; ".join(data.get("faults", []))
    )


def _inserted(data: Data, currency: str) -> str:
    return _("Added: {insert}").format(insert=data.get("insert"))


PACKING_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "pack.scanned": _scanned,
    "pack.mismatched": _mismatched,
    "pack.unverified": _unverified,
    "pack.corrected": _corrected,
    "pack.overridden": _overridden,
    "pack.inserted": _inserted,
}
