"""The label the packer puts on a box, 100 by 150 mm, one page for each parcel. Carriers sell their own beside it."""

from io import BytesIO

from django.conf import settings
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.barcodes import code_128, draw_qr
from fulfillment.documents.reading import BoxLabel, box_labels
from fulfillment.documents.typesetting import BOLD, ELLIPSIS, INK, LABEL, SOFT, Style, printable, put, wrapped

WIDTH, HEIGHT, MARGIN = 100 * mm, 150 * mm, 6 * mm
INNER = WIDTH - 2 * MARGIN
ADDRESS_TOP, ADDRESS_ROOM = HEIGHT - 23 * mm, 59 * mm
# The largest that has room for the whole address; each part of it may take three lines.
SIZES, LEADING, MOST = (15.0, 13.0, 11.0, 9.0, 7.5), 1.25, 3
SHOP, COUNT = Style(BOLD, 11), Style(BOLD, 26, right=True)
QR = 36 * mm


def draw(shipment_id: int) -> bytes:
    """The PDF; raises NothingToPrint."""
    labels, file = box_labels(shipment_id), BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(f"Box labels {labels[0].shipment}")
    canvas.setAuthor(printable(settings.SHOP_NAME))
    for label in labels:
        _draw(canvas, label)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, label: BoxLabel) -> None:
    put(canvas, settings.SHOP_NAME, (MARGIN, HEIGHT - 12 * mm), SHOP, INNER * 0.6)
    put(canvas, label.warehouse, (MARGIN, HEIGHT - 17 * mm), LABEL, INNER * 0.6)
    put(canvas, f"{label.number} of {label.of}", (WIDTH - MARGIN, HEIGHT - 15 * mm), COUNT, INNER * 0.4)
    _rule(canvas, HEIGHT - 21 * mm)
    _address(canvas, label)
    _rule(canvas, 68 * mm)
    _facts(canvas, label)
    draw_qr(canvas, label.code, WIDTH - MARGIN - QR + 3 * mm, 31 * mm, QR)
    bars = code_128(label.code, width=WIDTH - 4 * mm, height=17 * mm)
    bars.drawOn(canvas, (WIDTH - bars.width) / 2, 13 * mm)
    canvas.setFont(BOLD, 13)
    canvas.setFillColor(INK)
    canvas.drawCentredString(WIDTH / 2, 6 * mm, label.code)


def _address(canvas: Canvas, label: BoxLabel) -> None:
    for size in SIZES:
        lines = [
            (line, BOLD if part in (0, len(label.address) - 1) else "")
            for part, text in enumerate(label.address)
            for line in wrapped(text, BOLD, size, INNER, MOST)
        ]
        is_whole = not any(line.endswith(ELLIPSIS) for line, _ in lines)
        if is_whole and len(lines) * size * LEADING <= ADDRESS_ROOM - 10 * mm:
            break
    y = ADDRESS_TOP
    put(canvas, "Ship to", (MARGIN, y - 3 * mm), Style(size=8, color=SOFT), INNER)
    y -= 5 * mm
    for line, font in lines:
        y -= size * LEADING
        put(canvas, line, (MARGIN, y), Style(font, size) if font else Style(size=size), INNER)


def _facts(canvas: Canvas, label: BoxLabel) -> None:
    facts = (
        ("Order", f"#{label.order}"),
        ("Shipment", label.shipment),
        ("Box", label.carton),
        ("Weight", f"{label.weight_g / 1000:,.2f} kg"),
        ("Units", f"{label.units:,}"),
    )
    width = INNER - QR
    for place, (name, value) in enumerate(facts):
        y = 62 * mm - place * 6.4 * mm
        put(canvas, name, (MARGIN, y), Style(size=8.5, color=SOFT), 17 * mm)
        put(canvas, value, (MARGIN + 17 * mm, y), Style(BOLD, 10.5), width - 17 * mm)


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, y, WIDTH - MARGIN, y)
