"""Where a request leads nowhere: each page says why, and shows a way on that its reader may go."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import Client, RequestFactory

from ordermgmt.views.dead_ends import broken
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,*/*;q=0.8"}
NOWHERE = "/orders/404404/hold/"


def test_an_address_of_a_button_opened_by_itself_says_so(alice: Client) -> None:
    answer = alice.get(NOWHERE, headers=BROWSER)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert b"belongs to a button" in answer.content


@pytest.mark.parametrize("headers", [{"accept": "application/json"}, {**BROWSER, "hx-request": "true"}])
def test_programs_and_parts_of_pages_get_no_page_then(alice: Client, headers: dict[str, str]) -> None:
    answer = alice.get(NOWHERE, headers=headers)
    assert (answer.status_code, answer.content) == (405, b"")


def test_staff_go_on_to_their_work(alice: Client) -> None:
    page = alice.get("/nothing/here/").content.decode()
    assert 'href="/start/"' in page
    assert 'href="/track/"' not in page


def test_a_customer_goes_on_to_their_order_or_the_shop(client: Client, settings: Any) -> None:
    settings.STOREFRONT_CHANNEL = "web"
    page = client.get("/nothing/here/").content.decode()
    assert 'href="/start/"' not in page
    assert 'href="/shop/"' in page
    settings.STOREFRONT_CHANNEL = ""
    assert 'href="/shop/"' not in client.get("/nothing/here/").content.decode()


@pytest.mark.parametrize(
    ("error", "status", "wait", "words"),
    [
        (OperationalError("gone"), 503, "5", "Back in a moment"),
        (ZeroDivisionError(), 500, None, "Something broke on our side"),
    ],
)
def test_what_breaks_is_told_without_asking_the_database(
    error: Exception, status: int, wait: str | None, words: str, django_assert_num_queries: object
) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):  # type: ignore[operator]
        try:
            raise error
        except type(error):
            answer = broken(request)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert words in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://testserver/orders/10001/?tab=2#hold", "/orders/10001/?tab=2"),
        ("http://elsewhere.example/orders/", "/start/"),
        ("", "/start/"),
    ],
)
def test_who_was_signed_out_meanwhile_comes_back_to_the_form_they_sent(client: Client, before: str, after: str) -> None:
    make_alice()
    asked = client.post(NOWHERE, headers={"referer": before} if before else {})
    assert asked.status_code == 302
    signed_in = client.post(asked["Location"], {"username": "alice", "password": PASSWORD})
    assert signed_in["Location"] == after
