"""The present of a played past: what hour and dice left out is added, so that every stage has something to show."""

from datetime import datetime, timedelta

from feedback.services import answer
from feedback.stages.survey import survey
from fulfillment.models import Shipment
from fulfillment.services import stop_cancelled
from fulfillment.stages.deliver import deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.simulation.past import BOB, PETRA
from orders.flow import State
from orders.models import Order
from orders.services import cancel

MOST_PACKED, STILL_TO_PICK = 5, 6


def bring_up_to_date(now: datetime) -> None:
    """Let somebody pick, pack, call off and answer in the last minutes if nobody did; and hear the carrier's news."""
    if not Order.objects.filter(state=State.CANCELLED).exists():
        _call_off(now - timedelta(minutes=6))
    _pick_and_pack(now)
    _answer(now)
    with clock.at(now):
        for shipment_id in Shipment.objects.filter(state=State.SHIPPED, due_at__lt=now).values_list("pk", flat=True):
            deliver(shipment_id, by="carrier")


def _call_off(moment: datetime) -> None:
    order = Order.objects.filter(state=State.APPROVED, state_since__lt=moment).order_by("-state_since").first()
    if order:
        with clock.at(moment):
            cancel(order.pk, reason="The customer changed their mind", by="customer")
            stop_cancelled(by="system:pick")


def _pick_and_pack(now: datetime) -> None:
    """The oldest work first: one packed, one picked, and more to ship where enough waits to be picked, too."""
    waiting = _by_people(State.APPROVED)
    for state, most, left in ((State.PACKED, 1, 0), (State.PICKED, 1, 0), (State.PACKED, MOST_PACKED, STILL_TO_PICK)):
        for _ in range(most - len(_by_people(state))):
            if len(waiting) <= left:
                break
            shipment_id = waiting.pop()
            with clock.at(now - timedelta(minutes=3)):
                pick(shipment_id, by=BOB)
            if state == State.PACKED:
                with clock.at(now - timedelta(minutes=1)):
                    pack(shipment_id, by=PETRA)


def _by_people(state: State) -> list[int]:
    """Shipments that alone keep their orders in `state`, in the manual warehouse, the oldest last."""
    rows = Shipment.objects.filter(
        state=state, order__state=state, order__open_holds=0, warehouse__mode=Warehouse.Mode.MANUAL
    )
    return list(rows.order_by("-state_since").values_list("pk", flat=True))


def _answer(now: datetime) -> None:
    """The last answers came a few seconds ago, so that an order stands as surveyed."""
    asked = Order.objects.filter(state=State.DELIVERED, survey_record__answer=None, survey_record__closes_at__gt=now)
    for order_id in list(asked.order_by("-state_since").values_list("pk", flat=True)[:2]):
        with clock.at(now - timedelta(seconds=4)):
            answer(order_id, csat=5, nps=9, comment="")
        with clock.at(now - timedelta(seconds=2)):
            survey(order_id, by="system:survey")
