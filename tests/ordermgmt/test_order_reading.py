"""What the page of an order reads: small rows within other statements, and few statements whatever has happened."""

from datetime import datetime
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client

from feedback.models import Answer, FollowUp, ImprovementItem, LineAnswer
from feedback.services import Details, LineSaid, answer
from feedback.stages.survey import survey
from fulfillment.changes import apply_change, split_order
from fulfillment.claims import open_claim, settle_claim
from fulfillment.holds import hold_shipment, release_shipment
from fulfillment.models import Claim, Message, Parcel, Return, Shipment
from fulfillment.returns.receiving import receive_return
from fulfillment.services import open_shipments
from inventory import clock
from ordermgmt.nested import nested, unfold
from ordermgmt.order_reading import OF_ORDER, OF_PARCEL, OF_PAYMENT, read_order
from orders.changes.operations import SetQuantity
from orders.changes.proposals import propose
from orders.models import Order, Payment, WebhookDelivery
from orders.services import hold, release_hold
from orders.webhooks.managing import make_endpoint
from tests.factories import ENTERED_AFTER, carry, make_order

pytestmark = pytest.mark.django_db

NESTED: list[tuple[type[Model], str]] = [
    *((Order, name) for name in OF_ORDER),
    *((Payment, name) for name in OF_PAYMENT),
    *((Parcel, name) for name in OF_PARCEL),
    *((Return, "lines"), (Claim, "lines"), (Shipment, "holds"), (Answer, "lines")),
]


@pytest.fixture
def eventful(noon: datetime) -> Order:
    """All that can happen to one order did."""
    order = make_order([("MUG-1", 4), ("JAR-1", 2)], state="approved")
    release_hold(hold(order.pk, reason="other", note="Ask first", by="sam").pk, by="sam")
    change = propose(order.pk, [SetQuantity(1, 3)], reason="They called", by="alice")
    apply_change(change.pk, by="alice", put_back=True)
    split_order(order.pk, {2: 1}, reason="Later", by="alice", put_back=True)
    open_shipments(order.pk, by="test")
    held = hold_shipment(order.shipments.get(state="approved").pk, reason="other", note="Too late", by="sam")
    release_shipment(held.pk, by="sam")
    order = carry(order, to="delivered")
    with clock.at(order.placed_at + ENTERED_AFTER["surveyed"]):
        _come_back(order)
    _tell(order)
    return Order.objects.get(pk=order.pk)


def _come_back(order: Order) -> None:
    line, other = order.lines.order_by("position")
    survey(order.pk, by="test")
    said = (LineSaid(other.pk, frozenset({"quantity"})), LineSaid(line.pk, frozenset({"item"})))
    answer(order.pk, csat=1, nps=1, comment="Bad", details=Details(lines=said))
    receive_return(order.pk, lines={"MUG-1": 1}, reason="damaged", key="r", by="sam")
    claim = open_claim(order.pk, kind="missing", units={line.pk: 1}, key="c", by="customer")
    settle_claim(claim.pk, outcome="refund", by="sam")
    ImprovementItem.objects.create(order=order, stage="pack", finding="Padding")


def _tell(order: Order) -> None:
    Message.objects.create(
        order=order, kind="received", key="m", recipient="m@example.com", subject="-", state="failed"
    )
    endpoint, _ = make_endpoint(order.channel, name="Books", url="http://127.0.0.1:1/", events=["*"], by="alice")
    for event, status in zip(order.events.all(), ("given_up", "delivered"), strict=False):
        WebhookDelivery.objects.create(
            endpoint=endpoint, event=event, order=order, seq=event.seq, status=status, delivered_at=clock.now()
        )


def test_nested_rows_are_the_stored_ones_to_the_last_digit(eventful: Order) -> None:
    for model, name in NESTED:
        parents = list(model._default_manager.annotate(**nested(model, name)))
        unfold(parents, name)
        found = [_values(row) for parent in parents for row in getattr(parent, name).all()]
        stored = [_values(row) for parent in parents for row in getattr(parent, name).filter(pk__gt=0)]
        assert found == stored != [], (model, name)


def _values(row: Model) -> list[tuple[type, Any]]:
    values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
    return [(type(value), value) for value in values]


def test_nested_rows_are_read_with_what_they_belong_to(eventful: Order, django_assert_num_queries: Any) -> None:
    (order,) = Order.objects.filter(pk=eventful.pk).annotate(**nested(Order, "holds"))
    unfold([order], "holds")
    with django_assert_num_queries(0):
        assert [row.order for row in order.holds.all()] == [order]
    with django_assert_num_queries(1):
        assert not order.holds.filter(released_at=None).exists()


def test_the_order_is_read_in_at_most_ten_statements(eventful: Order, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        order = read_order(eventful.number).order
        said = order.survey_record.answer.lines.all()
        assert [sorted(row.faults) for row in said] == [["item"], ["quantity"]]
    assert list(said) == list(LineAnswer.objects.all())
    assert list(order.follow_ups.all()) == list(FollowUp.objects.all()) != []


def test_the_page_costs_fifteen_statements_when_everything_has_happened(
    alice: Client, eventful: Order, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        page = alice.get(f"/orders/{eventful.number}/?all").content.decode()
    for said in ("Ask first", "They called", "Split off", "let go", "Padding", "Books"):
        assert said in page
