"""An open order page hears that the order has moved on, and nothing while it has not."""

import pytest
from django.test import Client

from orders.services import add_note
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def test_the_page_asks_for_news_since_what_it_shows(alice: Client) -> None:
    order = make_order(state="received")
    page = alice.get(f"/orders/{order.number}/").content.decode()
    assert f'hx-get="/orders/{order.number}/news/?seen=2"' in page


def test_nothing_is_said_until_something_happened(alice: Client) -> None:
    order = make_order(state="received")
    address = f"/orders/{order.number}/news/?seen=2"
    assert (alice.get(address).status_code, alice.get(address).content) == (204, b"")
    add_note(order.pk, text="Ring twice", by="sam")
    answer = alice.get(address)
    assert answer.status_code == 200
    assert "This order has moved on" in answer.content.decode()
    assert f'href="/orders/{order.number}/"' in answer.content.decode()


def test_a_stranger_hears_nothing(client: Client, charlie: Client) -> None:
    number = make_order().number
    assert client.get(f"/orders/{number}/news/?seen=1").status_code == 302
    assert charlie.get(f"/orders/{number}/news/?seen=1").status_code == 403


def test_asking_costs_one_query_besides_the_session(alice: Client, django_assert_max_num_queries) -> None:
    number = make_order().number
    with django_assert_max_num_queries(3):
        alice.get(f"/orders/{number}/news/?seen=1")
