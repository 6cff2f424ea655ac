"""A program that calls the API, for tests: its key, its order, and what it may expect of a refusal."""

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.test import Client

from inventory.models import Reservation, Stock
from orders.keys import SCOPES, issue_key
from orders.models import ApiKey, Channel, Customer, IdempotencyKey, Order, OrderEvent, OrderLine, Payment
from tests.factories import LONDON, make_channel, numbers

ORDERS = "/api/v1/orders/"
PRODUCTS = "/api/v1/products/"
DELIVERIES = "/api/v1/deliveries/"
ADJUSTMENTS = "/api/v1/stock/adjustments/"
SHIPMENTS = "/api/v1/shipments/"


class Api:
    """One key of one channel, used over HTTP."""

    def __init__(self, *scopes: str, channel: Channel | None = None) -> None:
        self.channel = channel or make_channel()
        self.secret = issue_key(channel=self.channel, name="Storefront", scopes=scopes or SCOPES)
        self.key = ApiKey.objects.latest("id")
        self.headers = {"Authorization": f"Bearer {self.secret}"}
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.client.post(path, body, content_type="application/json", headers={**self.headers, **headers})

    def put(self, path: str, body: Any) -> HttpResponse:
        return self.client.put(path, body, content_type="application/json", headers=self.headers)

    def delete(self, path: str) -> HttpResponse:
        return self.client.delete(path, headers=self.headers)

    def place(self, body: Any, key: str | None = None) -> HttpResponse:
        return self.post(ORDERS, body, **{"Idempotency-Key": key or random_name("key")})


def random_name(words: str) -> str:
    """As a browser's key may choose it, though these are counted."""
    return f"{words}-{next(numbers):032x}"


def order_body(**changes: Any) -> dict[str, Any]:
    """Two mugs for Marta in London, by card. A change to None leaves the field out."""
    body = {
        "external_id": random_name("shop"),
        "currency": "GBP",
        "customer": {"email": "marta@example.org", "name": "Marta Silva"},
        "shipping_address": LONDON,
        "lines": [{"sku": "MUG-1", "quantity": 2}],
        "payment": {"method": "card"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def stored() -> dict[str, int]:
    """How much of an order there is in the database; the kept answers apart."""
    tables = (Order, OrderLine, Payment, Customer, OrderEvent, Reservation)
    counts = {table.__name__: table.objects.count() for table in tables}
    return {**counts, "reserved": Stock.objects.aggregate(sum=Sum("reserved"))["sum"] or 0}


NOTHING = {
    "Order": 0,
    "OrderLine": 0,
    "Payment": 0,
    "Customer": 0,
    "OrderEvent": 0,
    "Reservation": 0,
    "reserved": 0,
}


def kept_answers() -> int:
    return IdempotencyKey.objects.count()


def without_survey(response: HttpResponse) -> dict[str, Any]:
    """The order in an answer but for its signed link, which says in which second it was made."""
    shown: dict[str, Any] = response.json()
    return {**shown, "links": {"self": shown["links"]["self"]}}


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, which has this status and code and is a complete RFC 9457 problem."""
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:ordermgmt:problem:{code}")
    assert body["title"]
    assert body["detail"]
    return body
