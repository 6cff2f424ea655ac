"""Store credit is spent once, however many orders of its customer are placed at the same moment."""

from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest

from orders.customers import purse
from orders.customers.credit import credit_balance, give_credit, spend_credit
from orders.errors import CreditTooSmall
from orders.models import Customer, StoreCredit
from orders.order_request import CreditRequest
from orders.queue import held
from orders.stages.place import Placed, place
from tests.factories import make_channel, make_order, make_product, make_stock, order_request

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "m.silva@example.org"


@pytest.fixture
def orders():
    """Two orders at 10.00 of one person with two addresses, who has 10.00 of credit; to be placed."""
    make_stock(make_product(), 20)
    first = make_order()
    with held(first.pk) as row:
        give_credit(row, Decimal(10), key="gift", why="Sorry", by="sam")
    Customer.objects.create(email=OTHER, name="M", merged_into=first.customer)
    wanted = [order_request(store_credit=CreditRequest(Decimal(10)), **more) for more in ({}, {"email": OTHER})]
    return first, [partial(place, row, channel=make_channel(), by="test") for row in wanted]


def left(order):
    return credit_balance(order.customer_id).get("GBP", Decimal(0))


def test_two_orders_at_once_never_spend_the_same_credit(at_once, orders):
    first, acts = orders
    spend = partial(spend_credit, first.pk, amount=Decimal(10), key="S-1", by="sam")
    came = at_once([*acts, spend])
    assert sum(isinstance(row, CreditTooSmall) for row in came) == 2, came
    assert (left(first), StoreCredit.objects.filter(amount__lt=0).count()) == (0, 1)


def test_without_its_turn_credit_would_be_spent_twice(at_once, orders, monkeypatch):
    """The fear that the turn is for: both look before either spends."""
    first, acts = orders
    barrier = Barrier(2)
    monkeypatch.setattr(purse, "credit_turn", lambda owner: None)
    monkeypatch.setattr(purse, "credit_balance", lambda owner: (credit_balance(owner), barrier.wait(20))[0])
    assert all(isinstance(row, Placed) for row in at_once(acts))
    assert StoreCredit.objects.filter(amount__lt=0).count() == 2
