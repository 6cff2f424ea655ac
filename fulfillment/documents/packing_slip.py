"""The packing slip: what the customer finds in the parcels of one shipment, and what comes separately. No prices."""

from fulfillment.documents.reading import Slip, slip
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style

COLUMNS = (
    Column("Item", 0.5, 3),
    Column("SKU", 0.24, 2, Style(size=8.5, color=SOFT)),
    Column("Ordered", 0.13, style=Style(color=SOFT, right=True)),
    Column("In here", 0.13, style=Style(BOLD, 11, right=True)),
)


def draw(shipment_id: int) -> bytes:
    """The PDF; raises NothingToPrint."""
    sheet = slip(shipment_id)
    rows = [(line.name, line.sku, f"{line.ordered:,}", f"{line.quantity:,}") for line in sheet.lines]
    return draw_sheets(Head("Packing slip", sheet.code, _facts(sheet), sheet.address), COLUMNS, rows, _tail(sheet))


def _facts(sheet: Slip) -> list[tuple[str, str]]:
    return [
        ("Order", f"#{sheet.order}"),
        ("Your number", sheet.external_id),
        ("Ordered on", f"{sheet.placed_at:%-d %B %Y}"),
        ("Units in here", f"{sum(line.quantity for line in sheet.lines):,}"),
        *([("Parcels", f"{sheet.parcels:,}")] if sheet.parcels else []),
    ]


def _tail(sheet: Slip) -> list[str]:
    said = []
    if any(line.quantity < line.ordered for line in sheet.lines) or sheet.shipments > 1:
        said.append("This is one part of your order. What is not in here comes separately.")
    if sheet.gift_note:
        said.append(f"A note for you: {sheet.gift_note}")
    return [*said, "Thank you for your order."]
