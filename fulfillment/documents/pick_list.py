"""The pick list on paper: bins in walking order, what to take there, and a box to tick."""

from fulfillment.documents.reading import ListSheet, Stop, list_sheet
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style

COLUMNS = (
    Column("Stop", 0.06, style=Style(color=SOFT)),
    Column("Bin", 0.15, 2, Style(BOLD, 11)),
    Column("Item", 0.34, 2),
    Column("SKU", 0.17, 2, Style(size=8.5, color=SOFT)),
    Column("For", 0.14, 2, Style(size=8.5)),
    Column("Take", 0.08, style=Style(BOLD, 12, right=True)),
    Column("", 0.06, style=Style(size=15, right=True)),
)
TICK = "\N{BALLOT BOX}"


def draw(list_id: int) -> bytes:
    """The PDF; raises NothingToPrint."""
    sheet = list_sheet(list_id)
    rows, stop, last = [], 0, None
    for line in sheet.stops:
        stop += bool(line.bin) and line.bin != last
        last = line.bin
        number = str(stop) if line.bin else "–"
        rows.append((number, line.bin or "no bin", line.name, line.sku, _for(line), f"{line.quantity:,}", TICK))
    return draw_sheets(Head("Pick list", sheet.code, _facts(sheet)), COLUMNS, rows, ())


def _for(line: Stop) -> str:
    totes = " + ".join(str(number) for number in line.totes)
    return f"Tote {totes}, {line.shipment}" if totes else line.shipment


def _facts(sheet: ListSheet) -> list[tuple[str, str]]:
    units, bins = sum(line.quantity for line in sheet.stops), len({line.bin for line in sheet.stops if line.bin})
    shipments = len({line.shipment for line in sheet.stops})
    metres = f", {sheet.metres:,.0f} m to walk" if sheet.metres is not None else ""
    return [
        ("Warehouse", sheet.warehouse),
        ("Kind", f"{sheet.kind}, {_counted(shipments, 'shipment')}"),
        ("Work", f"{_counted(units, 'unit')} from {_counted(bins, 'bin')}{metres}"),
        *([("Ready by", f"{sheet.ready_by:%a %-d %b %Y, %H:%M}")] if sheet.ready_by else []),
        *([("Picker", sheet.picker)] if sheet.picker else []),
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
