"""Everything the page of one order shows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from feedback.models import ImprovementItem
from fulfillment.models import ShipmentHold
from fulfillment.partial import share_of
from ordermgmt import attention
from ordermgmt.approvals.decision_card import DecisionCard, decision_card
from ordermgmt.attention import Trouble
from ordermgmt.changes.card import ChangeCard, change_card
from ordermgmt.feedback.order_card import SurveyCard, survey_card
from ordermgmt.feedback.troubles import of_follow_up
from ordermgmt.order_goods import (
    ClaimCard,
    LineCard,
    ReturnCard,
    ShipmentCard,
    claim_card,
    places,
    return_card,
    returned_units,
    shipment_card,
)
from ordermgmt.order_reading import CustomerCard, Picked, read_order
from ordermgmt.payments.card import MoneyCard, money_card
from ordermgmt.refusals import Refusal, refusals
from ordermgmt.sourcing_card import SourcingCard, sourcing_card
from ordermgmt.stepper import Step, steps
from orders.flow import EXITS, FINAL, GOODS_HERE, State
from orders.history import EVENT_OF_STATE
from orders.models import Hold, Order, OrderEvent
from orders.payments.standing import WAITS_FOR_MONEY

MOST_LINES = 50  # shown until all are asked for


@dataclass(frozen=True)
class Block:
    """What stops the order, or a shipment: with the hold to release or the shipment step to take, if one ends it."""

    trouble: Trouble
    hold: Hold | None = None
    held: ShipmentHold | None = None
    shipment: ShipmentCard | None = None


@dataclass(frozen=True)
class OrderPage:
    """The whole page."""

    order: Order
    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]
    lines: tuple[LineCard, ...]
    line_count: int
    decision: DecisionCard | None
    sourcing: SourcingCard | None
    shipments: tuple[ShipmentCard, ...]
    money: MoneyCard
    customer: CustomerCard
    returns: tuple[ReturnCard, ...]
    claims: tuple[ClaimCard, ...]
    survey: SurveyCard | None
    findings: tuple[ImprovementItem, ...]
    may_hold: bool
    may_cancel: bool
    calm: str
    partly: str
    changes: ChangeCard

    @property
    def refusals(self) -> list[Refusal]:
        """What people look for and is not there now, each with its reason."""
        return refusals(self.order, self.shipments)

    @property
    def is_undecided(self) -> bool:
        """Whether holds keep it from being trusted, which somebody may decide at once."""
        return self.order.state == State.RECEIVED and any(block.hold for block in self.blocks)

    @property
    def runs_out(self) -> bool:
        """Whether it is called off unless somebody pays."""
        return self.order.expires_at is not None and self.order.state in WAITS_FOR_MONEY

    @property
    def ready(self) -> list[ShipmentCard]:
        """The shipments that wait for somebody's confirmation."""
        return [card for card in self.shipments if card.button]


def order_page(number: int, *, every_line: bool = True) -> OrderPage:
    """Read the order and all around it; raises Order.DoesNotExist."""
    found = read_order(number)
    order = found.order
    of_line: defaultdict[int, list[Picked]] = defaultdict(list)
    for each in found.picked:
        of_line[each.line].append(each)
    shipments = list(order.shipments.all())
    lines = list(order.lines.all())
    cards = tuple(shipment_card(shipment, lines, found.picked) for shipment in shipments)
    returned = returned_units(order)
    blocks = _blocks(order, cards)
    return OrderPage(
        order=order,
        blocks=tuple(blocks),
        steps=steps(order, order.events.all(), shipments),
        lines=tuple(
            LineCard(line, places(line, order, shipments, of_line[line.pk]), returned[line.pk])
            for line in (lines if every_line else lines[:MOST_LINES])
        ),
        line_count=len(lines),
        decision=decision_card(list(order.decisions.all()), order.holds.all()),
        sourcing=sourcing_card(order.events.all()),
        shipments=cards,
        money=money_card(order, order.events.all()),
        customer=found.customer,
        returns=tuple(return_card(record, lines) for record in order.returns.all()),
        claims=tuple(claim_card(claim, lines) for claim in order.claims.all()),
        survey=survey_card(order),
        findings=tuple(order.improvement_items.all()),
        may_hold=order.state in GOODS_HERE,
        may_cancel=can_proceed(order.cancel),
        calm=_calm(order, cards),
        partly="" if order.state in EXITS else share_of(shipments).words,
        changes=change_card(order, shipments, has_children=found.has_children),
    )


def _blocks(order: Order, cards: Iterable[ShipmentCard]) -> list[Block]:
    """What stops the order; a delay only where nothing else explains it."""
    found = list(_causes(order, cards))
    late = None if found or order.open_holds else attention.of_delay(order)
    return [*found, Block(late)] if late else found


def _causes(order: Order, cards: Iterable[ShipmentCard]) -> Iterable[Block]:
    left = [event for event in order.events.all() if event.name == EVENT_OF_STATE[State(order.state)]]
    if left and (trouble := attention.of_exit(order, _said(left[-1]), left[-1].by)):
        yield Block(trouble)
    for hold in order.holds.all():
        if hold.released_at is None:
            yield Block(attention.of_hold(hold), hold=hold)
    for follow_up in order.follow_ups.all():
        if follow_up.done_at is None:
            yield Block(of_follow_up(follow_up))
    for card in cards:
        yield from _causes_of(card, order)


def _causes_of(card: ShipmentCard, order: Order) -> Iterable[Block]:
    if card.shipment.open_holds:
        for held in (row for row in card.shipment.holds.all() if row.released_at is None):
            yield Block(attention.of_shipment_hold(held, card.shipment), held=held)
    elif not order.open_holds and order.state not in EXITS and (trouble := attention.of_shipment(card.shipment)):
        yield Block(trouble, shipment=card)
    for parcel in card.parcels:
        parcel.parcel.shipment = card.shipment
        if card.shipment.state == State.SHIPPED and (trouble := attention.of_parcel(parcel.parcel)):
            yield Block(trouble)


def _said(event: OrderEvent) -> str:
    return str(event.data.get("reason") or event.data.get("why") or "")


def _calm(order: Order, cards: Iterable[ShipmentCard]) -> str:
    """Who takes the next step when nobody has to be asked."""
    if order.state in FINAL:
        return _("The journey of this order is over.")
    if order.open_holds:
        return _("Held: no step is taken until each hold is released.")
    if any(card.button for card in cards):
        return ""
    if order.state == State.SHIPPED:
        return _("The carrier has it. Its news moves the order on.")
    if order.state == State.DELIVERED:
        return _("It moves on when the customer answers, or when the time to answer is over.")
    return _("The system takes the next step by itself.")
