"""The manifest on paper: every parcel that a carrier takes along, with lines for both signatures."""

from zoneinfo import ZoneInfo

from fulfillment.carriers.packages import country_of
from fulfillment.dock.reading import on_manifest
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style
from fulfillment.models import Label, Manifest

COLUMNS = (
    Column("Tracking number", 0.34, style=Style(BOLD)),
    Column("Box", 0.17, style=Style(color=SOFT)),
    Column("Service", 0.15),
    Column("To", 0.22, style=Style(color=SOFT)),
    Column("Weight", 0.12, style=Style(right=True)),
)
SIGNED = (
    "Handed over by: ______________________________      Date and time: ____________________",
    "Taken by the driver: __________________________      Signature: ________________________",
)


def draw(manifest_id: int) -> bytes:
    """The PDF of a manifest, open or closed."""
    manifest = Manifest.objects.select_related("account", "warehouse").get(pk=manifest_id)
    labels = list(on_manifest(manifest))
    return draw_sheets(
        Head("Manifest", manifest.code, _facts(manifest, labels)), COLUMNS, list(map(_row, labels)), SIGNED
    )


def _facts(manifest: Manifest, labels: list[Label]) -> list[tuple[str, str]]:
    zone = ZoneInfo(manifest.warehouse.time_zone)
    closed = f"{manifest.closed_at.astimezone(zone):%-d %B %Y, %H:%M}" if manifest.closed_at else "Not closed yet"
    weight = sum(label.parcel.weight_g for label in labels)
    facts = [
        ("Carrier", manifest.account.name),
        ("From", f"{manifest.warehouse.name}, {manifest.warehouse.country}"),
        ("Closed", closed),
        ("Parcels", f"{len(labels):,}"),
        ("Weight", f"{weight / 1000:,.2f} kg"),
    ]
    return [*facts, ("Their number", manifest.reference)] if manifest.reference else facts


def _row(label: Label) -> tuple[str, ...]:
    shipment = label.parcel.shipment
    place = (country_of(shipment.order), str(shipment.order.shipping_address.get("postal_code", "")))
    return (
        label.tracking_number,
        f"{shipment.code}-{label.parcel.number}",
        label.service.capitalize(),
        " ".join(part for part in place if part),
        f"{label.parcel.weight_g / 1000:,.2f} kg",
    )
