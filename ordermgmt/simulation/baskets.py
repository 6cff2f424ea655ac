"""Real baskets and credit notes, read from the bundled sample; `data/README.md` says how and whose it is."""

import csv
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

SAMPLE = Path(__file__).parent / "data" / "online_retail_2011-11.csv.xz"
SAMPLE_ZONE = ZoneInfo("Europe/London")
PRODUCT_CODE = re.compile(r"\d{5}[A-Za-z]{0,2}")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """Units of one product, as sold."""

    sku: str
    name: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class Basket:
    """One real purchase. `customer` is the shop's number for them, or the invoice's for a guest."""

    invoice: str
    placed_at: datetime
    customer: str
    country: str
    lines: tuple[Line, ...]

    @property
    def units(self) -> Counter[str]:
        """Units by SKU."""
        return Counter({line.sku: line.quantity for line in self.lines})


@dataclass(frozen=True)
class CreditNote:
    """Units of one basket that were taken back; all of them means that the order is called off."""

    invoice: str
    noted_at: datetime
    basket: str
    units: Mapping[str, int]
    cancels: bool


@dataclass(frozen=True)
class Sample:
    """Everything that could be read, in the order of time, and the number of lines that could not."""

    baskets: tuple[Basket, ...]
    credit_notes: tuple[CreditNote, ...]
    left_out: Mapping[str, int]


@cache
def read_sample() -> Sample:
    """The bundled two weeks; takes half a second, once."""
    left_out: Counter[str] = Counter()
    sold: defaultdict[str, list[Row]] = defaultdict(list)
    credited: defaultdict[str, list[Row]] = defaultdict(list)
    with lzma.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if reason := _unusable(row):
                left_out[reason] += 1
            else:
                (credited if row["InvoiceNo"].startswith("C") else sold)[row["InvoiceNo"]].append(row)
    baskets = tuple(sorted(map(_basket, sold.values()), key=lambda basket: (basket.placed_at, basket.invoice)))
    notes, unmatched = _match(credited.values(), baskets)
    left_out["credit without a basket"] = unmatched
    return Sample(baskets, tuple(notes), dict(left_out))


def _unusable(row: Row) -> str:
    """Why this line is neither bought nor brought back; empty when it is."""
    if not PRODUCT_CODE.fullmatch(row["StockCode"]):
        return "not a product"
    if row["InvoiceNo"].startswith("C"):
        return ""
    if int(row["Quantity"]) <= 0 or Decimal(row["UnitPrice"]) <= 0:
        return "written off or free"
    return ""


def _basket(rows: list[Row]) -> Basket:
    by_sku: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_sku[row["StockCode"].upper()].append(row)
    first = rows[0]
    return Basket(
        invoice=first["InvoiceNo"],
        placed_at=_moment(first),
        customer=_customer(first) or f"guest-{first['InvoiceNo']}",
        country=first["Country"],
        lines=tuple(_line(sku, same) for sku, same in by_sku.items()),
    )


def _line(sku: str, rows: list[Row]) -> Line:
    most = max(rows, key=lambda row: int(row["Quantity"]))
    units = sum(int(row["Quantity"]) for row in rows)
    return Line(sku, most["Description"].strip(), units, Decimal(most["UnitPrice"]))


def _match(credited: Iterable[list[Row]], baskets: tuple[Basket, ...]) -> tuple[list[CreditNote], int]:
    """Credit notes by basket, and how many credited lines no basket explains."""
    left = {basket.invoice: basket.units for basket in baskets}
    bought: defaultdict[str, list[Basket]] = defaultdict(list)
    for basket in baskets:
        bought[basket.customer].append(basket)
    notes, unmatched = [], 0
    for rows in sorted(credited, key=lambda rows: (_moment(rows[0]), rows[0]["InvoiceNo"])):
        units: Counter[str] = Counter()
        for row in rows:
            units[row["StockCode"].upper()] -= int(row["Quantity"])
        earlier = [basket for basket in bought[_customer(rows[0])] if basket.placed_at < _moment(rows[0])]
        found: defaultdict[Basket, Counter[str]] = defaultdict(Counter)
        for sku, count in units.items():
            if source := next((basket for basket in reversed(earlier) if left[basket.invoice][sku] >= count), None):
                left[source.invoice][sku] -= count
                found[source][sku] = count
            else:
                unmatched += 1
        invoice, at = rows[0]["InvoiceNo"], _moment(rows[0])
        notes += [
            CreditNote(invoice, at, source.invoice, dict(taken), cancels=taken == source.units)
            for source, taken in found.items()
        ]
    return notes, unmatched


def _customer(row: Row) -> str:
    """The number without the decimal point that a spreadsheet gave it."""
    return row["CustomerID"].removesuffix(".0")


def _moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=SAMPLE_ZONE)
