"""The proforma invoice: what customs wants to know of a shipment that leaves its country."""

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from fulfillment.carriers.carrier import Content
from fulfillment.customs import contents_by_product, is_export, undeclared
from fulfillment.documents.reading import origin_of, written
from fulfillment.documents.sheets import Column, Head, draw_sheets
from fulfillment.documents.typesetting import BOLD, SOFT, Style
from fulfillment.errors import NothingToPrint
from fulfillment.models import Shipment
from inventory import clock
from orders.flow import State
from orders.money import plain

COLUMNS = (
    Column("Goods", 0.34, 3),
    Column("HS code", 0.14, style=Style(BOLD)),
    Column("Made in", 0.1, style=Style(color=SOFT)),
    Column("Units", 0.09, style=Style(right=True)),
    Column("Weight", 0.11, style=Style(color=SOFT, right=True)),
    Column("Each", 0.1, style=Style(right=True)),
    Column("Value", 0.12, style=Style(BOLD, right=True)),
)


@dataclass(frozen=True)
class Proforma:
    """What stands on it."""

    shipment: Shipment
    contents: list[Content]
    parcels: int
    gross_g: int

    @property
    def total(self) -> Decimal:
        """Of all units, in the order's currency."""
        return sum((content.value * content.quantity for content in self.contents), Decimal(0))


def draw(shipment_id: int) -> bytes:
    """The PDF. Raises NothingToPrint within the country, before it is packed, and while a product is not declared."""
    sheet = proforma(shipment_id)
    code, currency = sheet.shipment.code, sheet.shipment.order.currency
    rows = [_row(content, currency) for content in sheet.contents]
    head = Head("Proforma invoice", code, _facts(sheet), written(sheet.shipment.order.shipping_address))
    return draw_sheets(head, COLUMNS, rows, _tail(sheet))


def proforma(shipment_id: int) -> Proforma:
    """Read from the database; refuses as `draw()` does."""
    shipment = Shipment.objects.select_related("order__customer", "warehouse").filter(pk=shipment_id).first()
    if shipment is None or shipment.state == State.CANCELLED:
        raise NothingToPrint("This shipment does not exist any more, or is called off")
    if not is_export(shipment):
        raise NothingToPrint(f"{shipment.code} stays in its country, so customs does not ask for it")
    parcels = list(shipment.parcels.all())
    if not parcels:
        raise NothingToPrint(f"{shipment.code} is not packed yet")
    if missing := undeclared(shipment):
        raise NothingToPrint(f"Tariff number and origin are not known of {', '.join(missing)}")
    gross = sum(parcel.weight_g for parcel in parcels)
    return Proforma(shipment, contents_by_product(shipment), len(parcels), gross)


def _facts(sheet: Proforma) -> list[tuple[str, str]]:
    warehouse, order = sheet.shipment.warehouse, sheet.shipment.order
    today = clock.now().astimezone(ZoneInfo(warehouse.time_zone))
    return [
        ("Date", f"{today:%-d %B %Y}"),
        ("Order", f"#{order.number}"),
        ("Parcels", f"{sheet.parcels:,}"),
        ("Gross weight", f"{sheet.gross_g / 1000:,.2f} kg"),
        ("Total value", f"{plain(sheet.total, order.currency)} {order.currency}"),
    ]


def _row(content: Content, currency: str) -> tuple[str, ...]:
    return (
        f"{content.name} ({content.sku})",
        content.hs_code,
        content.origin,
        f"{content.quantity:,}",
        f"{content.weight_g * content.quantity / 1000:,.2f} kg",
        plain(content.value, currency),
        plain(content.value * content.quantity, currency),
    )


def _tail(sheet: Proforma) -> list[str]:
    order = sheet.shipment.order
    contact = ", ".join(part for part in (order.customer.phone, order.customer.email) if part)
    return [
        f"Exporter: {', '.join(origin_of(sheet.shipment.warehouse))}",
        *([f"Consignee's contact: {contact}"] if contact else []),
        f"Reason for export: sale of goods. All values are in {order.currency}, for customs purposes only.",
        "We declare that the information on this invoice is true and correct.",
        "",
        "Name and signature: ______________________________      Date: ____________________",
    ]
