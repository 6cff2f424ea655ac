"""The file of a carrier's invoice: CSV, one line a charge. Pure; the format stands in docs/formats.md."""

import csv
import io
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from inventory.wording import grouped

NEEDED = ("tracking_number", "amount")
MOST_LINES, MOST_TOLD = 20_000, 20
MOST_AMOUNT, MOST_GRAMS, LONGEST = Decimal(1_000_000), 10_000_000, 40
FREIGHT = {"", "freight", "base", "transport"}


@dataclass
class Charged:
    """What a file bills for one tracking number: (charge, amount) of each line, and the heaviest weight it tells."""

    tracking_number: str
    lines: list[tuple[str, Decimal]] = field(default_factory=list)
    billed_g: int | None = None
    is_doubled: bool = False

    @property
    def billed(self) -> Decimal:
        """All lines together."""
        return sum((amount for _, amount in self.lines), Decimal(0))

    @property
    def extras(self) -> list[tuple[str, Decimal]]:
        """The lines that are not the freight itself."""
        return [(charge, amount) for charge, amount in self.lines if charge.lower() not in FREIGHT]


@dataclass(frozen=True)
class InvoiceFile:
    """The charges of a file in its order, and its currency; with `faults` nothing of it is of use."""

    charges: list[Charged]
    currency: str
    faults: list[str]


def read_invoice(text: str, *, currency: str) -> InvoiceFile:
    """`currency` is that of lines which name none. Faults are sentences that begin with their line, at most 20."""
    sheet = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in NEEDED if name not in (sheet.fieldnames or [])]
    if missing:
        return InvoiceFile(
            [], currency, [_("Line 1: these columns are missing: {missing}").format(missing=", ".join(missing))]
        )
    found: dict[str, Charged] = {}
    currencies, faults = set[str](), list[str]()
    for cells in sheet:
        if sheet.line_num > MOST_LINES + 1:
            faults.append(
                _("Line {line_num}: a file has up to {most_lines} lines").format(
                    line_num=sheet.line_num, most_lines=grouped(MOST_LINES)
                )
            )
            break
        try:
            currencies.add(_take(found, {name: (cells.get(name) or "").strip() for name in COLUMNS}) or currency)
        except ValueError as fault:
            faults.append(_("Line {line_num}: {fault}").format(line_num=sheet.line_num, fault=fault))
    if len(currencies) > 1:
        faults.append(
            _("Line 1: an invoice is in one currency, not in {sorted}").format(sorted=", ".join(sorted(currencies)))
        )
    if not found and not faults:
        faults.append(_("Line 1: the file bills nothing"))
    return InvoiceFile(list(found.values()), next(iter(currencies), currency), faults[:MOST_TOLD])


COLUMNS = (*NEEDED, "currency", "charge", "weight_kg", "weight_g")


def _take(found: dict[str, Charged], cells: dict[str, str]) -> str:
    """Add a line to its parcel; returns its currency. Raises ValueError with what is wrong."""
    number, currency = cells["tracking_number"].upper(), cells["currency"].upper()
    if not number or len(number) > LONGEST:
        raise ValueError(f"tracking_number: 1 to {LONGEST} signs")
    if currency and not (currency.isascii() and currency.isalpha() and len(currency) == 3):
        raise ValueError("currency: three letters, as in GBP")
    amount = _decimal(cells["amount"], "amount")
    if abs(amount) >= MOST_AMOUNT:
        raise ValueError(f"amount: less than {MOST_AMOUNT:,}")
    grams = _grams(cells)
    charged = found.setdefault(number, Charged(number))
    line = (cells["charge"][:40], amount)
    charged.is_doubled |= line in charged.lines
    charged.lines.append(line)
    charged.billed_g = max(filter(None, (charged.billed_g, grams)), default=None)
    return currency


def _grams(cells: dict[str, str]) -> int | None:
    weights = [(name, factor) for name, factor in (("weight_g", 1), ("weight_kg", 1000)) if cells[name]]
    if not weights:
        return None
    name, factor = weights[0]
    grams = _decimal(cells[name], name) * factor
    if not 0 <= grams <= MOST_GRAMS:
        raise ValueError(f"{name}: from 0 to {MOST_GRAMS // 1000:,} kg")
    return round(grams)


def _decimal(cell: str, name: str) -> Decimal:
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{name}: a number such as 12.50, not {cell[:20] or 'nothing'}")
    return number
