"""A third party says what it has sent, line by line and parcel by parcel: picked, packed and shipped in one step."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment.carriers.accounts import know_elsewhere
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.errors import ConfirmationRefused
from fulfillment.flow import Handing
from fulfillment.gathering import confirm_rest, tell_picked
from fulfillment.handover.answering import held_hand_over
from fulfillment.handover.shorts import find_the_missing
from fulfillment.lists import finish_pick_lists
from fulfillment.models import Label, Parcel, ParcelItem, Shipment, ShipmentLine
from fulfillment.services import advance_shipment, open_for
from inventory import clock
from inventory import services as stock
from orders.errors import NotAllowedNow
from orders.flow import State
from orders.history import write
from orders.services import goods_left, place_hold

BOUGHT = gettext_noop("Bought by {warehouse}")
BOUGHT_COST_UNKNOWN = gettext_noop("Bought by {warehouse}, which told no cost")


@dataclass(frozen=True)
class Box:
    """A parcel that a third party sent: units by SKU, grams, and what its carrier sold. `cost` None: it told none."""

    contents: Mapping[str, int]
    weight_g: int
    carrier: str
    tracking_number: str
    service: str = "standard"
    cost: Decimal | None = None
    currency: str = ""
    expected_at: datetime | None = None


def confirm(shipment_id: int, *, picked: Mapping[str, int], boxes: Sequence[Box], by: str) -> None:
    """Take over what was sent: `picked` names every SKU of the shipment, with 0 for what was not there.

    What is missing is sent from elsewhere or waited for. The same again, by its tracking numbers, changes nothing.
    Raises ConfirmationRefused.
    """
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state == Handing.CONFIRMED:
            _check_same(shipment, boxes)
            return
        if shipment.state != State.APPROVED or row.state in (Handing.REJECTED, Handing.CANCELLED):
            raise NotAllowedNow("confirm", shipment, [_("it takes that it is requested or accepted")])
        lines = list(shipment.lines.select_related("order_line").order_by("id"))
        _check(lines, picked, boxes)
        missing = _missing(lines, picked)
        awaited = find_the_missing(shipment, missing, by=by)
        confirm_rest(shipment, by=by)
        finish_pick_lists(shipment)
        shipment.pick()
        shipment.save(update_fields=["state"])
        open_for(shipment.order, by=by)  # what waits has a shipment of its own before the order goes on
        tell_picked(shipment, by=by)
        write(shipment.order)  # the database knows no order that skips a state
        _pack(shipment, boxes, by=by)
        write(shipment.order)
        _ship(shipment, boxes, by=by)
        if awaited:
            names = ", ".join(f"{units} × {sku}" for sku, units in awaited.items())
            said = gettext_noop("{warehouse} did not find {names}, and no warehouse has them.")
            note = said.format(warehouse=shipment.warehouse.name, names=names)
            place_hold(shipment.order, reason="stock", note=note, by=by)


def _check(lines: Sequence[ShipmentLine], picked: Mapping[str, int], boxes: Sequence[Box]) -> None:
    """Every SKU is named once, no more than was asked for, and all that was picked is in the parcels."""
    asked = Counter[str]()
    for line in lines:
        asked[line.order_line.sku] += line.quantity
    if set(picked) != set(asked):
        odd = ", ".join(sorted(set(picked) ^ set(asked)))
        raise ConfirmationRefused(
            _("Name every SKU of the shipment and no other, with 0 if it was not there: {odd}").format(odd=odd)
        )
    if over := [sku for sku, units in picked.items() if units > asked[sku]]:
        raise ConfirmationRefused(_("More was picked than asked for: {over}").format(over=", ".join(over)))
    if not sum(picked.values()):
        raise ConfirmationRefused(_("Nothing was picked: reject the hand-over instead"))
    boxed = Counter[str]()
    for box in boxes:
        boxed.update(box.contents)
    if wrong := [sku for sku in {*boxed, *picked} if boxed[sku] != picked.get(sku, 0)]:
        raise ConfirmationRefused(
            _("The parcels do not hold what was picked: {sorted}").format(sorted=", ".join(sorted(wrong)))
        )
    numbers = [box.tracking_number for box in boxes]
    taken = set(Label.objects.filter(tracking_number__in=numbers).values_list("tracking_number", flat=True))
    if len(set(numbers)) < len(numbers) or taken:
        raise ConfirmationRefused(
            _("A tracking number is another parcel's: {sorted}").format(
                sorted=", ".join(sorted(taken)) or _("named twice")
            )
        )


def _check_same(shipment: Shipment, boxes: Sequence[Box]) -> None:
    known = set(Label.objects.filter(parcel__shipment=shipment).values_list("tracking_number", flat=True))
    if {box.tracking_number for box in boxes} != known:
        raise ConfirmationRefused(_("It was confirmed with other parcels"))


def _missing(lines: Sequence[ShipmentLine], picked: Mapping[str, int]) -> dict[ShipmentLine, int]:
    """Units of each line that were not there; of lines with the same SKU the first ones are served first."""
    left, missing = Counter(picked), {}
    for line in lines:
        got = min(line.quantity, left[line.order_line.sku])
        left[line.order_line.sku] -= got
        if got < line.quantity:
            missing[line] = line.quantity - got
    return missing


def _pack(shipment: Shipment, boxes: Sequence[Box], *, by: str) -> None:
    lines = [(line, line.order_line.sku) for line in shipment.lines.select_related("order_line").order_by("id")]
    left = {line.pk: line.quantity for line, _ in lines}
    for number, box in enumerate(boxes, 1):
        parcel = Parcel.objects.create(
            shipment=shipment, number=number, weight_g=box.weight_g, status_at=clock.now(), carton=None
        )
        wanted = Counter(box.contents)
        for line, sku in lines:
            if units := min(left[line.pk], wanted[sku]):
                ParcelItem.objects.create(parcel=parcel, shipment_line=line, quantity=units)
                left[line.pk] -= units
                wanted[sku] -= units
    shipment.pack()
    named = [{"carton": gettext_noop("own packaging"), "weight_g": box.weight_g} for box in boxes]
    advance_shipment(shipment, by=by, due_in=None, parcels=named)


def _ship(shipment: Shipment, boxes: Sequence[Box], *, by: str) -> None:
    now, known = clock.now(), []
    for parcel, box in zip(shipment.parcels.order_by("number"), boxes, strict=True):
        label = Label.objects.create(
            parcel=parcel,
            carrier=box.carrier,
            service=box.service,
            tracking_number=box.tracking_number,
            cost=box.cost or Decimal(0),
            currency=box.currency or shipment.order.currency,
            bought_at=now,
            expected_at=box.expected_at or max(shipment.order.promised_at, now),
            why=(BOUGHT if box.cost is not None else BOUGHT_COST_UNKNOWN).format(warehouse=shipment.warehouse.name),
        )
        Parcel.objects.filter(pk=parcel.pk).update(status=Parcel.Status.LABELLED, status_at=now)
        known.append(know_elsewhere(label))
    shipment.ship()
    shipment.shipped_at = now
    units = {line.order_line.reservation_key: line.quantity for line in shipment.lines.select_related("order_line")}
    stock.ship(units, warehouse_id=shipment.warehouse_id, key=f"ship:{shipment.pk}", by=by)
    goods_left(shipment.order, by=by)
    told = {"carrier": boxes[0].carrier, "tracking": [box.tracking_number for box in boxes]}
    costs = [box.cost for box in boxes if box.cost is not None]
    if costs:
        told |= {"cost": str(sum(costs)), "currency": boxes[0].currency or shipment.order.currency}
    advance_shipment(shipment, by=by, due_in=ask_again_in(carrier_day()) if all(known) else None, **told)
