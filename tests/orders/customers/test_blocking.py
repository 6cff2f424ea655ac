"""Whom the shop does not serve: the forms by which people are compared, and the list."""

import pytest
from django.db import IntegrityError

from orders.customers.blocking import block, blocked_by, set_blocked, unblock
from orders.customers.marks import address_mark, domain_mark, email_mark, mark, name_mark, phone_mark, postcode_mark
from orders.errors import CustomerRefused
from orders.models import Blocked, Customer, CustomerEvent
from tests.books import NOON
from tests.factories import LONDON, make_order


@pytest.mark.parametrize(
    ("reader", "given", "same"),
    [
        (email_mark, " Ann+Shop@Example.ORG ", "ann@example.org"),
        (email_mark, "ann@example", ""),
        (email_mark, "@example.org", ""),
        (domain_mark, "ann@Example.org", "example.org"),
        (domain_mark, "example.org.", "example.org"),
        (domain_mark, "nothing", ""),
        (phone_mark, "+44 7946 000-123", "946000123"),
        (phone_mark, "07946 000123", "946000123"),
        (phone_mark, "12345", ""),
        (phone_mark, "ask Marta", ""),
        (address_mark, LONDON, "gb n19gu 1highstreet"),
        (address_mark, {**LONDON, "line1": "1, HIGH street!", "postal_code": "n1-9gu"}, "gb n19gu 1highstreet"),
        (address_mark, {"line1": "Straße 1", "postal_code": "10115", "country": "DE"}, "de 10115 straße1"),
        (address_mark, {"line1": "Rué 1", "postal_code": "1", "country": "FR"}, "fr 1 rue1"),
        (address_mark, {"country": "GB"}, ""),
        (postcode_mark, LONDON, "gb n19gu"),
        (postcode_mark, {"country": "IE"}, ""),
        (name_mark, "  Marta  SILVA-Souza ", "marta silva souza"),
    ],
)
def test_what_is_the_same_has_the_same_mark(reader, given, same):
    assert reader(given) == same


def test_an_address_is_written_with_commas():
    assert mark("address", "Flat 2, 1 High Street, N1 9GU, GB") == "gb n19gu flat21highstreet"
    assert mark("address", "1 High Street, N1 9GU, GB") == address_mark(LONDON)
    with pytest.raises(ValueError, match="Write the first line, the postal code and the country"):
        mark("address", "1 High Street")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "MARTA+x@example.org"),
        ("domain", "example.org"),
        ("phone", "07946 000123"),
        ("phone", "0171 5550000"),
        ("address", "1 High Street, N19GU, gb"),
    ],
)
def test_an_order_bears_the_marks_of_its_customer_and_its_addresses(kind, value, django_assert_num_queries):
    order = make_order(phone="+44 7946 000123", billing_address={**LONDON, "phone": "+44 171 5550000"})
    block("email", "other@example.net", reason="Fraud", by="alice")
    entry = block(kind, value, reason="Fraud", by="alice")
    with django_assert_num_queries(2):
        assert blocked_by(order) == [entry]
    unblock(entry.pk)
    assert blocked_by(order) == []


@pytest.mark.django_db
def test_a_mark_stands_on_the_list_once():
    first = block("email", "x@example.org", reason="Fraud", by="alice")
    again = block("email", "X+y@example.org", reason="Something else", by="bob")
    assert (first, again.reason, again.by, Blocked.objects.count()) == (again, "Fraud", "alice", 1)
    with pytest.raises(IntegrityError):
        Blocked.objects.create(kind="email", value="x@example.org", reason="x", by="x")


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "value"), [("email", "x"), ("phone", "1"), ("nonsense", "x")])
def test_what_is_no_mark_is_not_listed(kind, value):
    with pytest.raises(ValueError, match=r"."):
        block(kind, value, reason="Fraud", by="alice")
    assert Blocked.objects.count() == 0


@pytest.mark.django_db
def test_a_mark_is_listed_for_a_reason():
    with pytest.raises(CustomerRefused, match="A mark is blocked for a reason"):
        block("email", "x@example.org", reason=" ", by="alice")
    assert Blocked.objects.count() == 0


@pytest.mark.django_db
def test_a_customer_is_blocked_and_served_again_with_reasons():
    customer = Customer.objects.create(email="x@example.org", name="X")
    for _ in range(2):
        assert set_blocked(customer.pk, blocked=True, reason="Fraud", by="alice").blocked
    assert not set_blocked(customer.pk, blocked=False, reason="Cleared", by="bob").blocked
    assert list(CustomerEvent.objects.values_list("name", "by", "data")) == [
        ("customer.blocked", "alice", {"reason": "Fraud"}),
        ("customer.unblocked", "bob", {"reason": "Cleared"}),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("erased_at", "reason", "why"), [(None, "", "reason_missing"), (NOON, "Fraud", "erased")], ids=["silent", "erased"]
)
def test_nobody_is_blocked_without_a_reason_or_without_a_name(erased_at, reason, why):
    customer = Customer.objects.create(email="x@example.org", name="X", erased_at=erased_at)
    with pytest.raises(CustomerRefused) as refusal:
        set_blocked(customer.pk, blocked=True, reason=reason, by="alice")
    assert refusal.value.reason == why
    assert (Customer.objects.get().blocked, CustomerEvent.objects.count()) == (False, 0)
