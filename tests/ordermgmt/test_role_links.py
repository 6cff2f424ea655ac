"""No page shows a link that its reader may not follow."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from ordermgmt.roles import ROLES
from orders.models import Customer
from tests.factories import LONDON, make_order, make_product, make_stock, make_warehouse
from tests.ordermgmt.test_roles import somebody
from tests.people import signed_in

pytestmark = pytest.mark.django_db
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}
LINK = re.compile(r'<a [^>]*?href="(/[^"#?]*)')


@pytest.fixture
def pages(noon: object) -> list[str]:
    """A page of each part, with an order in each of a few states, an export, and somebody blocked."""
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    numbers = [make_order(state=state).number for state in ("received", "delivered")]
    numbers.append(make_order((("JAR-1", 1),), state="packed", shipping_address=PARIS, billing_address=PARIS).number)
    Customer.objects.update(blocked=True)
    parts = ("", "ship/", "ship/customs/", "dock/", "picking/", "stock/", "products/", "returns/", "returns/desk/")
    parts += ("orders/", "shipments/", "handovers/", "radar/", "print/", "stages/placed/", "search/?q=JAR-1")
    return [*(f"/{part}" for part in parts), *(f"/orders/{number}/" for number in numbers)]


def dead_ends(client: Client, address: str, rights: set[str]) -> Iterator[str]:
    """Links of one page to where none of these rights leads."""
    for to in set(LINK.findall(client.get(address).content.decode())):
        try:
            needs = vars(resolve(to).func).get("needs")
        except Resolver404:
            needs = None
        if needs and rights.isdisjoint(needs):
            yield f"{address} -> {to}"


@pytest.mark.parametrize("name", ROLES)
def test_no_link_leads_to_what_its_reader_may_not_open(name: str, pages: list[str]) -> None:
    client, rights = signed_in(somebody(name)), set(ROLES[name].permissions)
    assert sorted(found for page in pages for found in dead_ends(client, page, rights)) == []
