"""The people and machines of a played past: each does what it would have done, by the functions that run the shop.

A step plans the next one: machines act within seconds, people in working hours, the carrier as its journeys say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django_fsm import can_proceed

from feedback.models import FollowUp, Survey
from feedback.services import answer, follow_evidence, settle_follow_up
from feedback.stages.review import review
from feedback.stages.survey import survey
from fulfillment.carriers.packages import ask_again_in, carrier_day
from fulfillment.errors import CarrierError
from fulfillment.models import Shipment
from fulfillment.returns.receiving import receive_return
from fulfillment.services import open_shipments, postpone, stop_cancelled
from fulfillment.stages.deliver import ask_carrier, deliver
from fulfillment.stages.pack import pack
from fulfillment.stages.pick import pick
from fulfillment.stages.ship import ship
from inventory import clock
from inventory.models import Warehouse
from ordermgmt.simulation import third_party
from ordermgmt.simulation.assortment import way_to
from ordermgmt.simulation.customers import LATE, PLEASED, REASONS, SORRY
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.opinions import details_of
from ordermgmt.simulation.pickers import walk
from ordermgmt.simulation.plan import Errand
from ordermgmt.simulation.timeline import Timeline
from ordermgmt.simulation.troubles import WayBack, trouble_with
from ordermgmt.simulation.workday import Bench, Workday, next_collection, next_morning
from orders.api.requests import OrderRequestSerializer, checked, order_request
from orders.flow import State
from orders.models import Channel, Hold, Order
from orders.queue import TRIES, backoff
from orders.services import cancel, release_hold
from orders.stages.approve import approve
from orders.stages.place import place
from orders.stages.receive import receive

ALICE, BOB, PETRA = "alice", "bob", "petra"
MANUAL, THIRD_PARTY = Warehouse.Mode.MANUAL, Warehouse.Mode.THIRD_PARTY
PROMISE_DAYS = {"GB": 4, "AU": 12}
PROMISE_DAYS_EUROPE = 7
ANSWER_SHARE, REFUSAL_SHARE, SECOND_THOUGHTS_SHARE = 0.45, 0.2, 0.06
SCAN_SHARE, SILENCE_SHARE, RETURN_SHARE = 0.94, 0.08, 0.08
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUICKLY = 2_000  # a past need not be packed at the very best price


@dataclass(frozen=True)
class Job:
    """One shipment in the hands of those who send it. `about` is the errand's number, what all dice are thrown for."""

    about: int
    order_id: int
    shipment_id: int
    mode: str
    by: str
    lines: int


class Past:
    """Plays errands from the customer's click to the review.

    Orders in `undecided` stay held, and the label of those in `unlucky` cannot be bought; `faulty` is the SKU that
    comes back more often than others.
    """

    def __init__(self, timeline: Timeline, workday: Workday, dice: Dice, *, faulty: str) -> None:
        self.timeline, self.workday, self.dice, self.faulty = timeline, workday, dice, faulty
        self.channels: Mapping[str, Channel] = {row.code: row for row in Channel.objects.all()}
        self.undecided: set[int] = set()
        self.unlucky: set[int] = set()
        self._bob, self._petra = (Bench(workday, clock.now()) for _ in range(2))
        self._over: set[int] = set()
        self._begun: set[int] = set()

    def place(self, errand: Errand) -> None:
        """The customer hits buy."""
        channel, body = self.channels[errand.channel], errand.body()
        days = PROMISE_DAYS.get(body["shipping_address"]["country"], PROMISE_DAYS_EUROPE)
        body["shipping_method"] = way_to(body["shipping_address"]["country"])
        body["promised_at"] = (clock.now() + days * DAY).isoformat()
        wanted = order_request(checked(OrderRequestSerializer, body), idempotency_key=errand.external_id)
        placed = place(wanted, channel=channel, by=f"API: {channel.name}")
        self._soon(partial(self._receive, errand, placed.order_id), "receive", errand.number)

    def _soon(self, action: partial[None], *about: object) -> None:
        """A machine takes a few seconds."""
        self.timeline.plan_in(timedelta(seconds=self.dice.between(4, 20, "soon", *about)), action)

    def _receive(self, errand: Errand, order_id: int) -> None:
        receive(order_id, by="system:receive")
        self._soon(partial(self._approve, errand, order_id), "approve", errand.number)

    def _approve(self, errand: Errand, order_id: int) -> None:
        order = approve(order_id, by="system:approve")
        if order.state == State.APPROVED:
            self._soon(partial(self._open, errand, order_id), "open", errand.number)
        elif order.open_holds and errand.number not in self.undecided:
            thinks = HOUR * self.dice.between(0.3, 8, "thinks", errand.number)
            decide = partial(self._decide, errand, order_id)
            self.timeline.plan(self.workday.after(clock.now(), thinks), decide)

    def _decide(self, errand: Errand, order_id: int) -> None:
        """Alice trusts most of those who are held."""
        holds = list(Hold.objects.filter(order_id=order_id, released_at=None))
        if self.dice.happens(REFUSAL_SHARE, "refuses", errand.number):
            cancel(order_id, reason=f"Not trusted: {holds[0].note or holds[0].reason}", by=ALICE)
            return
        for hold in holds:
            release_hold(hold.pk, by=ALICE)
        self._soon(partial(self._approve, errand, order_id), "again", errand.number)

    def _open(self, errand: Errand, order_id: int) -> None:
        open_shipments(order_id, by="system:pick")
        self._begin_what_is_open(errand, order_id)

    def _begin_what_is_open(self, errand: Errand, order_id: int) -> None:
        """Every shipment of the order that nobody works on yet."""
        shipments = Shipment.objects.filter(order_id=order_id).select_related("warehouse").prefetch_related("lines")
        for row in shipments.exclude(pk__in=self._begun).order_by("number"):
            self._begun.add(row.pk)
            by = f"API: {row.warehouse.name}" if row.warehouse.mode == THIRD_PARTY else ""
            self._begin(Job(errand.number, order_id, row.pk, row.warehouse.mode, by, len(row.lines.all())), errand)

    def _begin(self, job: Job, errand: Errand) -> None:
        """Who picks, and when they are done."""
        now, picking = clock.now(), partial(self._pick, job, errand)
        if job.mode not in (MANUAL, THIRD_PARTY):
            self._soon(picking, "pick", job.shipment_id)
            return
        calls_off = errand.calls_off or self.dice.happens(SECOND_THOUGHTS_SHARE, "second thoughts", job.about)
        if calls_off:
            self.timeline.plan_in(
                HOUR * self.dice.between(0.2, 3, "calls off", job.about), partial(self._call_off, job)
            )
        if job.mode == MANUAL:
            printed = now + MINUTE * self.dice.between(10, 60, "printed", job.about)
            self.timeline.plan(self._bob.take(printed, MINUTE * (3 + job.lines / 2)), picking)
        elif not self.dice.happens(SILENCE_SHARE, "silence", job.about) or now < self.timeline.until - 4 * DAY:
            self.timeline.plan(next_morning(now) + MINUTE * self.dice.between(0, 150, "morning", job.about), picking)
            if not calls_off:  # else nobody there has looked yet
                answers = partial(self._hear_third_party, job, errand)
                self.timeline.plan_in(MINUTE * self.dice.between(5, 60, "answers", job.about), answers)

    def _hear_third_party(self, job: Job, errand: Errand) -> None:
        """It takes it on, or others send it; what nobody else can send, Alice talks over with them."""
        if job.order_id in self._over or third_party.answer(job.shipment_id, dice=self.dice, by=job.by):
            return
        self._begin_what_is_open(errand, job.order_id)
        talks = HOUR * self.dice.between(0.5, 5, "talks", job.about)
        self.timeline.plan_in(talks, partial(third_party.ask_again, job.shipment_id, by=ALICE))

    def _call_off(self, job: Job) -> None:
        order = Order.objects.get(pk=job.order_id)
        if can_proceed(order.cancel):
            cancel(job.order_id, reason="The customer changed their mind", by="customer")
            stop_cancelled(by="system:pick")
            self._over.add(job.order_id)

    def _pick(self, job: Job, errand: Errand) -> None:
        if job.order_id in self._over or not self._is_agreed(job, errand):
            return
        if Order.objects.filter(pk=job.order_id, open_holds__gt=0).exists():  # for want of stock, say
            self.timeline.plan_in(4 * HOUR, partial(self._pick, job, errand))
            return
        if job.mode == MANUAL and self.dice.happens(SCAN_SHARE, "scans", job.about):
            if not self._is_gathered(job):  # others of its batch may have been on the list before
                walk(job.shipment_id, picker=BOB, leader=ALICE, dice=self.dice)
            self._begin_what_is_open(errand, job.order_id)
        elif not self._is_gathered(job):
            pick(job.shipment_id, by=job.by or (BOB if job.mode == MANUAL else "system:pick"))
        if not self._is_gathered(job):
            return
        packing = partial(self._pack, job, errand)
        if job.mode == MANUAL:
            waits = MINUTE * self.dice.between(10, 80, "tote", job.about)
            self.timeline.plan(self._petra.take(clock.now() + waits, MINUTE * (4 + job.lines / 4)), packing)
        elif job.mode == THIRD_PARTY:
            self.timeline.plan_in(MINUTE * self.dice.between(15, 60, "pack", job.about), packing)
        else:
            self._soon(packing, "pack", job.shipment_id)

    def _is_agreed(self, job: Job, errand: Errand) -> bool:
        """What a third party sent back goes its own way, or is looked at again when it was talked over."""
        if job.mode != THIRD_PARTY:
            return True
        state, holds = Shipment.objects.values_list("state", "open_holds").get(pk=job.shipment_id)
        if holds and state == State.APPROVED:
            self.timeline.plan_in(6 * HOUR, partial(self._pick, job, errand))
        return state == State.APPROVED and not holds

    def _is_gathered(self, job: Job) -> bool:
        """False also when all that was short of it is sent from elsewhere."""
        return Shipment.objects.values_list("state", flat=True).get(pk=job.shipment_id) == State.PICKED

    def _pack(self, job: Job, errand: Errand) -> None:
        if job.order_id in self._over:
            return
        by = job.by or (PETRA if job.mode == MANUAL else "system:pack")
        pack(job.shipment_id, by=by, work=QUICKLY)
        shipping = partial(self._ship, job, errand)
        if job.mode == MANUAL:
            self.timeline.plan(next_collection(clock.now()), shipping)
        elif job.mode == THIRD_PARTY:
            self.timeline.plan_in(MINUTE * self.dice.between(30, 180, "ship", job.about), shipping)
        else:
            self._soon(partial(self._fail, job, 1) if job.about in self.unlucky else shipping, "ship", job.shipment_id)

    def _fail(self, job: Job, tries: int) -> None:
        """The carrier's label desk does not answer; after five tries a person is asked."""
        postpone(job.shipment_id, CarrierError("The label service answered 503 Service Unavailable"))
        if tries < TRIES:
            self.timeline.plan_in(backoff(tries), partial(self._fail, job, tries + 1))

    def _ship(self, job: Job, errand: Errand) -> None:
        if job.order_id in self._over:
            return
        shipment = ship(job.shipment_id, by=job.by or (PETRA if job.mode == MANUAL else "system:ship"))
        for moment in asks_with_news(shipment):
            self.timeline.plan(moment, partial(self._ask, job, errand))

    def _ask(self, job: Job, errand: Errand) -> None:
        order = deliver(job.shipment_id, by="carrier").order
        if order.state != State.DELIVERED:
            return
        inviting = partial(self._survey, order.pk, errand)
        self.timeline.plan((order.due_at or clock.now()) + MINUTE, inviting)
        if way_back := self._way_back(job, errand):
            back = DAY * self.dice.between(0.5, 8, "back", errand.number)
            self.timeline.plan_in(back, partial(self._take_back, order.pk, errand, way_back))

    def _way_back(self, job: Job, errand: Errand) -> WayBack | None:
        """What the credit notes say, or a pattern; and, as those are few, now and then all of the largest line."""
        reason = self.dice.choose(REASONS, "reason", errand.number)
        if errand.returns:
            return WayBack(errand.returns, reason)
        if trouble := trouble_with(errand, mode=job.mode, faulty=self.faulty, dice=self.dice):
            return trouble
        if not self.dice.happens(RETURN_SHARE, "returns", errand.number):
            return None
        line = max(errand.basket.lines, key=lambda line: line.quantity)
        return WayBack({line.sku: line.quantity}, reason)

    def _take_back(self, order_id: int, errand: Errand, back: WayBack) -> None:
        receive_return(order_id, lines=back.units, reason=back.reason, key=f"return:{errand.external_id}", by=BOB)
        follow_evidence(order_id, by="system:review")

    def _survey(self, order_id: int, errand: Errand) -> None:
        """Invited, then answered or closed: each time the stage is asked to look."""
        if order_id in self._over:
            return
        order = survey(order_id, by="system:survey")
        if order.state == State.SURVEYED:
            self._over.add(order_id)
            self._soon(partial(self._review, order_id), "review", errand.number)
            return
        self.timeline.plan((order.due_at or clock.now()) + MINUTE, partial(self._survey, order_id, errand))
        if Survey.objects.filter(order=order_id).exists() and self.dice.happens(ANSWER_SHARE, "answers", errand.number):
            thinks = DAY * self.dice.between(0.05, 5, "answers after", errand.number)
            self.timeline.plan_in(thinks, partial(self.answer, order_id, errand))

    def answer(self, order_id: int, errand: Errand) -> None:
        """The customer says what they think of it."""
        order = Order.objects.get(pk=order_id)
        moods = LATE if order.state_since > order.promised_at else SORRY if order.returns.exists() else PLEASED
        csat, comment = self.dice.choose(moods, "opinion", errand.number)
        nps = max(0, 2 * csat - int(self.dice.share("nps", errand.number) * 2))
        details = details_of(order, csat, self.dice, errand.number)
        answer(order_id, csat=csat, nps=nps, comment=comment, details=details)
        if follow_up := FollowUp.objects.filter(order=order_id, done_at=None).first():
            takes = HOUR * self.dice.between(1, 40, "gets back", errand.number)
            self.timeline.plan_in(takes, partial(self._get_back, follow_up.pk))
        self._soon(partial(self._survey, order_id, errand), "answered", errand.number)

    def _get_back(self, follow_up_id: int) -> None:
        settle_follow_up(follow_up_id, outcome="Rang and said sorry.", by=BOB)

    def _review(self, order_id: int) -> None:
        review(order_id, by="system:review")


def asks_with_news(shipment: Shipment) -> list[datetime]:
    """Of the many times at which the carrier is asked, those that find the last parcel one step further."""
    now, every = clock.now(), ask_again_in(carrier_day())
    with clock.at(now + 60 * DAY):
        journeys = list(ask_carrier(shipment).values())
    last = max(journeys, key=lambda scans: scans[-1].at)
    first_at = {scan.status: scan.at for scan in reversed(last)}
    return sorted({now + -(-(at - now) // every) * every for at in first_at.values()})
