"""The bundled real order lines as a history file, and their figures worked out from the raw lines in another way.

Data: *Online Retail*, UCI Machine Learning Repository, https://doi.org/10.24432/C5BW33, CC BY 4.0; see
ordermgmt/simulation/data/README.md.

An invoice without a letter is an order, a line of it one with a positive quantity and price; a guest is known by the
invoice. The shop wrote an invoice when it sent the goods, so its date is that of placing and of delivery. A line of an
invoice that begins with C took units back from the same customer's latest earlier lines of the code that have some
left; what matches none was bought before the sample begins and is left out.
"""

import csv
import io
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, median

from ordermgmt.simulation.baskets import SAMPLE

COLUMNS = (
    *("order_number", "customer_id", "sku", "product_name", "quantity", "unit_price", "currency", "placed_at"),
    *("delivered_at", "returned_quantity", "return_reason"),
)
Raw = dict[str, str]


def raw_lines(last: date) -> Iterator[Raw]:
    """The lines of the sample before `last`, in its order."""
    with lzma.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if _day(row) < last:
                yield row


def as_history(last: date) -> bytes:
    """As `import_history` reads it."""
    sold: defaultdict[tuple[str, str], list[Raw]] = defaultdict(list)
    for row in raw_lines(last):
        quantity = int(row["Quantity"])
        if is_sale(row):
            sold[_key(row)].append(_line(row))
        elif row["InvoiceNo"].startswith("C") and quantity < 0:
            _take_back(sold[_key(row)], -quantity)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for lines in sold.values():
        writer.writerows(lines)
    return text.getvalue().encode()


def is_sale(row: Raw) -> bool:
    """A line of an order."""
    return row["InvoiceNo"].isdigit() and int(row["Quantity"]) > 0 and Decimal(row["UnitPrice"]) > 0


def worked_out(last: date) -> dict[str, float]:
    """The figures from the raw lines: pools of units instead of lines, sets of days instead of windows."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    orders: defaultdict[str, set[str]] = defaultdict(set)
    pools: Counter[tuple[str, str]] = Counter()
    figures: Counter[str] = Counter()
    for row in raw_lines(last):
        quantity, key = int(row["Quantity"]), _key(row)
        if is_sale(row):
            days[key[0]].add(_day(row))
            orders[key[0]].add(row["InvoiceNo"])
            pools[key] += quantity
            figures["units"] += quantity
        elif row["InvoiceNo"].startswith("C") and quantity < 0:
            back = min(-quantity, pools[key])
            pools[key] -= back
            figures["returned"] += back
    gaps = [(after - before).days for bought in days.values() for before, after in pairwise(sorted(bought))]
    counts = [len(invoices) for invoices in orders.values()]
    return {
        **figures,
        "orders": sum(counts),
        "customers": len(counts),
        "orders_per_customer": fmean(counts),
        "repeat_rate": fmean(count > 1 for count in counts),
        "median_gap": median(gaps),
        "mean_gap": fmean(gaps),
    }


def _take_back(lines: list[Raw], units: int) -> None:
    for line in reversed(lines):
        taken = min(units, int(line["quantity"]) - int(line["returned_quantity"]))
        line["returned_quantity"] = str(int(line["returned_quantity"]) + taken)
        units -= taken


def _line(row: Raw) -> Raw:
    return {
        "order_number": row["InvoiceNo"],
        "customer_id": _key(row)[0],
        "sku": row["StockCode"].upper(),
        "product_name": row["Description"],
        "quantity": row["Quantity"],
        "unit_price": row["UnitPrice"],
        "currency": "GBP",
        "placed_at": row["InvoiceDate"],
        "delivered_at": row["InvoiceDate"],
        "returned_quantity": "0",
        "return_reason": "",
    }


def _key(row: Raw) -> tuple[str, str]:
    return row["CustomerID"] or f"guest {row['InvoiceNo']}", row["StockCode"].upper()


def _day(row: Raw) -> date:
    return datetime.fromisoformat(row["InvoiceDate"]).date()
