"""Hand-overs as CSV files: what a third party is asked, and what it says that it sent.

One row is a SKU of a shipment, on the way back a SKU in a parcel. A cell that a spreadsheet would take for a formula
goes out behind an apostrophe, and comes back without it.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fulfillment.handover.confirming import Box, confirm
from fulfillment.models import HandOver
from inventory.errors import Refused
from orders.telling import moment

ASKED = (
    *("shipment", "version", "state", "requested_at", "sku", "name", "quantity"),
    *("to_name", "to_line1", "to_line2", "to_city", "to_region", "to_postal_code", "to_country", "shipping_method"),
)
TOLD = ("shipment", "sku", "picked", "parcel", "weight_g", "carrier", "tracking_number", "cost", "currency")
NEEDED = TOLD[:7]
RISKY = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS, MOST_UNITS, MOST_GRAMS, LONGEST = 5000, 1_000_000, 2_000_000, 40


@dataclass(frozen=True)
class Fault:
    """What is wrong, and in which line of the file; the heading is line 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Row:
    """Units of one SKU in one parcel; no parcel when none was there."""

    line: int
    sku: str
    picked: int
    parcel: str
    weight_g: int
    carrier: str
    tracking_number: str
    cost: Decimal | None
    currency: str


def written(rows: Iterable[HandOver]) -> str:
    """What is asked, as a file; the hand-overs were read as `shown.hand_overs()` reads them."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(ASKED)
    for row in rows:
        order, to = row.shipment.order, row.shipment.order.shipping_address
        address = [to.get(part, "") for part in ("name", "line1", "line2", "city", "region", "postal_code", "country")]
        for line in row.shipment.lines.all():
            told = [row.shipment.code, row.version, row.state, moment(row.requested_at), line.order_line.sku]
            told += [line.order_line.name, line.quantity, *address, order.shipping_method]
            sheet.writerow([_safe(str(cell)) for cell in told])
    return out.getvalue()


def take_in(text: str, rows: Iterable[HandOver], *, by: str) -> tuple[list[str], list[Fault]]:
    """Confirm what a file tells of these hand-overs: each shipment wholly or not at all.

    Returns the shipments that were confirmed, and what is wrong with the others, line by line.
    """
    known = {row.shipment.code: row.shipment_id for row in rows}
    by_shipment, faults = _parsed(text)
    done = []
    bad = {code for code, parsed in by_shipment.items() if len(parsed) != len([row for row in parsed if row])}
    for code, parsed in by_shipment.items():
        if code in bad:
            continue
        good = [row for row in parsed if row]
        if code not in known:
            faults.append(Fault(good[0].line, f"{code} was not handed over here"))
            continue
        try:
            confirm(known[code], picked=_picked(good), boxes=_boxes(good), by=by)
        except Refused as refusal:
            faults.append(Fault(good[0].line, f"{code}: {refusal}"))
        else:
            done.append(code)
    return done, sorted(faults, key=lambda fault: fault.line)


def _parsed(text: str) -> tuple[dict[str, list[Row | None]], list[Fault]]:
    """Rows by shipment, None for one that cannot be read."""
    sheet = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in NEEDED if name not in (sheet.fieldnames or [])]
    if missing:
        return {}, [Fault(1, f"These columns are missing: {', '.join(missing)}")]
    found: defaultdict[str, list[Row | None]] = defaultdict(list)
    faults = []
    for cells in sheet:
        line = sheet.line_num
        if line > MOST_ROWS:
            faults.append(Fault(line, f"A file has up to {MOST_ROWS} lines; nothing was read from here on"))
            break
        read = {name: _plain(cells.get(name) or "") for name in TOLD}
        try:
            found[read["shipment"]].append(_row(line, read))
        except (ValueError, InvalidOperation) as fault:
            found[read["shipment"]].append(None)
            faults.append(Fault(line, str(fault) or "A number is not a number"))
    return found, faults


def _row(line: int, read: dict[str, str]) -> Row:
    picked = _whole(read["picked"], "picked", least=0, most=MOST_UNITS)
    weight = _whole(read["weight_g"], "weight_g", least=1, most=MOST_GRAMS) if picked else 0
    if picked and not (read["parcel"] and read["carrier"] and read["tracking_number"]):
        raise ValueError("What was picked names its parcel, carrier and tracking number")
    if len(read["tracking_number"]) > LONGEST or len(read["carrier"]) > 32:
        raise ValueError("The carrier or tracking number is too long")
    cost = Decimal(read["cost"]) if read["cost"] else None
    if cost is not None and not 0 <= cost < 1_000_000:
        raise ValueError("cost: an amount from 0")
    carrier, number = read["carrier"], read["tracking_number"]
    return Row(line, read["sku"], picked, read["parcel"], weight, carrier, number, cost, read["currency"][:3].upper())


def _whole(cell: str, name: str, *, least: int, most: int) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and least <= int(cell) <= most):
        raise ValueError(f"{name}: a whole number from {least}, not {cell[:20] or 'nothing'}")
    return int(cell)


def _picked(rows: Iterable[Row]) -> Counter[str]:
    picked = Counter[str]()
    for row in rows:
        picked[row.sku] += row.picked
    return picked


def _boxes(rows: Iterable[Row]) -> list[Box]:
    """The rows of one parcel are one box; the first one tells of it."""
    parcels: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.picked:
            parcels[row.parcel].append(row)
    return [
        Box(
            contents=_picked(content),
            weight_g=content[0].weight_g,
            carrier=content[0].carrier,
            tracking_number=content[0].tracking_number,
            cost=content[0].cost,
            currency=content[0].currency,
        )
        for content in parcels.values()
    ]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def _plain(cell: str) -> str:
    stripped = cell.strip()
    return stripped[1:] if stripped.startswith(tuple(f"'{sign}" for sign in RISKY)) else stripped
