"""What the ship desk shows: packed shipments, the service that each would get and what it costs, narrowed by chips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform

from fulfillment.carriers.packages import country_of
from fulfillment.carriers.preview import PARCELS, Preview, market, previews
from fulfillment.carriers.runs import MOST_ROWS
from fulfillment.customs import is_export, undeclared
from fulfillment.models import Label, Parcel, Shipment
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.documents.pages import Choice
from orders.flow import State

SHOWN = 100
VIEWS = {"label": "Wait for labels", "labelled": "Labelled", "held": "Held"}
WAYS = {"": "Everywhere", "home": "At home", "export": "Exports"}
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Narrowed:
    """What is looked at: a view, a way and a warehouse (empty: all)."""

    view: str = "label"
    way: str = ""
    warehouse: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the address of the page has it."""
        return {"view": self.view, "way": self.way, "warehouse": self.warehouse}

    @property
    def words(self) -> str:
        """For people, in the title of a run."""
        view = "All that wait" if self.view == "label" else VIEWS[self.view]
        return ", ".join(part for part in (view, self.warehouse, self.way and WAYS[self.way]) if part)


@dataclass(frozen=True)
class Offer:
    """What the parcels of a shipment cost together; `other` is what the runners-up would, where each has one."""

    carrier: str
    service: str
    price: Decimal
    currency: str
    arrives_at: datetime | None
    why: str
    other: str = ""
    saving: Decimal | None = None
    tracking: str = ""


@dataclass(frozen=True)
class Row:
    """One shipment on the desk."""

    shipment: Shipment
    parcels: int
    country: str
    offer: Offer | None
    trouble: str
    is_export: bool
    undeclared: Sequence[str]

    @property
    def is_late(self) -> bool:
        """Whether its carrier's word is later than the promise, or the promise is over."""
        arrives = self.offer.arrives_at if self.offer and self.offer.arrives_at else clock.now()
        return arrives > self.shipment.order.promised_at


@dataclass(frozen=True)
class Desk:
    """The page."""

    asked: Narrowed
    views: Sequence[Choice]
    ways: Sequence[Choice]
    warehouses: Sequence[Choice]
    rows: Sequence[Row]
    count: int
    asked_later: Sequence[str]

    @property
    def all_of_them(self) -> str:
        """What the button that buys for all is called."""
        return f"Buy all {self.count:,}" if self.count <= MOST_ROWS else f"Buy the most urgent {MOST_ROWS:,}"


def narrowed(given: dict[str, str]) -> Narrowed:
    """What is unknown is as if it was not asked."""
    view, way = given.get("view", ""), given.get("way", "")
    codes = Warehouse.objects.filter(mode=Warehouse.Mode.MANUAL).values_list("code", flat=True)
    warehouse = given.get("warehouse", "")
    return Narrowed(
        view=view if view in VIEWS else "label",
        way=way if way in WAYS else "",
        warehouse=warehouse if warehouse in codes else "",
    )


def chosen(asked: Narrowed) -> QuerySet[Shipment]:
    """The shipments that the page narrows down to, the most urgent promise first."""
    rows = _marked().filter(view_is=asked.view)
    if asked.way:
        rows = rows.filter(leaves=asked.way == "export")
    rows = rows.filter(warehouse__code=asked.warehouse) if asked.warehouse else rows
    return rows.order_by("order__promised_at", "pk")


def _marked() -> "QuerySet[Any]":
    """Packed shipments that people send, with the view and the way that each belongs to."""
    lacks = Parcel.objects.filter(shipment=OuterRef("pk"), label=None)
    held = Q(open_holds__gt=0) | Q(order__open_holds__gt=0)
    rows = Shipment.objects.filter(state=State.PACKED, warehouse__mode=Warehouse.Mode.MANUAL)
    return rows.annotate(
        view_is=Case(When(held, Value("held")), When(Exists(lacks), Value("label")), default=Value("labelled")),
        to=KeyTextTransform("country", "order__shipping_address"),
        leaves=Case(When(to=F("warehouse__country"), then=False), default=True, output_field=BooleanField()),
    )


def desk(asked: Narrowed) -> Desk:
    """In a fixed number of queries, whatever is on it."""
    counts = _marked().order_by().values_list("view_is", "leaves", "warehouse__code", "warehouse__name")
    found = list(counts.annotate(count=Count("pk")))
    names = sorted({(name, code) for _, _, code, name, _ in found})

    def many(view: str = "", way: str = "", warehouse: str = "") -> int:
        return sum(
            count
            for at, leaves, code, _, count in found
            if at == view and way in ("", "export" if leaves else "home") and warehouse in ("", code)
        )

    shipments = list(
        chosen(asked)
        .select_related("order__customer", "order__channel", "warehouse")
        .prefetch_related(*PARCELS)[:SHOWN]
    )
    place, view, way = asked.warehouse, asked.view, asked.way
    asked_now = market()
    offers = previews(shipments, asked_now)
    return Desk(
        asked=asked,
        views=[Choice(key, name, many(key, way, place), key == view) for key, name in VIEWS.items()],
        ways=[Choice(key, name, many(view, key, place), key == way) for key, name in WAYS.items()],
        warehouses=[Choice(code, name, many(view, way, code), code == place) for name, code in names],
        rows=[_row(shipment, offers[shipment.pk]) for shipment in shipments],
        count=many(view, way, place),
        asked_later=asked_now.asked_later,
    )


def _row(shipment: Shipment, open_: Sequence[Preview]) -> Row:
    parcels = list(shipment.parcels.all())
    trouble = next((preview.trouble for preview in open_ if preview.trouble), "")
    return Row(
        shipment=shipment,
        parcels=len(parcels),
        country=country_of(shipment.order),
        offer=None if trouble else _offered(open_) or _bought([p.label for p in parcels if hasattr(p, "label")]),
        trouble=trouble,
        is_export=is_export(shipment),
        undeclared=undeclared(shipment),
    )


def _offered(open_: Sequence[Preview]) -> Offer | None:
    if not open_:
        return None
    first, compared = open_[0], all(preview.runner_up for preview in open_)
    return Offer(
        carrier=_joined(preview.carrier for preview in open_),
        service=_joined(preview.service.capitalize() for preview in open_),
        price=sum((preview.price for preview in open_), NOTHING),
        currency=first.currency,
        arrives_at=max(preview.arrives_at for preview in open_ if preview.arrives_at),
        why=first.why,
        other=_joined(preview.runner_up["service"].capitalize() for preview in open_) if compared else "",
        saving=sum((preview.saving for preview in open_), NOTHING) if compared else None,
    )


def _bought(labels: Sequence[Label]) -> Offer | None:
    if not labels:
        return None
    compared = all(label.runner_up.get("price") for label in labels)
    others = sum((Decimal(label.runner_up["price"]) for label in labels), NOTHING) if compared else NOTHING
    cost = sum((label.cost for label in labels), NOTHING)
    return Offer(
        carrier=_joined(label.carrier for label in labels),
        service=_joined(label.service.capitalize() for label in labels),
        price=cost,
        currency=labels[0].currency,
        arrives_at=max(label.expected_at for label in labels),
        why=labels[0].why,
        other=_joined(label.runner_up["service"].capitalize() for label in labels) if compared else "",
        saving=others - cost if compared else None,
        tracking=_joined(label.tracking_number for label in labels),
    )


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
