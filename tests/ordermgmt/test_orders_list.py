"""The list of orders and the search that jumps."""

from datetime import datetime

import pytest
from django.test import Client

from fulfillment.models import Label
from orders.models import Order
from orders.services import hold
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


def numbers(client: Client, query: str) -> list[int]:
    return [order.number for order in client.get(f"/orders/{query}").context["page"].objects]


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    assert client.get("/orders/").headers["Location"] == "/login/?next=/orders/"


def test_charlie_who_is_no_staff_sees_nothing(charlie: Client) -> None:
    assert charlie.get("/orders/").status_code == 403


def test_orders_are_listed_newest_first(alice: Client, noon: datetime) -> None:
    first, second = make_order(), make_order()
    assert numbers(alice, "") == [second.number, first.number]


def test_a_state_narrows_the_list(alice: Client, noon: datetime) -> None:
    make_order(state="placed")
    received = make_order(state="received")
    assert numbers(alice, "?state=received") == [received.number]


def test_held_orders_can_be_listed_alone(alice: Client, noon: datetime) -> None:
    make_order()
    order = make_order()
    hold(order.pk, reason="other", note="", by="sam")
    assert numbers(alice, "?held=1") == [order.number]


@pytest.mark.parametrize("words", ["MARTA", "marta@example", "silva"])
def test_a_name_or_an_address_finds_all_orders_of_a_customer(alice: Client, noon: datetime, words: str) -> None:
    make_order(email="jonas@example.org", name="Jonas Weber")
    first, second = make_order(), make_order()
    assert numbers(alice, f"?q={words}") == [second.number, first.number]


@pytest.mark.parametrize("write", ["{0.number}", "%23{0.number}", " {0.number} ", "{0.external_id}"])
def test_a_number_or_a_channels_id_leads_straight_to_the_order(alice: Client, noon: datetime, write: str) -> None:
    make_order()
    order = make_order()
    assert alice.get(f"/orders/?q={write.format(order)}").headers["Location"] == f"/orders/{order.number}/"


def test_a_tracking_number_leads_straight_to_the_order(alice: Client, noon: datetime) -> None:
    order = make_order(state="shipped")
    tracking = Label.objects.get().tracking_number
    assert alice.get(f"/orders/?q={tracking.lower()}").headers["Location"] == f"/orders/{order.number}/"


def test_the_only_order_of_an_address_is_jumped_to_but_two_are_listed(alice: Client, noon: datetime) -> None:
    first = make_order()
    assert alice.get("/orders/?q=marta@example.org").headers["Location"] == f"/orders/{first.number}/"
    second = make_order()
    assert numbers(alice, "?q=marta@example.org") == [second.number, first.number]


def test_what_is_found_nowhere_says_what_can_be_searched(alice: Client, noon: datetime) -> None:
    assert "No order matches" in alice.get("/orders/?q=zzz").content.decode()


def test_a_list_without_anything_says_so_instead_of_that_nothing_matches(alice: Client, noon: datetime) -> None:
    page = alice.get("/orders/").content.decode()
    assert "Nothing here yet" in page
    assert 'href="/settings/start/"' in page
    assert "matches" not in page
    assert "once a delivery is taken in" in alice.get("/stock/").content.decode()


def test_beyond_the_last_page_nobody_is_told_that_there_is_nothing(alice: Client, noon: datetime) -> None:
    make_order()
    page = alice.get("/orders/?after=1").content.decode()
    assert "Nothing here yet" not in page
    assert "Show all" in page


@pytest.mark.parametrize(
    "query", ["?state=nonsense", "?before=x", "?after=-1", "?before=99999999999999999999", "?q=%00", "?held=yes"]
)
def test_nonsense_in_the_address_is_left_out(alice: Client, noon: datetime, query: str) -> None:
    order = make_order()
    assert numbers(alice, query) == [order.number]


def test_a_search_for_a_huge_number_finds_nothing(alice: Client, noon: datetime) -> None:
    make_order()
    assert numbers(alice, "?q=99999999999999999999999999") == []


def test_pages_hold_fifty_orders_and_lead_to_each_other(alice: Client, noon: datetime) -> None:
    make_stock(make_product(), 200)
    for _ in range(101):
        make_order()
    everything = list(Order.objects.order_by("-number").values_list("number", flat=True))
    first = alice.get("/orders/").context["page"]
    second = alice.get(f"/orders/{first.older}").context["page"]
    third = alice.get(f"/orders/{second.older}").context["page"]
    back = alice.get(f"/orders/{third.newer}").context["page"]
    assert [len(page.objects) for page in (first, second, third)] == [50, 50, 1]
    assert [order.number for page in (first, second, third) for order in page.objects] == everything
    assert back.objects == second.objects
    assert (first.newer, third.older) == ("", "")


def test_a_page_of_the_list_costs_four_queries(
    alice: Client, noon: datetime, django_assert_num_queries: object
) -> None:
    for _ in range(5):
        make_order()
    with django_assert_num_queries(4):  # type: ignore[operator]
        alice.get("/orders/?state=placed")
