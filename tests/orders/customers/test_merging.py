"""Two customers become one: orders move, later ones follow, blocks stay, and nobody is a duplicate of a duplicate."""

from datetime import timedelta

import pytest

from inventory import clock
from orders.customers.merging import merge, suggest_duplicates
from orders.customers.scoring import rescore
from orders.errors import CustomerRefused
from orders.models import Customer, CustomerEvent, Order
from orders.stages.receive import receive
from tests.books import NOON, marta, order_of
from tests.factories import LONDON, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOON):
        make_stock(make_product(), 1000)
        yield


def customer(email: str, **fields: object) -> Customer:
    return Customer.objects.create(email=email, name="Marta Silva", **fields)


def two(**fields: object) -> tuple[Customer, Customer]:
    """Marta, and Marta under another address with two orders."""
    order_of()
    order_of(email="m.silva@example.com")
    order_of(email="m.silva@example.com", **fields)
    return marta(), Customer.objects.get(email="m.silva@example.com")


def owners() -> list[int]:
    return list(Order.objects.order_by("pk").values_list("customer", flat=True))


def everything() -> list[object]:
    return [owners(), list(Customer.objects.order_by("pk").values()), CustomerEvent.objects.count()]


def test_the_survivor_has_all_orders_and_the_history_says_so():
    survivor, duplicate = two()
    row = merge(survivor.pk, duplicate_id=duplicate.pk, by="alice")
    assert owners() == [survivor.pk] * 3
    assert (row.tier, row.scores["inputs"][1]["value"]) == ("B", "3 orders in 12 months")
    assert Customer.objects.get(pk=duplicate.pk).merged_into == survivor
    event = Order.objects.latest("pk").events.last()
    assert (event.name, event.by, event.data) == (
        "order.reassigned",
        "alice",
        {"before": duplicate.pk, "customer": survivor.pk},
    )
    data = {"survivor": survivor.pk, "duplicate": duplicate.pk, "orders": 2}
    told = CustomerEvent.objects.filter(name="customer.merged").values_list("customer", "by", "data")
    assert list(told) == [(survivor.pk, "alice", data), (duplicate.pk, "alice", data)]


def test_merging_again_changes_nothing():
    survivor, duplicate = two()
    merge(survivor.pk, duplicate_id=duplicate.pk, by="alice")
    before = everything()
    assert merge(survivor.pk, duplicate_id=duplicate.pk, by="bob") == survivor
    assert everything() == before


def test_a_later_order_under_the_old_address_goes_to_the_survivor():
    survivor, duplicate = two()
    merge(survivor.pk, duplicate_id=duplicate.pk, by="alice")
    order = make_order(email="m.silva@example.com")
    assert order.customer_id == duplicate.pk
    receive(order.pk, by="system:receive")
    order = Order.objects.get(pk=order.pk)
    assert order.customer_id == survivor.pk
    assert list(order.events.values_list("name", flat=True)) == ["order.placed", "order.reassigned", "order.received"]


def test_an_order_of_somebody_who_was_not_merged_stays_where_it_is():
    order = make_order(state="received")
    assert list(order.events.values_list("name", flat=True)) == ["order.placed", "order.received"]


def test_a_duplicates_duplicates_move_along_so_that_there_are_no_chains():
    a, b, c = (customer(f"{name}@example.org") for name in "abc")
    merge(b.pk, duplicate_id=a.pk, by="alice")
    merge(c.pk, duplicate_id=b.pk, by="alice")
    assert set(Customer.objects.exclude(pk=c.pk).values_list("merged_into", flat=True)) == {c.pk}


def test_a_block_and_a_phone_number_are_kept_and_the_old_tier_is_not():
    survivor, duplicate = customer("a@example.org"), customer("b@example.org", blocked=True, phone="07946 000123")
    rescore([duplicate.pk])
    merge(survivor.pk, duplicate_id=duplicate.pk, by="alice")
    survivor, duplicate = Customer.objects.get(pk=survivor.pk), Customer.objects.get(pk=duplicate.pk)
    assert (survivor.blocked, survivor.phone) == (True, "07946 000123")
    assert (duplicate.tier, duplicate.scores, duplicate.scored_at) == ("", {}, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"erased_at": NOON}, "erased"), ({"merged_into_id": 0}, "merged")],
)
@pytest.mark.parametrize("who", [0, 1])
def test_who_is_gone_is_not_merged(change, reason, who):
    pair = two()
    if "merged_into_id" in change:
        change = {"merged_into": customer("third@example.org")}
    Customer.objects.filter(pk=pair[who].pk).update(**change)
    before = everything()
    with pytest.raises(CustomerRefused) as refusal:
        merge(pair[0].pk, duplicate_id=pair[1].pk, by="alice")
    assert refusal.value.reason == reason
    assert everything() == before


def test_nobody_is_merged_into_themselves_or_into_nobody():
    order_of()
    with pytest.raises(CustomerRefused, match="into themselves"):
        merge(marta().pk, duplicate_id=marta().pk, by="alice")
    with pytest.raises(Customer.DoesNotExist):
        merge(marta().pk, duplicate_id=0, by="alice")
    assert (CustomerEvent.objects.count(), marta().merged_into) == (0, None)


def test_who_shares_a_phone_or_a_name_and_a_postal_code_may_be_the_same():
    order_of(phone="+44 7946 000123")
    make_order(email="phone@example.org", name="M. S.", phone="07946-000123")
    make_order(email="place@example.org", name="marta  SILVA", shipping_address={**LONDON, "line1": "2 Low Street"})
    make_order(email="far@example.org", shipping_address={**LONDON, "postal_code": "E1 6AN"})
    make_order(email="else@example.org", name="Jonas Weber")
    found = [(row.customer.email, row.why) for row in suggest_duplicates(marta())]
    assert found == [("phone@example.org", "Same phone"), ("place@example.org", "Same name and postal code")]


def test_nobody_is_suggested_twice_or_after_they_were_merged(django_assert_num_queries):
    order_of(phone="07946 000123")
    other = order_of(email="m@example.org", phone="07946 000123").customer
    survivor = marta()
    with django_assert_num_queries(2):
        assert [row.why for row in suggest_duplicates(survivor)] == ["Same phone and same name and postal code"]
    merge(survivor.pk, duplicate_id=other.pk, by="alice")
    with django_assert_num_queries(1):
        assert suggest_duplicates(survivor) == []


def test_an_unknown_phone_is_nobodys():
    first = customer("a@example.org")
    Customer.objects.create(email="b@example.org", name="Jonas", created_at=NOON + timedelta(days=1))
    assert suggest_duplicates(first) == []
