"""The filters of the list of orders: each finds what it says, and nothing it cannot read breaks the list."""

from datetime import timedelta

import pytest
from django.test import Client

from inventory import clock
from ordermgmt.lists.language import typed
from ordermgmt.lists.order_filters import DOING, FILTERS, narrowed
from orders.flow import State
from orders.models import Customer, Order
from orders.services import hold
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def found(text):
    orders, faults = narrowed(Order.objects.order_by("number"), typed(text))
    assert list(faults) == []
    return list(orders.values_list("number", flat=True))


@pytest.fixture
def two(noon):
    """One of Marta's, received two hours ago; one of Jonas', just placed and held."""
    with clock.at(noon - timedelta(hours=2)):
        first = make_order([("MUG-1", 1)], state="received")
    second = make_order([("JAR-1", 2)], email="jonas@example.org", name="Jonas Weber")
    hold(second.pk, reason="fraud", note="", by="sam")
    Customer.objects.filter(email="jonas@example.org").update(tier="A")
    return first.number, second.number


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("", (0, 1)),
        ("state:received", (0,)),
        ("state:approving", (0,)),
        ("state:placed,received", (0, 1)),
        ("-state:placed", (0,)),
        ("age:>1h", (0,)),
        ("age:1h", (0,)),
        ("age:<1h", (1,)),
        ("age:>=3h", ()),
        ("held:yes", (1,)),
        ("held:no", (0,)),
        ("held:fraud", (1,)),
        ("held:other", ()),
        ("sku:mug-1", (0,)),
        ("-sku:MUG-1,JAR-1", ()),
        ("tier:a", (1,)),
        ("-tier:A", (0,)),
        ("channel:WEB", (0, 1)),
        ("country:xx", ()),
        ("total:>0", (0, 1)),
        ("total:<=0", ()),
        ("placed:today", (0, 1)),
        ("placed:<today", ()),
        ("placed:>=7d", (0, 1)),
        ("placed:>today", ()),
        ("promised:>today", (0, 1)),
        ("warehouse:nowhere", ()),
        ("carrier:nobody", ()),
        ("weber", (1,)),
        ("state:placed Silva", ()),
        ("state:received Silva", (0,)),
    ],
)
def test_a_filter_finds_what_it_says(two, text, which):
    assert found(text) == [two[place] for place in which]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("colour:red", "There is no filter colour"),
        ("state:lost", "There is no state lost"),
        ("state:>placed", "cannot be compared"),
        ("tier:Z", "There is no tier Z"),
        ("age:long", "long is not a time"),
        ("total:much", "much is not an amount"),
        ("placed:soon", "soon is not a day"),
    ],
)
def test_what_cannot_be_meant_is_left_out_and_explained(two, text, why):
    orders, faults = narrowed(Order.objects.all(), typed(f"{text} state:received"))
    assert [order.number for order in orders] == [two[0]]
    assert [fault.clause.text for fault in faults] == [text]
    assert why in faults[0].why


@pytest.mark.parametrize("name", FILTERS)
def test_every_example_can_be_asked(name):
    assert found(FILTERS[name].example) == []


def test_everything_that_can_be_done_is_a_state():
    assert len(set(DOING.values())) == len(DOING) == 8
    assert set(DOING.values()) == set(State) - {State.REVIEWED, State.REJECTED, State.CANCELLED}


def test_the_page_shows_the_conditions_and_a_way_without_each(alice: Client, two):
    page = alice.get("/orders/?q=state:received age:>1h").context["page"]
    assert [(chip.label, chip.address) for chip in page.conditions] == [
        ("state:received", "?q=age%3A%3E1h"),
        ("age:>1h", "?q=state%3Areceived"),
    ]
    assert [order.number for order in page.objects] == [two[0]]


def test_the_page_says_what_was_left_out(alice: Client, two):
    answer = alice.get("/orders/?q=tier:Z")
    assert len(answer.context["page"].objects) == 2
    assert "There is no tier Z. Tiers are A, B, C." in answer.content.decode()
