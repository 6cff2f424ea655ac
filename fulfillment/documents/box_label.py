"""The label the packer puts on a box, 100 by 150 mm, one page for each parcel. Carriers sell their own beside it."""

from io import BytesIO

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.barcodes import draw_qr
from fulfillment.documents.label_paper import (
    HEIGHT,
    INNER,
    MARGIN,
    WIDTH,
    Field,
    draw_address,
    draw_bars,
    draw_rule,
)
from fulfillment.documents.reading import BoxLabel, box_labels
from fulfillment.documents.typesetting import BOLD, LABEL, SOFT, Style, printable, put
from inventory.wording import grouped

SHOP, COUNT = Style(BOLD, 11), Style(BOLD, 26, right=True)
QR = 36 * mm


def draw(shipment_id: int) -> bytes:
    """The PDF; raises NothingToPrint."""
    labels, file = box_labels(shipment_id), BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(_("Box labels {shipment}").format(shipment=labels[0].shipment))
    canvas.setAuthor(printable(settings.SHOP_NAME))
    for label in labels:
        _draw(canvas, label)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, label: BoxLabel) -> None:
    put(canvas, settings.SHOP_NAME, (MARGIN, HEIGHT - 12 * mm), SHOP, INNER * 0.6)
    put(canvas, label.warehouse, (MARGIN, HEIGHT - 17 * mm), LABEL, INNER * 0.6)
    count = _("{number} of {parcels}").format(number=label.number, parcels=label.of)
    put(
        canvas,
        count,
        (WIDTH - MARGIN, HEIGHT - 15 * mm),
        COUNT,
        INNER * 0.4,
    )
    draw_rule(canvas, HEIGHT - 21 * mm)
    draw_address(canvas, label.address, Field(HEIGHT - 23 * mm, 59 * mm))
    draw_rule(canvas, 68 * mm)
    _facts(canvas, label)
    draw_qr(canvas, label.code, WIDTH - MARGIN - QR + 3 * mm, 31 * mm, QR)
    draw_bars(canvas, label.code)


def _facts(canvas: Canvas, label: BoxLabel) -> None:
    facts = (
        (_("Order"), f"#{label.order}"),
        (_("Shipment"), label.shipment),
        (_("Box"), label.carton),
        (_("Weight"), f"{grouped(label.weight_g / 1000, 2)} kg"),
        (_("Units"), grouped(label.units)),
    )
    width = INNER - QR
    for place, (name, value) in enumerate(facts):
        y = 62 * mm - place * 6.4 * mm
        put(canvas, name, (MARGIN, y), Style(size=8.5, color=SOFT), 17 * mm)
        put(canvas, value, (MARGIN + 17 * mm, y), Style(BOLD, 10.5), width - 17 * mm)
