"""What the ship desk shows: packed shipments, the service that each would get and what it costs, narrowed by chips."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.utils.translation import gettext as _

from fulfillment.carriers.packages import country_of
from fulfillment.carriers.preview import Preview, market
from fulfillment.carriers.runs import MOST_ROWS
from fulfillment.customs import is_export, undeclared
from fulfillment.models import Label, Shipment
from inventory import clock
from inventory.wording import grouped
from ordermgmt.documents.pages import Choice
from ordermgmt.shipping.leaving import Choices, Leaving, choices, known_carriers, leaving
from ordermgmt.shipping.narrowing import VIEWS, WAYS, Narrowed, marked

SHOWN = 100  # on a page
NOTHING = Decimal(0)


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
    """The page. Of `count` shipments that are asked for, the most urgent are looked at; `most` can be bought for."""

    asked: Narrowed
    views: Sequence[Choice]
    ways: Sequence[Choice]
    warehouses: Sequence[Choice]
    leave: Choices
    rows: Page[Leaving]
    shown: Sequence[Row]
    count: int
    most: int
    asked_later: Sequence[str]

    @property
    def all_of_them(self) -> str:
        """What the button that buys for all is called."""
        return (
            _("Buy all {most}").format(most=grouped(self.most))
            if self.most <= MOST_ROWS
            else _("Buy the most urgent {most_rows}").format(most_rows=grouped(MOST_ROWS))
        )


def desk(asked: Narrowed, *, page: str = "", places: Collection[int] = ()) -> Desk:
    """In a fixed number of queries, whatever is on it; `places` are the warehouses where one may buy, none: all."""
    counts = marked().order_by().values_list("view_is", "leaves", "warehouse__code", "warehouse__name")
    found = list(counts.annotate(count=Count("pk")))
    names = sorted({(name, code) for _, _, code, name, _ in found})

    def many(view: str = "", way: str = "", warehouse: str = "") -> int:
        return sum(
            count
            for at, leaves, code, _, count in found
            if at == view and way in ("", "export" if leaves else "home") and warehouse in ("", code)
        )

    place, view, way = asked.warehouse, asked.view, asked.way
    on, known = market(), known_carriers()
    looked_at = leaving(replace(asked, warehouse=""), known, on=on)
    fit = [row for row in looked_at if row.fits(asked)]
    rows = Paginator(fit, SHOWN).get_page(page)
    return Desk(
        asked=asked,
        views=[Choice(key, name, many(key, way, place), key == view) for key, name in VIEWS.items()],
        ways=[Choice(key, name, many(view, key, place), key == way) for key, name in WAYS.items()],
        warehouses=[Choice(code, name, many(view, way, code), code == place) for name, code in names],
        leave=choices(looked_at, asked, known),
        rows=rows,
        shown=[_row(row.shipment, row.open_) for row in rows],
        count=len(fit) if asked.carrier or asked.cut_off else many(view, way, place),
        most=sum(not places or row.shipment.warehouse_id in places for row in fit),
        asked_later=on.asked_later,
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
