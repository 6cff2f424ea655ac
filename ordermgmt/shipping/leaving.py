"""By whom, by which service and at which cut-off each shipment on the ship desk leaves, as it would be bought now."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial

from fulfillment.carriers.preview import PARCELS, Market, Preview, market, previews
from fulfillment.lists import departure_after
from fulfillment.models import CarrierAccount, CarrierService, Shipment
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.documents.pages import Choice
from ordermgmt.phrases import day
from ordermgmt.shipping.narrowing import Narrowed, waiting

MOST_LOOKED_AT = 1_000  # pricing so many takes about a second


@dataclass(frozen=True)
class Way:
    """One way to leave: codes of the carrier and its service, and the time by which they have it; empty: any time."""

    carrier: str
    service: str
    cut_off: str

    def fits(self, asked: Narrowed) -> bool:
        """Whether it is what was asked for."""
        wanted = ((asked.carrier, self.carrier), (asked.service, self.service), (asked.cut_off, self.cut_off))
        return all(want in ("", have) for want, have in wanted)


@dataclass(frozen=True)
class Leaving:
    """A shipment with what its parcels would get; `ways` are those of all of them, or of their labels."""

    shipment: Shipment
    open_: Sequence[Preview]
    ways: frozenset[Way]

    def is_at(self, asked: Narrowed) -> bool:
        """Whether it is in the warehouse that was asked for."""
        return asked.warehouse in ("", self.shipment.warehouse.code)

    def fits(self, asked: Narrowed) -> bool:
        """Whether a parcel of it leaves as asked; what nobody takes is there only while nothing is asked."""
        return self.is_at(asked) and (not (asked.carrier or asked.cut_off) or any(way.fits(asked) for way in self.ways))


@dataclass(frozen=True)
class Departure:
    """What one carrier takes along from one warehouse at one time; `day` is named where that is not today."""

    warehouse: str
    place: str
    carrier: str
    name: str
    cut_off: str
    day: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Choices:
    """The chips of carriers, of the chosen carrier's services and of cut-offs, and the departures by time."""

    carriers: Sequence[Choice]
    services: Sequence[Choice]
    cut_offs: Sequence[Choice]
    departures: Sequence[Departure]


@dataclass(frozen=True)
class Known:
    """Carriers' names by code and by id, and the cut-offs of their services."""

    names: Mapping[str, str]
    codes: Mapping[int | None, str]
    cut_offs: Mapping[tuple[str, str], time | None]

    def way(self, carrier: str, service: str, warehouse: Warehouse) -> Way:
        """The service's own cut-off holds before the warehouse's."""
        at = self.cut_offs.get((carrier, service)) or warehouse.cut_off
        return Way(carrier, service, f"{at:%H:%M}" if at else "")


def known_carriers() -> Known:
    """In two queries."""
    accounts = list(CarrierAccount.objects.all())
    services = CarrierService.objects.order_by().values_list("account__code", "code", "cut_off")
    return Known(
        names={row.code: row.name for row in accounts},
        codes={row.pk: row.code for row in accounts},
        cut_offs={(account, code): at for account, code, at in services},
    )


def leaving(asked: Narrowed, known: Known, *, places: Collection[int] = (), on: Market | None = None) -> list[Leaving]:
    """The most urgent of what the desk is narrowed down to by view, way and warehouse; in a fixed number of queries."""
    rows = waiting(asked, places=places).select_related("order__customer", "order__channel", "warehouse")
    shipments = list(rows.prefetch_related(*PARCELS)[:MOST_LOOKED_AT])
    offers = previews(shipments, on or market())
    return [Leaving(row, offers[row.pk], _ways(row, offers[row.pk], known)) for row in shipments]


def ids_leaving(asked: Narrowed, *, most: int, places: Collection[int] = ()) -> list[int]:
    """The most urgent shipments that leave as asked."""
    if not (asked.carrier or asked.cut_off):
        return list(waiting(asked, places=places).values_list("pk", flat=True)[:most])
    found = leaving(asked, known_carriers(), places=places)
    return [row.shipment.pk for row in found if row.fits(asked)][:most]


def choices(rows: Sequence[Leaving], asked: Narrowed, known: Known) -> Choices:
    """What there is to choose from, each with how many shipments it leads to under all else that is asked.

    Departures are those of all warehouses.
    """
    carriers, services, cut_offs = Counter[str](), Counter[str](), Counter[str]()
    departures = Counter[tuple[str, str, str, str]]()
    places = {row.shipment.warehouse.code: row.shipment.warehouse for row in rows}
    for row in rows:
        place = row.shipment.warehouse
        departures.update({(way.cut_off, place.name, place.code, way.carrier) for way in row.ways})
        if not row.is_at(asked):
            continue
        carriers.update({way.carrier for way in row.ways if asked.cut_off in ("", way.cut_off)})
        services.update({way.service for way in row.ways if _same(way, asked, carrier=True, cut_off=True)})
        cut_offs.update({way.cut_off for way in row.ways if _same(way, asked, carrier=True, service=True)} - {""})
    by_code = partial(_chips, chosen=asked.carrier, names=known.names)
    return Choices(
        carriers=by_code(carriers),
        services=_chips(services, chosen=asked.service) if asked.carrier else [],
        cut_offs=_chips(cut_offs, chosen=asked.cut_off),
        departures=[
            Departure(code, name, carrier, known.names.get(carrier, carrier), at, _day(leaves), count,
                      (code, carrier, at) == (asked.warehouse, asked.carrier, asked.cut_off))
            for leaves, name, code, carrier, at, count in sorted(
                (_leaves(places[code], at), name, code, carrier, at, count)
                for (at, name, code, carrier), count in departures.items()
            )
        ],
    )  # fmt: skip


def _leaves(warehouse: Warehouse, at: str) -> datetime:
    """The next departure at that time, on the clock of the warehouse; now, where any time will do."""
    return departure_after(warehouse, time.fromisoformat(at), clock.now()) if at else clock.now()


def _day(leaves: datetime) -> str:
    """Empty for today."""
    return "" if leaves.date() == clock.now().astimezone(leaves.tzinfo).date() else day(leaves.date())


def _same(way: Way, asked: Narrowed, **parts: bool) -> bool:
    return all(getattr(asked, part) in ("", getattr(way, part)) for part in parts)


def _chips(counts: Counter[str], *, chosen: str, names: Mapping[str, str] | None = None) -> list[Choice]:
    """By their names; the chosen one is there even if it leads to nothing."""
    known = counts | Counter({chosen: 0}) if chosen else counts
    named = {code: (names or {}).get(code, code.capitalize()) for code in {*known, *filter(None, [chosen])}}
    return [Choice(code, named[code], counts[code], code == chosen) for code in sorted(named, key=lambda at: named[at])]


def _ways(shipment: Shipment, open_: Sequence[Preview], known: Known) -> frozenset[Way]:
    """Of the parcels that wait for a label, else of the labels."""
    pairs = {(preview.account, preview.service) for preview in open_ if not preview.trouble}
    if not open_:
        labels = [parcel.label for parcel in shipment.parcels.all()]
        pairs = {(known.codes.get(label.account_id, label.carrier.lower()), label.service) for label in labels}
    return frozenset(known.way(carrier, service, shipment.warehouse) for carrier, service in pairs)
