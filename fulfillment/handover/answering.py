"""What a third party answers, and what the shop asks of it. Saying the same twice changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment.errors import NoSuchHandOver, OtherVersion
from fulfillment.flow import OPEN, Handing
from fulfillment.handover.elsewhere import send_all_elsewhere
from fulfillment.handover.following import entered
from fulfillment.holds import end_shipment_holds, place_shipment_hold
from fulfillment.models import HandOver, Shipment
from fulfillment.queue import held_shipment
from inventory.errors import BeingCounted
from inventory.models import Stock
from inventory.retelling import in_english
from inventory.services.counts import open_count
from orders.errors import NotAllowedNow

REJECTED, STOPPED = "handover-rejected", "handover-stopped"
FOR_A_PERSON = frozenset({HandOver.Reason.ADDRESS_INCOMPLETE})  # no other warehouse could do better
MISSING = frozenset({HandOver.Reason.OUT_OF_STOCK, HandOver.Reason.DAMAGED_STOCK})


@contextmanager
def held_hand_over(shipment_id: int) -> Iterator[tuple[Shipment, HandOver]]:
    """A shipment and its hand-over under the order's lock. Raises NoSuchHandOver."""
    with held_shipment(shipment_id) as shipment:
        row = HandOver.objects.filter(shipment=shipment).first()
        if row is None:
            raise NoSuchHandOver(_("{code} was handed to nobody").format(code=shipment.code))
        yield shipment, row


def accept(shipment_id: int, *, by: str, version: int | None = None) -> None:
    """The third party will send it. Refused while the shipment or its order is held."""
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state == Handing.ACCEPTED:
            return
        _check(row, shipment, version)
        if shipment.open_holds or shipment.order.open_holds:
            raise NotAllowedNow("accept", shipment, [_("it takes that no hold is open on it")])
        row.accept()
        entered(row, shipment, by=by, answered=True)


def reject(shipment_id: int, *, reason: str, words: str, by: str, version: int | None = None) -> None:
    """The third party does not send it: another warehouse does, or the shipment is held with the reason.

    What is said to be missing is to be counted there.
    """
    with held_hand_over(shipment_id) as (shipment, row):
        if row.reason == reason and row.state in (Handing.REJECTED, Handing.CANCELLED):
            return
        _check(row, shipment, version)
        row.reject()
        row.reason, row.words = reason, words[:500]
        entered(row, shipment, by=by, answered=True, reason=reason, words=row.words)
        if reason not in FOR_A_PERSON and send_all_elsewhere(shipment, by=by):
            ask_to_count(shipment, reason, by=by)
            return
        with in_english():
            said = f"{shipment.warehouse.name}: {row.get_reason_display()}"
        note = f"{said}. {row.words}" if row.words else said
        place_shipment_hold(shipment, reason=REJECTED, note=note, by=by)
        ask_to_count(shipment, reason, by=by)


def ask_to_stop(shipment_id: int, *, why: str, by: str) -> None:
    """The shop does not want it sent now: what nobody has accepted is stopped at once, else it is asked for."""
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state in (Handing.CANCEL_REQUESTED, Handing.CANCELLED):
            return
        if row.state == Handing.ACCEPTED:
            row.ask_to_stop()
            entered(row, shipment, by=by, why=why)
        else:
            row.stop()
            _stopped(row, shipment, why=why, by=by)


def stop(shipment_id: int, *, by: str, version: int | None = None) -> None:
    """The third party has stopped: the shipment waits for a person, and its order can be changed or called off."""
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state == Handing.CANCELLED:
            return
        _check(row, shipment, version)
        if row.state != Handing.CANCEL_REQUESTED:
            raise NotAllowedNow("stop", shipment, [_("it takes that the shop asked for it; reject it otherwise")])
        row.stop()
        _stopped(row, shipment, why="", by=by, answered=True)


def refuse_to_stop(shipment_id: int, *, words: str, by: str, version: int | None = None) -> None:
    """It is too late: the third party goes on, and so does the order."""
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state == Handing.ACCEPTED and row.words == words[:500]:
            return
        _check(row, shipment, version)
        row.refuse_to_stop()
        row.words = words[:500]
        entered(row, shipment, by=by, answered=True, refused="stop", words=row.words)


def send_elsewhere(shipment_id: int, *, by: str) -> bool:
    """Try once more to have what was rejected or stopped sent by another warehouse; whether one can."""
    with held_hand_over(shipment_id) as (shipment, row):
        if row.state not in (Handing.REJECTED, Handing.CANCELLED) or shipment.state not in OPEN:
            raise NotAllowedNow("send", shipment, [_("it takes that the third party rejected or stopped it")])
        return send_all_elsewhere(shipment, by=by)


def ask_to_count(shipment: Shipment, reason: str, *, by: str) -> None:
    """Somebody looks whether the books are right about goods that a third party says are missing."""
    if reason not in MISSING:
        return
    products = shipment.lines.values_list("order_line__product_id", flat=True)
    places = Stock.objects.filter(warehouse=shipment.warehouse_id, product__in=products)
    with suppress(BeingCounted):  # somebody does already
        ids = list(places.order_by("pk").values_list("pk", flat=True))
        open_count(
            shipment.warehouse, name=gettext_noop("Rejected: {code}").format(code=shipment.code), stock_ids=ids, by=by
        )


def _stopped(row: HandOver, shipment: Shipment, *, why: str, by: str, answered: bool = False) -> None:
    entered(row, shipment, by=by, answered=answered, **({"why": why} if why else {}))
    end_shipment_holds(shipment, shipment.holds.filter(reason=REJECTED), by=by)
    said = gettext_noop("{warehouse} does not send it. Release this to ask again, or change or cancel the order.")
    note = said.format(warehouse=shipment.warehouse.name)
    place_shipment_hold(shipment, reason=STOPPED, note=note, by=by)


def _check(row: HandOver, shipment: Shipment, version: int | None) -> None:
    """Whoever answers what they have not seen is told, once it is clear that nothing was answered before."""
    if version is not None and version != row.version:
        raise OtherVersion(
            _("The hand-over {code} is at version {version}, not {version_2}").format(
                code=shipment.code, version=row.version, version_2=version
            )
        )
