"""The packing slip: what the customer finds in the parcels of one shipment, and what comes separately. No prices."""

from django.utils import translation
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from fulfillment.documents.reading import Slip, slip
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style
from inventory.wording import grouped

COLUMNS = (
    Column(gettext_lazy("Item"), 0.5, 3),
    Column(gettext_lazy("SKU"), 0.24, 2, Style(size=8.5, color=SOFT)),
    Column(gettext_lazy("Ordered"), 0.13, style=Style(color=SOFT, right=True)),
    Column(gettext_lazy("In here"), 0.13, style=Style(BOLD, 11, right=True)),
)


def draw(shipment_id: int) -> bytes:
    """The PDF, in the language of the order's channel; raises NothingToPrint."""
    sheet = slip(shipment_id)
    with translation.override(sheet.language):
        rows = [(line.name, line.sku, grouped(line.ordered), grouped(line.quantity)) for line in sheet.lines]
        head = Head(_("Packing slip"), sheet.code, _facts(sheet), sheet.address)
        return draw_sheets(head, COLUMNS, rows, _tail(sheet))


def _facts(sheet: Slip) -> list[tuple[str, str]]:
    return [
        (_("Order"), f"#{sheet.order}"),
        (_("Your number"), sheet.external_id),
        (_("Ordered on"), written(sheet.placed_at, pgettext("date", "j F Y"))),
        (_("Units in here"), grouped(sum(line.quantity for line in sheet.lines))),
        *([(_("Parcels"), grouped(sheet.parcels))] if sheet.parcels else []),
    ]


def _tail(sheet: Slip) -> list[str]:
    said = []
    if any(line.quantity < line.ordered for line in sheet.lines) or sheet.shipments > 1:
        said.append(_("This is one part of your order. What is not in here comes separately."))
    if sheet.gift_note:
        said.append(_("A note for you: {note}").format(note=sheet.gift_note))
    return [*said, _("Thank you for your order.")]
