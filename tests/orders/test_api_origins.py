"""A storefront on a domain of its own asks the API from its customers' browsers; pages answer no other site."""

import pytest
from django.test import Client

from tests.api import ORDERS, PRODUCTS, Api
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db
ORIGIN = {"origin": "https://shop.example"}
PREFLIGHT = {
    **ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,idempotency-key",
}


def test_a_browser_asks_first_and_may() -> None:
    answer = Client().options(ORDERS, headers=PREFLIGHT)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    allowed = {name.strip() for name in answer["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "idempotency-key"} <= allowed
    assert "Access-Control-Allow-Credentials" not in answer


def test_the_answer_may_be_read_there_with_a_key_and_is_refused_without() -> None:
    make_stock(make_product(), 10)
    api = Api("orders:place", "products:read")
    answer = api.client.get(PRODUCTS, headers=api.headers | ORIGIN)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    assert Client().get(PRODUCTS, headers=ORIGIN).status_code == 401


@pytest.mark.parametrize("address", ["/login/", "/shop/", "/api/docs/"])
def test_pages_answer_no_other_site(address: str) -> None:
    assert "Access-Control-Allow-Origin" not in Client().get(address, headers=ORIGIN)
