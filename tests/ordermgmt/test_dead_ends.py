"""Where a request leads nowhere: each page says why, and shows a way on that its reader may go."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from ordermgmt.models import Preference
from ordermgmt.views.dead_ends import broken
from tests.people import PASSWORD, make_alice, signed_in

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,*/*;q=0.8"}
NOWHERE = "/orders/404404/hold/"


def test_an_address_of_a_button_opened_by_itself_says_so(alice: Client) -> None:
    answer = alice.get(NOWHERE, headers=BROWSER)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert b"belongs to a button" in answer.content


def test_a_form_for_which_there_is_no_address_gets_no_page(alice: Client) -> None:
    assert alice.post("/stock/", headers=BROWSER).content == b""


@pytest.mark.parametrize(
    "headers", [{"accept": "application/json"}, {"accept": "*/*"}, {**BROWSER, "hx-request": "true"}]
)
def test_programs_and_parts_of_pages_get_no_page_then(alice: Client, headers: dict[str, str]) -> None:
    answer = alice.get(NOWHERE, headers=headers)
    assert (answer.status_code, answer.content) == (405, b"")


def test_it_is_in_the_language_that_its_reader_chose(alice: Client) -> None:
    Preference.objects.create(user=User.objects.get(username="alice"), language="de")
    page = alice.get(NOWHERE, headers={**BROWSER, "accept-language": "en"}).content.decode()
    assert "gehört zu einer Schaltfläche" in page


def test_staff_go_on_to_their_work(alice: Client) -> None:
    page = alice.get("/nothing/here/").content.decode()
    assert 'href="/start/"' in page
    assert 'href="/track/"' not in page


def test_a_customer_goes_on_to_their_order_or_the_shop(client: Client, settings: Any) -> None:
    settings.STOREFRONT_CHANNEL = "web"
    page = client.get("/nothing/here/").content.decode()
    assert 'href="/start/"' not in page
    assert 'href="/shop/"' in page
    assert 'href="/track/"' in page
    settings.STOREFRONT_CHANNEL = ""
    assert 'href="/shop/"' not in client.get("/nothing/here/").content.decode()


def broke(error: Exception, request: HttpRequest) -> tuple[HttpResponse, str]:
    request.user = AnonymousUser()
    try:
        raise error
    except type(error):
        answer = broken(request)
    return answer, answer.content.decode()


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
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer, page = broke(error, RequestFactory().get("/orders/?q=mug"))
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert words in page
    assert 'href="/orders/?q=mug">Try again' in page
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("error", [OperationalError("at the commit"), ZeroDivisionError()])
def test_what_was_sent_may_be_done_so_its_page_is_shown_and_nothing_is_sent_again(error: Exception) -> None:
    request = RequestFactory().post("/orders/10001/hold/", headers={"referer": "http://testserver/orders/10001/"})
    _, page = broke(error, request)
    assert "may have been done" in page
    assert 'href="/orders/10001/">Back to the page' in page
    for referer in ("", "https://elsewhere.example/orders/", "http://testserver//elsewhere.example/"):
        _, page = broke(error, RequestFactory().post("/orders/10001/hold/", headers={"referer": referer}))
        assert "elsewhere.example/" not in page.replace('href="/%2Felsewhere.example/"', "")
    _, page = broke(error, RequestFactory().post("/orders/10001/hold/"))
    assert 'href="/track/"' in page


def test_no_address_leads_away_from_here() -> None:
    _, page = broke(OperationalError(), RequestFactory().get("//elsewhere.example/"))
    assert 'href="//' not in page


def test_who_is_no_staff_is_not_led_to_where_they_may_not_go() -> None:
    customer = User.objects.create_user("carol", password="x")
    answer = signed_in(customer).get("/orders/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'href="/start/"' not in page
    assert 'href="/track/"' in page


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
