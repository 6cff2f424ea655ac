"""The shop's own format, `docs/formats.md`: one row per order line, by the names in the header, in any order."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kpis.history_import.cells import MOST_UNITS, BadCell, amount, is_day, moment, reason, text, whole

REQUIRED = ("order_number", "customer_id", "sku", "quantity", "unit_price", "placed_at")
STAGES = ("approved_at", "picked_at", "packed_at", "shipped_at", "delivered_at")
TIMES = (*STAGES, "cancelled_at", "returned_at")
CHANNEL = "import"  # of a row that names none
IS_EMPTY = gettext_noop("{column} is empty")
TOO_MANY = gettext_noop("{column} {units} is more than the quantity {quantity}")

Read = Callable[[str], Any]
Row = dict[str, Any]


class BadFile(ValueError):
    """The file as a whole cannot be taken in."""


@dataclass(frozen=True)
class Column:
    """A column of the file: where its value is stored, and how it is read."""

    stored: str
    read: Read


def columns(zone: str) -> dict[str, Column]:
    """By name in the file."""
    at = partial(moment, zone=zone)
    return {
        "order_number": Column("number", partial(text, most=80)),
        "channel": Column("channel", partial(text, most=32)),
        "customer_id": Column("customer", partial(text, most=110)),
        "email": Column("email", lambda cell: text(cell, 254).lower()),
        "sku": Column("sku", partial(text, most=64)),
        "product_name": Column("name", lambda cell: cell.replace("\x00", "")[:200]),
        "quantity": Column("quantity", partial(whole, least=1, most=MOST_UNITS)),
        "unit_price": Column("unit_price", amount),
        "currency": Column("currency", lambda cell: text(cell, 3).upper()),
        "placed_at": Column("placed_at", at),
        **{name: Column(name, at) for name in TIMES},
        "promised_at": Column("promised_at", partial(moment, zone=zone, end_of_day=True)),
        "returned_quantity": Column("returned", partial(whole, least=0, most=MOST_UNITS)),
        "return_reason": Column("reason", reason),
        "mispicked_quantity": Column("mispicked", partial(whole, least=0, most=MOST_UNITS)),
        "csat": Column("csat", partial(whole, least=1, most=5)),
        "nps": Column("nps", partial(whole, least=0, most=10)),
        "comment": Column("comment", lambda cell: cell.replace("\x00", "")[:2000]),
    }


def read_history(file: TextIO, zone: str, separator: str = ",") -> Iterator[Row]:
    """Each row as its stored columns with `line` and, if something is wrong with it, `error`.

    Raises BadFile when a required column is missing, or one is named twice or unknown.
    """
    reader = csv.reader(file, delimiter=separator)
    known, needed = columns(zone), frozenset(REQUIRED)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, known)
        plan = [(place, name, known[name]) for place, name in enumerate(header)]
        for cells in reader:
            if any(cells):
                yield _row(cells, reader.line_num, plan, needed, len(header))
    except csv.Error as error:
        raise BadFile(_("The CSV breaks in line {line}: {error}.").format(line=reader.line_num, error=error)) from None


def wrong_width(cells: int, columns: int) -> str:
    """Of a row that has not as many cells as there are columns; in English, to be kept."""
    return gettext_noop("has {cells} cells instead of {columns}").format(cells=cells, columns=columns)


def _check_header(header: Sequence[str], known: Mapping[str, Column]) -> None:
    if missing := [name for name in REQUIRED if name not in header]:
        raise BadFile(_("The first line must name the columns; missing: {columns}.").format(columns=", ".join(missing)))
    if unknown := [name or "(no name)" for name in header if name not in known]:
        told = _("Unknown columns: {columns}. Known are {codes}.")
        raise BadFile(told.format(columns=", ".join(unknown), codes=", ".join(known)))
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise BadFile(_("Columns named twice: {columns}.").format(columns=", ".join(twice)))


def _row(
    cells: Sequence[str], line: int, plan: Sequence[tuple[int, str, Column]], needed: frozenset[str], width: int
) -> Row:
    row: Row = {"line": line, "channel": CHANNEL, "number": ""}
    days: list[str] = []
    wrong = [wrong_width(len(cells), width)] if len(cells) != width else []
    for place, name, column in plan:
        cell = cells[place].strip() if place < len(cells) else ""
        if not cell:
            if name in needed:
                wrong.append(IS_EMPTY.format(column=name))
            continue
        try:
            row[column.stored] = column.read(cell)
        except BadCell as bad:
            wrong.append(f"{name}: {bad}")
        if name in STAGES and is_day(cell):
            days.append(name)
    if days and not wrong:
        _settle_days(row, days)
    wrong += _contradictions(row)
    if wrong:
        row["error"] = "; ".join(wrong)
    return row


def _settle_days(row: Row, days: Sequence[str]) -> None:
    """A stage of which only the day is known was reached after the one before it, if that was on the same day."""
    last = row["placed_at"]
    for name in STAGES:
        at = row.get(name)
        if at is None:
            continue
        if name in days and at < last and at.date() == last.astimezone(at.tzinfo).date():
            at = row[name] = last
        last = at


def _contradictions(row: Row) -> list[str]:
    """What cannot be within one row; contradicting times are no error but kept and flagged."""
    quantity, returned, mispicked = row.get("quantity"), row.get("returned") or 0, row.get("mispicked") or 0
    if quantity is None:
        return []
    return [
        TOO_MANY.format(column=name, units=units, quantity=quantity)
        for name, units in (("returned_quantity", returned), ("mispicked_quantity", mispicked))
        if units > quantity
    ]
