"""An order that waits for its money says so to its customer; one that was called off pays back only what was taken."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from fulfillment.mails.words import KINDS
from inventory import clock
from orders.models import Order, Payment
from orders.services import cancel
from orders.tokens import sign
from tests.factories import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def unpaid() -> Order:
    order = make_order(state="placed", shipping_total=Decimal("4.95"))
    Payment.objects.update(method="card", authorised=0, captured=0)
    Order.objects.update(expires_at=clock.now() + timedelta(hours=1))
    return Order.objects.get(pk=order.pk)


def page_of(order: Order) -> str:
    return Client().get(f"/track/{sign(order.pk, 'track')}/").content.decode()


def said(order: Order, kind: str) -> list[str]:
    return [str(words) for words in KINDS[kind].say(order, {}).more]


def test_an_unpaid_order_says_what_is_to_be_paid_and_until_when(unpaid: Order, settings: object) -> None:
    page = page_of(unpaid)
    assert "Your order waits for its payment" in page
    assert "£14.95 are still to be paid" in page
    assert "/shop/pay/" in page
    assert "not paid yet" in said(unpaid, "received")[0]
    settings.STOREFRONT_CHANNEL = ""  # type: ignore[attr-defined]
    assert "/shop/pay/" not in page_of(unpaid)


def test_a_paid_one_does_not(unpaid: Order) -> None:
    Payment.objects.update(authorised=unpaid.total)
    assert "still to be paid" not in page_of(unpaid)
    assert said(Order.objects.get(), "received") == []


@pytest.mark.parametrize(("taken", "told"), [(0, "Nothing is charged."), (5, "What you have paid goes back to you.")])
def test_a_cancelled_one_promises_money_back_only_where_some_was_taken(unpaid: Order, taken: int, told: str) -> None:
    Payment.objects.update(authorised=taken, captured=taken)
    cancel(unpaid.pk, by="sam", reason="customer")
    order = Order.objects.get()
    assert told in page_of(order)
    assert said(order, "cancelled") == [told]


def test_the_first_mail_adds_up(unpaid: Order) -> None:
    facts = dict(KINDS["received"].say(unpaid, {}).facts)
    assert (facts["Shipping"], facts["Total"]) == ("£4.95", "£14.95")
