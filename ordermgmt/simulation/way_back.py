"""The way back in the demo: returns in every state, and claims that are open, settled and refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from feedback.services import follow_evidence
from fulfillment.carriers.carrier import Scan
from fulfillment.claims import Told, open_claim, refuse_claim, settle_claim
from fulfillment.models import Claim, Parcel, Return, ReturnPolicy
from fulfillment.returns.following import hear_return
from fulfillment.returns.receiving import receive_parcel
from fulfillment.returns.requesting import (
    Wish,
    WishLine,
    approve_return,
    cancel_return,
    decline_return,
    note_sent,
    request_return,
)
from fulfillment.returns.settling import Found, inspect_unit, settle_return
from inventory import clock
from ordermgmt.simulation.timeline import Timeline
from orders.flow import State
from orders.models import Channel, Order

CUSTOMER, BOB, SAM = "customer", "bob", "sam"
LATELY, ALWAYS = timedelta(hours=30), 32_000  # and the days of a window that is always open
REASONS = ("unwanted", "size_too_small", "defective", "better_price", "not_as_described", "style")


def plan_way_back(timeline: Timeline) -> None:
    """One part every two hours of the last day and a half, each with an order whose journey is over by then."""
    for number in range(len(PARTS)):
        timeline.plan(timeline.until - LATELY + number * timedelta(hours=2), partial(_play, number))


def _play(number: int) -> None:
    if not number:
        for channel in Channel.objects.filter(code="trade"):
            ReturnPolicy.objects.create(channel=channel, approve_at_once=False, restocking_percent=10)
    over = Order.objects.filter(state=State.REVIEWED, returns=None, claims=None).order_by("-placed_at", "-pk")
    if (order := over.first()) is not None:
        PARTS[number](order, number)
        follow_evidence(order.pk, by="system:review")


def _asked(order: Order, number: int, *, resolution: str = "refund") -> Return:
    line = order.lines.filter(quantity__gt=0).earliest("position")
    wish = Wish((WishLine(line.pk, 1, REASONS[number % len(REASONS)], note=""),), resolution, by_staff=True)
    return request_return(order.pk, wish=wish, key=f"demo:{order.number}", by=CUSTOMER)


def _on_its_way(order: Order, number: int, *, resolution: str = "refund") -> Return:
    return note_sent(_asked(order, number, resolution=resolution).pk, by=CUSTOMER)


def _arrived(order: Order, number: int) -> Return:
    """At the door, and nobody has taken it in."""
    row = _on_its_way(order, number)
    scan = Scan(f"demo:{row.pk}", Parcel.Status.DELIVERED, "Delivered to the warehouse", clock.now())
    return hear_return(row.pk, [scan], by="carrier")


def _received(order: Order, number: int, *, resolution: str = "refund") -> Return:
    return receive_parcel(_on_its_way(order, number, resolution=resolution).pk, by=BOB)


def _inspected(order: Order, number: int, *, resolution: str = "refund", grade: str = "A") -> Return:
    row = _received(order, number, resolution=resolution)
    goes = {"A": "restock", "B": "refurbish", "C": "write_off"}[grade]
    for line in row.lines.all():
        inspect_unit(line.pk, found=Found(grade, goes), by=BOB)
    return row


def _settled(order: Order, number: int) -> Return:
    return settle_return(_inspected(order, number).pk, by=SAM)


def _settled_by_credit(order: Order, number: int) -> Return:
    return settle_return(_inspected(order, number, resolution="credit", grade="B").pk, by=SAM)


def _called_off(order: Order, number: int) -> Return:
    return cancel_return(_asked(order, number).pk, by=CUSTOMER)


def _waiting(order: Order, number: int) -> Return:
    """Announced under a policy that lets a person look first."""
    with _policy(order, approve_at_once=False, window_days=ALWAYS):
        line = order.lines.filter(quantity__gt=0).earliest("position")
        wish = Wish((WishLine(line.pk, 1, "unwanted"),))
        return request_return(order.pk, wish=wish, key=f"demo:{order.number}", by=CUSTOMER)


@contextmanager
def _policy(order: Order, **terms: object) -> Iterator[None]:
    """These terms for a moment; afterwards the channel has its own policy again, or the program's."""
    mine = ReturnPolicy.objects.filter(channel=order.channel)
    before = mine.values("approve_at_once", "window_days").first()
    ReturnPolicy.objects.update_or_create(channel=order.channel, defaults=terms)
    yield
    if before:
        mine.update(**before)
    else:
        mine.delete()


def _declined(order: Order, number: int) -> Return:
    return decline_return(_waiting(order, number).pk, why="It was made for you alone.", by=SAM)


def _approved(order: Order, number: int) -> Return:
    return approve_return(_waiting(order, number).pk, by=SAM)


def _claimed(order: Order, kind: str, note: str) -> Claim:
    line = order.lines.filter(quantity__gt=0).earliest("position")
    told = Told(opened_by=Claim.OpenedBy.CUSTOMER, note=note)
    return open_claim(order.pk, kind=kind, units={line.pk: 1}, key=f"demo:{order.number}", by=CUSTOMER, told=told)


def _missing(order: Order, number: int) -> Claim:
    return _claimed(order, Claim.Kind.MISSING, "There was one less in the box.")


def _damaged(order: Order, number: int) -> Claim:
    return _claimed(order, Claim.Kind.DAMAGED, "It came in pieces.")


def _paid_for(order: Order, number: int) -> Claim:
    return settle_claim(_claimed(order, Claim.Kind.DAMAGED, "The lid is cracked.").pk, outcome="refund", by=SAM)


def _refused(order: Order, number: int) -> Claim:
    claim = _claimed(order, Claim.Kind.WRONG, "I thought it was larger.")
    return refuse_claim(claim.pk, note="It is what was ordered.", by=SAM)


Play = Callable[[Order, int], Return | Claim]
PARTS: tuple[Play, ...] = (
    *(_settled_by_credit, _missing, _inspected, _waiting, _paid_for, _received, _on_its_way),
    *(_declined, _approved, _damaged, _settled, _called_off, _refused, _arrived),
)
