"""The label of a return on A4: above the fold what the carrier reads, below it what goes into the parcel."""

from collections.abc import Sequence
from io import BytesIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateformat import format as written_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from fulfillment.documents.label_paper import Field, draw_address, draw_bars
from fulfillment.documents.reading import origin_of, written
from fulfillment.documents.typesetting import BOLD, INK, LABEL, SOFT, Style, printable, put
from fulfillment.models import Return
from fulfillment.returns.receiving import place_of
from inventory import clock
from inventory.wording import grouped

WIDTH: float
HEIGHT: float
WIDTH, HEIGHT = A4
FOLD = HEIGHT / 2
EDGE, LEFT = 12 * mm, 19 * mm  # of the frame, and of what stands in it
INNER, TO = WIDTH - 2 * LEFT, LEFT + 62 * mm
FLOOR = 15 * mm  # nothing stands below
CARRIER, NUMBER = Style(BOLD, 20), Style(BOLD, 13, right=True)
TITLE, SMALL = Style(BOLD, 15), Style(size=9, color=SOFT)
SMALL_SIZES = (10.0, 9.0, 7.5)
ITEM = Style(size=11)


def draw(row: Return) -> bytes:
    """The PDF, in the language of the order's channel. Needs the order with its channel."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle(row.rma)
    canvas.setAuthor(printable(settings.SHOP_NAME))
    with translation.override(row.order.channel.speaks):
        _for_the_carrier(canvas, row)
        _for_the_parcel(canvas, row)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _for_the_carrier(canvas: Canvas, row: Return) -> None:
    top = HEIGHT - EDGE - 12 * mm
    canvas.setStrokeColor(INK)
    canvas.rect(EDGE, FOLD + EDGE, WIDTH - 2 * EDGE, FOLD - 2 * EDGE)
    put(canvas, row.carrier, (LEFT, top), CARRIER, INNER * 0.6)
    put(canvas, _("Return {rma}").format(rma=row.rma), (LEFT + INNER, top), NUMBER, INNER * 0.38)
    canvas.line(EDGE, top - 6 * mm, WIDTH - EDGE, top - 6 * mm)
    foot = FOLD + EDGE + 7 * mm
    rule = foot + 33 * mm
    sender, at, room = written(row.order.shipping_address), top - 8 * mm, top - 8 * mm - rule
    draw_address(canvas, sender, Field(at, room, LEFT, TO - LEFT - 6 * mm, SMALL_SIZES), title=_("From"))
    draw_address(canvas, _receiver(row), Field(at, room, TO, LEFT + INNER - TO), title=_("To"))
    canvas.line(EDGE, rule, WIDTH - EDGE, rule)
    draw_bars(canvas, row.tracking_number, y=foot, height=22 * mm, middle=WIDTH / 2, width=INNER)


def _for_the_parcel(canvas: Canvas, row: Return) -> None:
    """The warehouse scans the return's number, and sees what should be in there."""
    canvas.setDash(2, 3)
    canvas.line(0, FOLD, WIDTH, FOLD)
    canvas.setDash()
    top = FOLD - 16 * mm
    put(canvas, _("Cut or fold here, and put this half into the parcel"), (LEFT, FOLD - 6 * mm), SMALL, INNER)
    put(canvas, _("Return {rma}").format(rma=row.rma), (LEFT, top), TITLE, INNER / 2)
    today = timezone.localtime(clock.now(), ZoneInfo(settings.SHOP_TIME_ZONE))
    said = (f"{_('Order')} #{row.order.number}", written_date(today, pgettext("date", "j F Y")))
    for place, line in enumerate(said, 1):
        put(canvas, line, (LEFT, top - place * 6 * mm), LABEL, INNER / 2)
    draw_bars(canvas, row.rma, y=top - 20 * mm, height=14 * mm, middle=LEFT + INNER - 35 * mm, width=70 * mm)
    _contents(canvas, row, top - 30 * mm)


def _contents(canvas: Canvas, row: Return, y: float) -> None:
    """As many lines as there is room for, and how many more there are."""
    lines = list(row.lines.select_related("order_line"))
    step: float = 7 * mm
    room = int((y - FLOOR) / step)
    shown = lines if len(lines) <= room + 1 else lines[:room]
    for place, line in enumerate(shown):
        at = y - place * step
        put(canvas, f"{grouped(line.quantity)} ×", (LEFT + 10 * mm, at), Style(BOLD, 11, right=True), 10 * mm)
        put(canvas, line.order_line.name, (LEFT + 13 * mm, at), ITEM, INNER - 60 * mm)
        put(canvas, line.order_line.sku, (LEFT + INNER, at), Style(size=9, color=SOFT, right=True), 44 * mm)
    if more := len(lines) - len(shown):
        told = ngettext("and {count} more line", "and {count} more lines", more).format(count=grouped(more))
        put(canvas, told, (LEFT + 13 * mm, y - len(shown) * step), SMALL, INNER - 13 * mm)


def _receiver(row: Return) -> Sequence[str]:
    """The warehouse that it left, where it is taken in."""
    line = row.lines.select_related("order_line").first()
    return origin_of(place_of(line.order_line).warehouse) if line else [settings.SHOP_NAME]
