"""The carrier's label for each parcel of a shipment, 100 by 150 mm: the carrier's own where it keeps one, else drawn.

What a carrier keeps is fetched when it is printed, over HTTPS, and at most MOST_BYTES of it.
"""

from io import BytesIO

import httpx
from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.colors import white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

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
from fulfillment.documents.merging import merge
from fulfillment.documents.reading import CarrierLabel, carrier_labels
from fulfillment.documents.typesetting import BOLD, INK, SOFT, Style, printable, put
from fulfillment.errors import CarrierError
from inventory.wording import grouped

MOST_BYTES = 5_000_000
PATIENCE = 20.0  # seconds
PDF, PICTURES = b"%PDF", (b"\x89PNG", b"\xff\xd8\xff")
CARRIER, COUNT, SMALL = Style(BOLD, 20), Style(BOLD, 20, right=True), Style(size=8, color=SOFT)
SERVICE = Style(BOLD, 13, color=white)


def draw(shipment_id: int) -> bytes:
    """The PDF. Raises NothingToPrint, and CarrierError when the carrier does not give out the label it sold."""
    drawn = [_fetched(label) if label.document_url else _drawn(label) for label in carrier_labels(shipment_id)]
    return drawn[0] if len(drawn) == 1 else merge(drawn)[0]


def _fetched(label: CarrierLabel) -> bytes:
    lost = f"{label.carrier} did not give out the label {label.tracking_number} that it sold"
    if not label.document_url.startswith("https://"):
        raise CarrierError(f"{lost}: its address is not HTTPS")
    try:
        with httpx.stream("GET", label.document_url, timeout=PATIENCE, follow_redirects=False) as answer:
            answer.raise_for_status()
            data = b""
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > MOST_BYTES:
                    raise CarrierError(f"{lost}: it is larger than {MOST_BYTES:,} bytes")
    except httpx.HTTPError as error:
        raise CarrierError(f"{lost}: {type(error).__name__}") from error
    if data.startswith(PDF):
        return data
    if data.startswith(PICTURES):
        return _on_paper(data)
    raise CarrierError(f"{lost}: it is neither a PDF nor a picture")


def _on_paper(picture: bytes) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.drawImage(ImageReader(BytesIO(picture)), 0, 0, WIDTH, HEIGHT, preserveAspectRatio=True)
    canvas.save()
    return file.getvalue()


def _drawn(label: CarrierLabel) -> bytes:
    file, box = BytesIO(), label.box
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"{label.carrier} {label.tracking_number}")
    canvas.setAuthor(printable(settings.SHOP_NAME))
    put(canvas, label.carrier, (MARGIN, HEIGHT - 13 * mm), CARRIER, INNER * 0.62)
    count = _("{number} of {parcels}").format(number=box.number, parcels=box.of)
    put(
        canvas,
        count,
        (WIDTH - MARGIN, HEIGHT - 13 * mm),
        COUNT,
        INNER * 0.36,
    )
    canvas.setFillColor(INK)
    canvas.rect(MARGIN, HEIGHT - 25 * mm, INNER, 8 * mm, stroke=0, fill=1)
    put(canvas, label.service.upper(), (MARGIN + 3 * mm, HEIGHT - 22.7 * mm), SERVICE, INNER - 6 * mm)
    _from(canvas, label)
    draw_rule(canvas, 103 * mm)
    draw_address(canvas, box.address, Field(102 * mm, 60 * mm))
    draw_rule(canvas, 44 * mm)
    put(canvas, f"{box.code}   {grouped(box.weight_g / 1000, 2)} kg", (MARGIN, 39 * mm), Style(size=9), INNER)
    draw_bars(canvas, label.tracking_number, height=22 * mm)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _from(canvas: Canvas, label: CarrierLabel) -> None:
    put(canvas, _("From"), (MARGIN, HEIGHT - 29.5 * mm), SMALL, INNER)
    for place, line in enumerate(label.origin, 1):
        put(canvas, line, (MARGIN, HEIGHT - 29.5 * mm - place * 3.4 * mm), Style(size=8), INNER)
