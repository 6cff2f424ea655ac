"""The search for anything: exact hits jump, names and phones are found by their parts, and indexes do the work."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from fulfillment.models import Label
from ordermgmt.customers.naming import named
from ordermgmt.search import exact_hits, found
from orders.models import Customer, Order
from tests.factories import make_order, make_product
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> Order:
    order = make_order([("MUG-1", 1)], state="shipped")
    Customer.objects.filter(pk=order.customer_id).update(name="Marta da Silva", phone="+44 (20) 7946-0018")
    return order


def target(client: Client, words: str) -> str:
    return client.get("/search/", {"q": words}).headers["Location"]


def test_a_number_jumps_to_its_order(sam: Client, shipped: Order) -> None:
    assert target(sam, f"#{shipped.number}") == target(sam, str(shipped.number)) == f"/orders/{shipped.number}/"


def test_what_is_scanned_jumps_to_what_it_is_on(sam: Client, shipped: Order) -> None:
    shipment = f"/orders/{shipped.number}/#shipment-1"
    assert target(sam, Label.objects.get().tracking_number.lower()) == shipment
    assert target(sam, f"{shipped.number}-1") == shipment
    assert target(sam, "mug-1") == "/stock/MUG-1/"
    assert target(sam, shipped.external_id) == f"/orders/{shipped.number}/"


def test_an_address_jumps_to_the_customer(sam: Client, shipped: Order) -> None:
    assert target(sam, shipped.customer.email.upper()) == f"/customers/{shipped.customer_id}/"


def test_two_exact_hits_are_both_shown(sam: Client, shipped: Order) -> None:
    make_product(str(shipped.number))
    hits = exact_hits(str(shipped.number))
    assert [hit.kind for hit in hits] == ["Order", "Product"]
    assert target(sam, f"#{shipped.number}") == f"/orders/{shipped.number}/"
    assert sam.get("/search/", {"q": str(shipped.number)}).status_code == 200


@pytest.mark.parametrize("words", ["marta", "SIL", "silva mar", "0018", "7946 0018", "20) 7946-0018"])
def test_a_customer_is_found_by_beginnings_of_names_or_the_end_of_a_phone(shipped: Order, words: str) -> None:
    hits = found(words)
    assert ([row.pk for row in hits.customers], [row.pk for row in hits.orders]) == (
        [shipped.customer_id],
        [shipped.pk],
    )


@pytest.mark.parametrize("words", ["arta", "018", "7946", "marta jones", "'", "& |", "()", "-", "\\", "%"])
def test_nothing_else_finds_them(shipped: Order, words: str) -> None:
    assert not found(words).customers


def test_who_may_not_see_customers_finds_none(shipped: Order) -> None:
    picker = signed_in(User.objects.create_user("petra", is_staff=True))
    assert not found("marta", people=False).customers
    assert picker.get("/search/", {"q": shipped.customer.email}).status_code == 200
    assert "Marta" not in picker.get("/search/", {"q": "silva"}).content.decode()


def test_conditions_are_for_the_list(sam: Client) -> None:
    assert target(sam, "state:picking age:>2h") == "/orders/?q=state%3Apicking+age%3A%3E2h"


@pytest.mark.parametrize("words", ["marta silva", "79460018"])
def test_customers_are_found_by_their_indexes(words: str) -> None:
    many = [Customer(email=f"{n}@example.org", name=f"No {n}", phone=f"+44 20 {n:08}") for n in range(2_000)]
    Customer.objects.bulk_create(many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_customer")
    plan = named(words).explain()
    assert "Seq Scan" not in plan
    assert "customer_name_words" in plan or "customer_phone_tail" in plan


def test_a_search_costs_at_most_ten_queries(sam: Client, shipped: Order, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(10):
        sam.get("/search/", {"q": "marta"})
