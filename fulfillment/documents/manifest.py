"""The manifest on paper: every parcel that a carrier takes along, with lines for both signatures."""

from zoneinfo import ZoneInfo

from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from fulfillment.carriers.packages import country_of
from fulfillment.dock.reading import on_manifest
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style
from fulfillment.models import Label, Manifest
from inventory.wording import grouped

COLUMNS = (
    Column(gettext_lazy("Tracking number"), 0.34, style=Style(BOLD)),
    Column(gettext_lazy("Box"), 0.17, style=Style(color=SOFT)),
    Column(gettext_lazy("Service"), 0.15),
    Column(gettext_lazy("To"), 0.22, style=Style(color=SOFT)),
    Column(gettext_lazy("Weight"), 0.12, style=Style(right=True)),
)
LINE = "_" * 24


def draw(manifest_id: int) -> bytes:
    """The PDF of a manifest, open or closed."""
    manifest = Manifest.objects.select_related("account", "warehouse").get(pk=manifest_id)
    labels = list(on_manifest(manifest))
    head = Head(_("Manifest"), manifest.code, _facts(manifest, labels))
    return draw_sheets(head, COLUMNS, list(map(_row, labels)), _signed())


def _signed() -> list[str]:
    room = ""
    return [
        room,
        _("Handed over by: {line}   Date and time: {line}").format(line=LINE),
        room,
        _("Taken by the driver: {line}   Signature: {line}").format(line=LINE),
    ]


def _facts(manifest: Manifest, labels: list[Label]) -> list[tuple[str, str]]:
    zone = ZoneInfo(manifest.warehouse.time_zone)
    closed = _("Not closed yet")
    if manifest.closed_at:
        closed = written(manifest.closed_at.astimezone(zone), pgettext("date", "j F Y, H:i"))
    weight = sum(label.parcel.weight_g for label in labels)
    facts = [
        (_("Carrier"), manifest.account.name),
        (_("From"), f"{manifest.warehouse.name}, {manifest.warehouse.country}"),
        (_("Closed"), closed),
        (_("Parcels"), grouped(len(labels))),
        (_("Weight"), f"{grouped(weight / 1000, 2)} kg"),
    ]
    return [*facts, (_("Their number"), manifest.reference)] if manifest.reference else facts


def _row(label: Label) -> tuple[str, ...]:
    shipment = label.parcel.shipment
    place = (country_of(shipment.order), str(shipment.order.shipping_address.get("postal_code", "")))
    return (
        label.tracking_number,
        f"{shipment.code}-{label.parcel.number}",
        label.service.capitalize(),
        " ".join(part for part in place if part),
        f"{grouped(label.parcel.weight_g / 1000, 2)} kg",
    )
