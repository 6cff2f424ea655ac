"""Who gets what with the first parcel of an order: each occasion, what it is narrowed to, and what has run out."""

from datetime import timedelta

import pytest

from fulfillment.models import Insert, InsertRule, Shipment
from fulfillment.packwork.inserts import inserts_for
from inventory import clock
from orders.models import Channel, Customer, Order
from tests.factories import make_channel, make_order
from tests.fulfillment.packwork.bench import on_bench

pytestmark = pytest.mark.django_db


def rule(name="R", occasion="always", **fields):
    return InsertRule.objects.create(name=name, kind="card", occasion=occasion, **fields)


def offered(shipment):
    return [row.name for row in inserts_for(Shipment.objects.select_related("order__customer").get(pk=shipment.pk))]


def test_the_most_important_comes_first():
    rule("Second", priority=20)
    rule("First", priority=1)
    rule("Off", active=False)
    assert offered(on_bench()) == ["First", "Second"]


def test_a_first_order_is_one_without_an_earlier_one_that_came_to_something():
    rule("Welcome", "first_order")
    cancelled = make_order()
    Order.objects.filter(pk=cancelled.pk).update(placed_at=clock.now() - timedelta(days=2))
    first = on_bench()
    assert offered(first) == []
    Order.objects.filter(pk=cancelled.pk).update(state="placed", customer=Customer.objects.create(email="o@x.org"))
    assert offered(first) == ["Welcome"]


def test_the_a_list_is_known_by_the_tier_that_counts():
    rule("Thanks", "tier_a")
    shipment = on_bench()
    assert offered(shipment) == []
    Customer.objects.update(tier="C", tier_override="A", tier_reason="the mayor")
    assert offered(shipment) == ["Thanks"]


def test_whoever_got_the_last_order_late_is_told_sorry():
    rule("Sorry", "apology")
    late = make_order(state="delivered")
    shipment = on_bench()
    Order.objects.filter(pk=late.pk).update(placed_at=clock.now() - timedelta(days=9))
    assert offered(shipment) == []
    Order.objects.filter(pk=late.pk).update(promised_at=clock.now() - timedelta(days=3))
    assert offered(shipment) == ["Sorry"]
    Order.objects.filter(pk=late.pk).update(placed_at=clock.now() - timedelta(days=200))
    assert offered(shipment) == []


def test_a_birthday_is_known_by_its_month():
    rule("Happy birthday", "birthday")
    shipment = on_bench()
    assert offered(shipment) == []
    Customer.objects.update(birth_month=clock.now().month)
    assert offered(shipment) == ["Happy birthday"]


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"sku": "MUG-1"}, True),
        ({"sku": "CUP-9"}, False),
        ({"least_total": "0.01"}, True),
        ({"least_total": "10000"}, False),
        ({"starts_on": "2020-01-01", "ends_on": "2020-02-01"}, False),
        ({"starts_on": "2020-01-01"}, True),
        ({"counted": 0}, False),
        ({"counted": 1}, True),
    ],
)
def test_a_rule_may_be_narrowed(fields, holds):
    rule(**fields)
    assert offered(on_bench()) == (["R"] if holds else [])


def test_a_rule_may_be_of_one_channel():
    rule("Here", channel=make_channel())
    rule("There", channel=Channel.objects.create(code="there", name="There", currency="GBP"))
    assert offered(on_bench()) == ["Here"]


def test_what_was_added_is_taken_from_what_was_counted():
    card = rule(counted=1)
    first, second = on_bench(), on_bench()
    Insert.objects.create(shipment=first, rule=card, cost=0, by="petra")
    assert offered(second) == []
