"""Two customers become one while orders come in under both addresses: none is left behind and nothing deadlocks."""

from functools import partial

import pytest

from ordermgmt.verify import verify
from orders.customers.erasure import erase
from orders.customers.merging import merge
from orders.errors import CustomerRefused
from orders.models import Customer, Order
from orders.services import cancel
from orders.stages.receive import receive
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25


def buy(email: str) -> int:
    """Placed and received, each in a transaction of its own."""
    order = make_order(email=email)
    receive(order.pk, by="test")
    return order.pk


def test_no_order_stays_with_a_duplicate_however_merge_and_buyers_meet(at_once):
    make_stock(make_product(), 1000)
    for turn in range(ROUNDS):
        emails = [f"{turn}@example.org", f"{turn}@example.com"]
        survivor, duplicate = (make_order(email=email).customer for email in emails)
        buyers = [partial(buy, email) for email in emails * 2]
        merged, *bought = at_once([partial(merge, survivor.pk, duplicate_id=duplicate.pk, by="alice"), *buyers])
        assert merged == survivor
        owners = Order.objects.filter(pk__in=bought).values_list("customer", flat=True)
        assert list(owners) == [survivor.pk] * 4
    assert [breach for check in verify().checks if check.name == "merged-customers" for breach in check.breaches] == []


def test_of_two_merges_that_point_at_each_other_one_is_refused(at_once):
    make_stock(make_product(), 1000)
    for turn in range(ROUNDS):
        one, two = (make_order(email=f"{turn}@example.{end}").customer for end in ("org", "com"))
        ways = [
            partial(merge, one.pk, duplicate_id=two.pk, by="a"),
            partial(merge, two.pk, duplicate_id=one.pk, by="b"),
        ]
        results = at_once(ways)
        assert sorted(type(result).__name__ for result in results) == ["Customer", "CustomerRefused"]
        assert Customer.objects.filter(pk__in=[one.pk, two.pk], merged_into=None).count() == 1


def test_who_is_erased_while_they_order_is_erased_before_or_refused(at_once):
    make_stock(make_product(), 1000)
    for turn in range(ROUNDS):
        email = f"{turn}@example.org"
        order = make_order(email=email)
        cancel(order.pk, reason="test", by="sam")
        erased, bought = at_once([partial(erase, order.customer_id, by="alice"), partial(buy, email)])
        owner = Order.objects.get(pk=bought).customer
        if isinstance(erased, CustomerRefused):
            assert (owner.pk, owner.email) == (order.customer_id, email)
        else:
            assert (erased, owner.email) == ([order.pk], email)
            assert owner.pk != order.customer_id
