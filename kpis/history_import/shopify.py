"""Shopify's order export: one row per line item, the order's own fields on its first row only, columns by name.

The set of columns varies by shop and year; only those named here are read.
"""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from django.utils.translation import gettext as _

from kpis.history_import.cells import MOST_UNITS, BadCell, amount, moment, text, whole
from kpis.history_import.rows import IS_EMPTY, BadFile, Row

CHANNEL = "shopify"
MARK = "lineitem quantity"  # the column by which the file is recognised
REQUIRED = ("name", "created at", "lineitem quantity", "lineitem price")
SHIPPED = "fulfilled"


def read_shopify(file: TextIO, zone: str, separator: str = ",") -> Iterator[Row]:
    """As `read_history`. Paid is approved, fulfilled is shipped; whoever gave no e-mail is known by nothing else.

    Raises BadFile when a column is missing without which no order can be read.
    """
    reader = csv.reader(file, delimiter=separator)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in REQUIRED if name not in header]:
            told = _("This looks like Shopify's export, but columns are missing: {columns}.")
            raise BadFile(told.format(columns=", ".join(missing)))
        places = {name: place for place, name in reversed(list(enumerate(header)))}  # the first of a name
        for cells in reader:
            if any(cells):
                yield _row({name: _cell(cells, place) for name, place in places.items()}, reader.line_num, zone)
    except csv.Error as error:
        raise BadFile(_("The CSV breaks in line {line}: {error}.").format(line=reader.line_num, error=error)) from None


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _row(said: dict[str, str], line: int, zone: str) -> Row:
    row: Row = {"line": line, "channel": CHANNEL, "number": said["name"][:80]}
    try:
        row |= _line(said) | _order(said, zone)
    except BadCell as bad:
        row["error"] = str(bad)
    return row


def _line(said: dict[str, str]) -> Row:
    """A custom item has no SKU and is known by its name."""
    name = said.get("lineitem name", "")
    if not said["name"]:
        raise BadCell(IS_EMPTY.format(column="Name"))
    return {
        "sku": text(said.get("lineitem sku") or name[:64], 64) or "?",
        "name": name[:200],
        "quantity": whole(said["lineitem quantity"], 1, MOST_UNITS),
        "unit_price": amount(said["lineitem price"]),
    }


def _order(said: dict[str, str], zone: str) -> Row:
    """What the first row of an order says; nothing on the others."""
    if not said["created at"]:
        return {}
    email = text(said.get("email", ""), 254).lower()
    times = {
        "placed_at": said["created at"],
        "approved_at": said.get("paid at"),
        "shipped_at": said.get("fulfilled at"),
        "cancelled_at": said.get("cancelled at"),
    }
    row: Row = {name: moment(cell, zone) for name, cell in times.items() if cell}
    row["customer"] = email[:110] or f"order {said['name']}"[:110]
    if email:
        row["email"] = email
    if said.get("currency"):
        row["currency"] = text(said["currency"], 3)
    return row | {
        stored: amount(said[name])
        for stored, name in (("total", "total"), ("refunded", "refunded amount"))
        if said.get(name)
    }
