"""The label of a return as a PDF, and what goes into the parcel with it."""

from importlib import import_module
from io import BytesIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from fulfillment.models import Return
from fulfillment.returns.receiving import place_of
from inventory import clock

TITLE, BODY = 15, 11


def label_pdf(row: Return) -> bytes:
    """One A4 page: the label above the fold with the carrier's number as Code 128, the packing note below."""
    mm = import_module("reportlab.lib.units").mm  # large, and seldom needed
    page = import_module("reportlab.pdfgen.canvas")
    code128 = import_module("reportlab.graphics.barcode.code128").Code128
    width, height = import_module("reportlab.lib.pagesizes").A4
    out = BytesIO()
    canvas = page.Canvas(out, pagesize=(width, height), pageCompression=1, invariant=1)
    canvas.setTitle(f"Return {row.rma}")
    canvas.setAuthor(settings.SHOP_NAME)
    left, top = 20 * mm, height - 25 * mm
    canvas.rect(left - 5 * mm, height - 125 * mm, width - 30 * mm, 110 * mm)
    canvas.setFont("Helvetica-Bold", TITLE)
    canvas.drawString(left, top, f"{row.carrier} return")
    canvas.drawRightString(width - 20 * mm, top, row.rma)
    _lines(canvas, left, top - 12 * mm, ["From", *_sender(row)])
    _lines(canvas, left + 85 * mm, top - 12 * mm, ["To", *_receiver(row)])
    bars = code128(row.tracking_number, barHeight=22 * mm, barWidth=0.42 * mm)
    bars.drawOn(canvas, left - 6 * mm, height - 105 * mm)
    canvas.setFont("Courier-Bold", BODY)
    canvas.drawString(left, height - 112 * mm, row.tracking_number)
    canvas.setDash(2, 3)
    canvas.line(10 * mm, height / 2, width - 10 * mm, height / 2)
    canvas.setDash()
    canvas.setFont("Helvetica-Bold", TITLE)
    canvas.drawString(left, height / 2 - 15 * mm, "Put this half into the parcel")
    today = timezone.localtime(clock.now(), ZoneInfo(settings.SHOP_TIME_ZONE))
    said = [f"Return {row.rma} of order {row.order.number}, {today:%-d %B %Y}", ""]
    said += [f"{line.quantity} x {line.order_line.sku}  {line.order_line.name}" for line in row.lines.all()]
    _lines(canvas, left, height / 2 - 25 * mm, said)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _lines(canvas: "object", x: float, y: float, lines: list[str]) -> None:
    text = canvas.beginText(x, y)  # type: ignore[attr-defined]
    text.setFont("Helvetica", BODY, leading=BODY * 1.4)
    for line in lines:
        text.textLine(line.encode("cp1252", "replace").decode("cp1252")[:70])
    canvas.drawText(text)  # type: ignore[attr-defined]


def _sender(row: Return) -> list[str]:
    place = row.order.shipping_address
    city = f"{place.get('postal_code', '')} {place.get('city', '')}".strip()
    said = [place.get("name", ""), place.get("line1", ""), place.get("line2", ""), city, place.get("country", "")]
    return [line for line in said if line]


def _receiver(row: Return) -> list[str]:
    line = row.lines.select_related("order_line").first()
    if line is None:
        return [settings.SHOP_NAME]
    warehouse = place_of(line.order_line).warehouse
    return [settings.SHOP_NAME, f"Returns, {warehouse.name}", warehouse.country]
