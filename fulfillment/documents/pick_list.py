"""The pick list on paper: bins in walking order, what to take there, and a box to tick."""

from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from fulfillment.documents.reading import ListSheet, Stop, list_sheet
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style
from inventory.wording import grouped

COLUMNS = (
    Column(gettext_lazy("Stop"), 0.06, style=Style(color=SOFT)),
    Column(gettext_lazy("Bin"), 0.15, 2, Style(BOLD, 11)),
    Column(gettext_lazy("Item"), 0.34, 2),
    Column(gettext_lazy("SKU"), 0.17, 2, Style(size=8.5, color=SOFT)),
    Column(pgettext_lazy("whom", "For"), 0.14, 2, Style(size=8.5)),
    Column(pgettext_lazy("from the bin", "Take"), 0.08, style=Style(BOLD, 12, right=True)),
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
        rows.append((number, line.bin or _("no bin"), line.name, line.sku, _for(line), grouped(line.quantity), TICK))
    return draw_sheets(Head(_("Pick list"), sheet.code, _facts(sheet)), COLUMNS, rows, ())


def _for(line: Stop) -> str:
    totes = " + ".join(str(number) for number in line.totes)
    return _("Tote {totes}, {shipment}").format(totes=totes, shipment=line.shipment) if totes else line.shipment


def _facts(sheet: ListSheet) -> list[tuple[str, str]]:
    units, bins = sum(line.quantity for line in sheet.stops), len({line.bin for line in sheet.stops if line.bin})
    shipments = len({line.shipment for line in sheet.stops})
    told = {
        "units": ngettext("%(count)s unit", "%(count)s units", units) % {"count": grouped(units)},
        "bins": ngettext("%(count)s bin", "%(count)s bins", bins) % {"count": grouped(bins)},
    }
    sent = ngettext("%(count)s shipment", "%(count)s shipments", shipments) % {"count": grouped(shipments)}
    work = _("{units} from {bins}").format(**told)
    if sheet.metres is not None:
        work = _("{units} from {bins}, {metres} m to walk").format(**told, metres=grouped(round(sheet.metres)))
    return [
        (_("Warehouse"), sheet.warehouse),
        (_("Kind"), f"{sheet.kind}, {sent}"),
        (_("Work"), work),
        *([(_("Ready by"), written(sheet.ready_by, pgettext("date", "D j M Y, H:i")))] if sheet.ready_by else []),
        *([(_("Picker"), sheet.picker)] if sheet.picker else []),
    ]
