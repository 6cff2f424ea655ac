"""The order's page says where it is sent from, by which rules, and what spoke against the other ways."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.utils import translation

from inventory.models import LostPromise, Stock, StockMovement
from inventory.retelling import retold
from inventory.services import write_down
from inventory.services.deliveries import expect_delivery
from ordermgmt.order_page import order_page
from ordermgmt.sourcing_card import SourcingCard, WayRow
from orders.backorders import mend_promises
from orders.models import Order, SourcingRule
from orders.services import set_priority
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def two_shelves(leeds: int = 1, york: int = 9) -> Stock:
    make_stock(make_product(), york, warehouse=make_warehouse("YORK", priority=2))
    return make_stock(make_product(), leeds, warehouse=make_warehouse("LEEDS", priority=1))


def card_of(order: Order) -> SourcingCard:
    card = order_page(order.number).sourcing
    assert card is not None
    return card


def test_before_it_is_received_there_is_no_decision(bob: Client, noon: datetime) -> None:
    order = make_order()
    assert order_page(order.number).sourcing is None
    assert "Sent from" not in bob.get(f"/orders/{order.number}/").content.decode()


def test_the_decision_is_a_sentence_with_every_way_that_was_weighed(bob: Client, noon: datetime) -> None:
    two_shelves()
    SourcingRule.objects.create(rank=1, kind="preferred", warehouse=make_warehouse("YORK"))
    SourcingRule.objects.create(rank=2, kind="nearest")
    order = make_order([("MUG-1", 2)], state="received")
    card = card_of(order)
    assert (card.sentence, card.moved) == ("York sends 2 units: no other warehouse has everything", "")
    assert (card.rules, card.compared) == ("preferred warehouse (York), then arrives earliest", "2 ways compared")
    assert card.ways == (
        WayRow("York", 1, "Mon 4 May", "Tue 5 May", False, "", True, ""),
        WayRow("Leeds", 1, "Mon 4 May", "Tue 5 May", False, "", False, "Lacks 1 × MUG-1"),
    )
    page = bob.get(f"/orders/{order.number}/").content.decode()
    assert page.count("Lacks 1 × MUG-1") == 2  # on the card, and as evidence in the timeline
    assert "York sends 2 units: no other warehouse has everything." in page


def test_a_way_that_breaks_the_promise_is_marked_late(noon: datetime) -> None:
    two_shelves()
    order = make_order([("MUG-1", 1)], state="received", promised_at=noon)
    assert [way.is_late for way in card_of(order).ways] == [True, True]


def test_the_latest_decision_is_the_one_that_holds(bob: Client, noon: datetime) -> None:
    leeds = two_shelves(leeds=2)
    order = make_order([("MUG-1", 2)], state="received")
    assert card_of(order).sentence == "Leeds sends 2 units: first in the order of the warehouses"
    write_down(leeds.pk, 2, kind=StockMovement.Kind.COUNT, key="count:1", by="bob", reason="Counted")
    mend_promises()
    assert not LostPromise.objects.exists()
    assert card_of(order).sentence == "York sends 2 units: no other warehouse has everything"
    page = bob.get(f"/orders/{order.number}/").content.decode()
    assert "Sourced again: York sends 2 units" in page


def test_a_promised_day_that_moved_is_told(bob: Client, noon: datetime) -> None:
    row = make_stock(make_product(), 0, backorder_limit=5)
    expect_delivery(
        row.warehouse, reference="PO-1", supplier="", due_on=date(2026, 5, 18), units={row.product_id: 5}, by="bob"
    )
    order = make_order(state="received")
    assert card_of(order).moved == "The promised day moved from Sat 9 May to Tue 19 May."
    assert "Leeds sends 1 unit. 1 unit is due in on Mon 18 May." in bob.get(f"/orders/{order.number}/").content.decode()


def test_a_change_of_priority_is_told(bob: Client, noon: datetime) -> None:
    order = make_order(state="received")
    set_priority(order.pk, priority=5, by="alice")
    assert "Priority 5 instead of 0" in bob.get(f"/orders/{order.number}/").content.decode()


def test_decisions_that_were_kept_in_former_words_are_told_too() -> None:
    with translation.override("de"):
        assert retold("York is asked first") == "York wird zuerst gefragt"
