"""Where the goods of an order are: each line's units, the shipments with their parcels, and what came back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import can_proceed

from fulfillment.customs import is_export
from fulfillment.flow import OPEN
from fulfillment.models import Claim, Parcel, Return, Shipment, TrackingEvent
from fulfillment.return_flow import ReturnState
from inventory.models import Warehouse
from inventory.wording import Words
from ordermgmt.attention import NEXT_STEP
from ordermgmt.forms import HoldForm
from ordermgmt.order_reading import Picked
from ordermgmt.returns.pages import CLAIM_TONES, tone_of
from ordermgmt.states import TONES
from orders.flow import EXITS, GOODS_HERE, State
from orders.models import Order, OrderLine

STEP_BUTTONS = {
    "pick": gettext_lazy("Mark picked"),
    "pack": gettext_lazy("Mark packed"),
    "ship": gettext_lazy("Hand to carrier"),
}


@dataclass(frozen=True)
class Place:
    """Units of a line that are together: how many, in which state, where."""

    units: int
    tone: str
    label: str
    where: str


@dataclass(frozen=True)
class LineCard:
    """One order line and where each of its units is."""

    line: OrderLine
    places: tuple[Place, ...]
    returned: int


@dataclass(frozen=True)
class ParcelCard:
    """A parcel, what is in it, and its scans, newest first."""

    parcel: Parcel
    contents: str

    @property
    def scans(self) -> list[TrackingEvent]:
        return list(self.parcel.tracking.all())[::-1]


@dataclass(frozen=True)
class ShipmentCard:
    """What one warehouse sends; `step` and `button` name what a person may confirm now."""

    shipment: Shipment
    label: str
    tone: str
    parcels: tuple[ParcelCard, ...]
    step: str
    button: Words

    @property
    def hold_form(self) -> HoldForm:
        """Empty; its prefix tells the shipments of a page apart."""
        return HoldForm(prefix=f"hold-{self.shipment.number}")

    @property
    def is_export(self) -> bool:
        """Whether it leaves its country, so that customs asks for a proforma invoice."""
        return is_export(self.shipment)

    @property
    def may_be_held(self) -> bool:
        """Whether it is still here, on its way to the carrier."""
        return self.shipment.state in OPEN and self.shipment.order.state not in EXITS


@dataclass(frozen=True)
class ReturnCard:
    """One return and what came with it."""

    record: Return
    contents: str

    @property
    def is_settled(self) -> bool:
        return bool(self.record.state == ReturnState.SETTLED)

    @property
    def tone(self) -> str:
        return tone_of(self.record)


@dataclass(frozen=True)
class ClaimCard:
    """One claim and the units it is about."""

    claim: Claim
    contents: str

    @property
    def tone(self) -> str:
        return CLAIM_TONES[Claim.State(self.claim.state)]


def shipment_card(shipment: Shipment, lines: Iterable[OrderLine], picked: Iterable[Picked]) -> ShipmentCard:
    """The shipment with its parcels, and the step that waits for somebody's word; machines need none."""
    skus = {line.pk: line.sku for line in lines}
    packed = {each.shipment_line: skus[each.line] for each in picked}
    by_hand = shipment.warehouse.mode != Warehouse.Mode.AUTOMATIC
    runs = (
        shipment.state in OPEN
        and shipment.order.open_holds == shipment.open_holds == 0
        and shipment.order.state not in EXITS
    )
    step = NEXT_STEP[State(shipment.state)] if by_hand and runs else ""
    # Its conditions are what the step itself brings about: that all is picked, packed, labelled.
    ready = step and can_proceed(getattr(shipment, step), check_conditions=False)
    return ShipmentCard(
        shipment=shipment,
        label=_stand(shipment),
        tone=_tone(shipment),
        parcels=tuple(ParcelCard(parcel, _contents(parcel, packed)) for parcel in shipment.parcels.all()),
        step=step,
        button=STEP_BUTTONS[step] if ready else "",
    )


def _contents(parcel: Parcel, skus: Mapping[int, str]) -> str:
    return ", ".join(f"{item.quantity} × {skus[item.shipment_line_id]}" for item in parcel.items.all())


def _stand(shipment: Shipment) -> str:
    """An approved shipment is one to be picked; the others are called what they are."""
    return _("To pick") if shipment.state == State.APPROVED else str(State(shipment.state).label)


def _tone(shipment: Shipment) -> str:
    """Amber while nobody has touched it, blue on its way, green when it arrived."""
    return "warn" if shipment.state == State.APPROVED else TONES.get(State(shipment.state), "")


def places(line: OrderLine, order: Order, shipments: Iterable[Shipment], picked: Iterable[Picked]) -> tuple[Place, ...]:
    """Each group of the line's units: in a shipment, promised in a warehouse, or nowhere any more; `picked` is its."""
    if not line.quantity:
        return (Place(line.cancelled, "", _("Called off"), ""),)
    if order.state in EXITS:
        return (Place(line.quantity, "", _("Not sent"), _("Promise given back")),)
    running = {shipment.pk: shipment for shipment in shipments if shipment.state != State.CANCELLED}
    found: defaultdict[int, list[Picked]] = defaultdict(list)
    for each in picked:
        if each.shipment in running:
            found[each.shipment].append(each)
    if found:
        return tuple(_place(running[shipment_id], here) for shipment_id, here in found.items())
    allocations = line.allocations.all() if order.state in GOODS_HERE else ()
    promised = tuple(Place(row.quantity, "", _("Promised"), row.warehouse.name) for row in allocations)
    return promised or (Place(line.quantity, "", _("Promised"), _("Warehouse not chosen yet")),)


def _place(shipment: Shipment, picked: list[Picked]) -> Place:
    bins = sorted({each.bin for each in picked if each.bin})
    where = " · ".join([shipment.warehouse.name, *bins])
    return Place(sum(each.units for each in picked), _tone(shipment), _stand(shipment), where)


def returned_units(order: Order) -> defaultdict[int, int]:
    """Units that came back, by order line."""
    units: defaultdict[int, int] = defaultdict(int)
    for record in order.returns.all():
        for row in record.lines.all():
            units[row.order_line_id] += row.received
    return units


def claim_card(claim: Claim, lines: Iterable[OrderLine]) -> ClaimCard:
    """The claim with its units in words."""
    skus = {line.pk: line.sku for line in lines}
    return ClaimCard(claim, ", ".join(f"{row.quantity} × {skus[row.order_line_id]}" for row in claim.lines.all()))


def return_card(record: Return, lines: Iterable[OrderLine]) -> ReturnCard:
    """The return with its units in words."""
    skus = {line.pk: line.sku for line in lines}
    return ReturnCard(record, ", ".join(f"{row.quantity} × {skus[row.order_line_id]}" for row in record.lines.all()))
