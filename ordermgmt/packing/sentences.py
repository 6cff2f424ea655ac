"""What happened at the pack station, as the order's timeline tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from ordermgmt.phrases import counted, titled

Data = Mapping[str, Any]


def _units(data: Data) -> str:
    return f"{data.get('units', 0)} × {data['sku']}" if data.get("sku") else counted(data.get("units", 0), "unit")


def _scanned(data: Data, currency: str) -> str:
    return f"Verified at the pack station: {_units(data)}"


def _mismatched(data: Data, currency: str) -> str:
    verdict = titled(str(data.get("verdict", ""))).lower()
    return f"Found at the pack station ({verdict}): {data.get('code') or 'nothing'}"


def _unverified(data: Data, currency: str) -> str:
    return f"Packed without a scan: {_units(data)} ({data.get('reason')})"


def _corrected(data: Data, currency: str) -> str:
    return f"Taken out again at the pack station: {_units(data)}"


def _overridden(data: Data, currency: str) -> str:
    return f"Packed all the same ({data.get('reason')}): {'; '.join(data.get('faults', []))}"


def _inserted(data: Data, currency: str) -> str:
    return f"Added: {data.get('insert')}"


PACKING_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "pack.scanned": _scanned,
    "pack.mismatched": _mismatched,
    "pack.unverified": _unverified,
    "pack.corrected": _corrected,
    "pack.overridden": _overridden,
    "pack.inserted": _inserted,
}
