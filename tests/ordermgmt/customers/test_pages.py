"""The list of customers, the page of one, and the blocked list: what they show, and what can be done there."""

import json
from datetime import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from fulfillment.return_flow import ReturnState
from fulfillment.returns.requesting import Wish, WishLine, cancel_return, request_return
from ordermgmt.customers.customer_page import customer_page
from orders.customers.blocking import block, set_blocked
from orders.customers.merging import merge
from orders.customers.scoring import override_tier, rescore, rescore_due
from orders.flow import State
from orders.models import Blocked, Customer, CustomerEvent
from tests.books import NOON as BOOKS_NOON
from tests.books import invoice, marta, order_of
from tests.factories import make_order, make_product, make_stock
from tests.people import make_sam, signed_in

pytestmark = pytest.mark.django_db
ACTIONS = ("tier", "merge", "block", "unblock", "erase")


@pytest.fixture(autouse=True)
def _shop(noon: datetime) -> None:
    assert noon == BOOKS_NOON
    make_stock(make_product(), 1000)


def names(client: Client, query: str = "") -> list[str]:
    return [row.email for row in client.get(f"/customers/{query}").context["page"].objects]


def page(client: Client, customer: Customer) -> str:
    return client.get(f"/customers/{customer.pk}/").content.decode()


def clerk() -> Client:
    """Sam, who may change customers and not erase them."""
    sam = User.objects.filter(username="sam").first() or make_sam()
    sam.user_permissions.add(Permission.objects.get(codename="change_customer"))
    return signed_in(sam)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Customer, CustomerEvent, Blocked)]


@pytest.mark.parametrize("address", ["customers/", "blocked/", "customers/{}/", "customers/{}/export/"])
def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(
    client: Client, charlie: Client, address: str
) -> None:
    address = f"/{address.format(order_of().customer_id)}"
    assert client.get(address).headers["Location"] == f"/login/?next={address}"
    assert charlie.get(address).status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_sam_looks_but_changes_nobody(sam: Client, action: str) -> None:
    customer = order_of().customer
    shown = page(sam, customer)
    assert "may look, but not change customers" in shown
    assert "Erase" not in shown
    before = everything()
    assert sam.post(f"/customers/{customer.pk}/{action}/", {"reason": "x"}).status_code == 403
    assert sam.get(f"/customers/{customer.pk}/export/").status_code == 403
    assert sam.post("/blocked/add/", {}).status_code == 403
    assert everything() == before


def test_who_may_change_customers_may_not_erase_them() -> None:
    customer = order_of().customer
    shown = page(clerk(), customer)
    assert "Block the customer" in shown
    assert "Erase this person" not in shown
    assert clerk().post(f"/customers/{customer.pk}/erase/", {"email": customer.email}).status_code == 403
    assert marta().erased_at is None


@pytest.mark.parametrize("action", ACTIONS)
def test_looking_never_acts_and_acting_takes_a_token(alice: Client, action: str) -> None:
    customer = order_of().customer
    assert alice.get(f"/customers/{customer.pk}/{action}/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.cookies
    assert strict.post(f"/customers/{customer.pk}/{action}/", {"reason": "x"}).status_code == 403


def test_customers_are_listed_with_what_they_bought_and_how_they_pay(alice: Client) -> None:
    order_of("30")
    invoice(order_of("50"), due=-1)
    order_of("9", email="jonas@example.org", name="Jonas Weber")
    rescore_due()
    rows = alice.get("/customers/?cols=customer,pays,orders,bought").context["page"].rows
    assert [[cell.text for _, cell in row.cells] for row in rows] == [
        ["Jonas Weber", "", "1", "£9.00"],
        ["Marta Silva", "1 overdue", "2", "£80.00"],
    ]


def test_a_tier_narrows_the_list_and_a_persons_word_counts(alice: Client) -> None:
    for name, tier in (("a", "A"), ("b", "C"), ("c", "")):
        Customer.objects.create(email=f"{name}@example.org", name=name, tier=tier)
    override_tier(Customer.objects.get(name="b").pk, tier="A", reason="Friend", by="alice")
    set_blocked(Customer.objects.get(name="c").pk, blocked=True, reason="Fraud", by="alice")
    assert names(alice, "?tab=A") == ["b@example.org", "a@example.org"]
    assert (names(alice, "?tab=C"), names(alice, "?tab=none")) == ([], ["c@example.org"])
    assert names(alice, "?tab=blocked") == ["c@example.org"]


@pytest.mark.parametrize("words", ["MARTA", "marta@exam", "000123", "07946 000-123", "+44 7946 000123"])
def test_a_name_an_address_or_the_end_of_a_phone_number_finds_a_customer(alice: Client, words: str) -> None:
    order_of(phone="+44 7946 000123")
    order_of(email="jonas@example.com", name="Jonas Weber", phone="+44 7946 000124")
    assert alice.get("/customers/", {"q": words}).context["page"].objects == [marta()]
    assert "No customer matches" in alice.get("/customers/?q=zzz").content.decode()


def test_the_list_is_sorted_by_age_name_or_points(alice: Client) -> None:
    for name, points in (("b", 10), ("a", 90), ("c", None)):
        scores = {} if points is None else {"points": points}
        Customer.objects.create(email=f"{name}@example.org", name=name, scores=scores)
    assert [email[0] for email in names(alice)] == ["c", "a", "b"]
    assert [email[0] for email in names(alice, "?sort=customer")] == ["a", "b", "c"]
    assert [email[0] for email in names(alice, "?sort=-points")] == ["a", "b", "c"]
    assert [email[0] for email in names(alice, "?sort=points")] == ["b", "a", "c"]


@pytest.mark.parametrize("query", ["?tab=x", "?sort=x", "?q=%00", "?after=x", "?sort=points&after=1~x"])
def test_nonsense_in_the_address_is_left_out(alice: Client, query: str) -> None:
    order_of()
    assert names(alice, query) == ["marta@example.org"]


def test_pages_hold_fifty_customers_and_lead_to_each_other(alice: Client) -> None:
    Customer.objects.bulk_create(Customer(email=f"{n}@example.org", name=f"{n:03}") for n in range(101))
    first = alice.get("/customers/?sort=customer").context["page"]
    second = alice.get(f"/customers/{first.older}").context["page"]
    third = alice.get(f"/customers/{second.older}").context["page"]
    listed = [row.name for each in (first, second, third) for row in each.objects]
    assert listed == [f"{n:03}" for n in range(101)]
    assert (first.newer, third.older) == ("", "")
    assert alice.get(f"/customers/{third.newer}").context["page"].objects == second.objects


def test_a_page_of_the_list_costs_five_queries(alice: Client, django_assert_num_queries: object) -> None:
    for name in "abc":
        order_of(email=f"{name}@example.org")
    with django_assert_num_queries(5):  # type: ignore[operator]
        alice.get("/customers/")


def test_the_page_of_a_customer_costs_as_much_however_much_they_bought(
    alice: Client, django_assert_num_queries: object
) -> None:
    order_of(phone="07946 000123")
    rescore([marta().pk])
    alice.get(f"/customers/{marta().pk}/")
    for _ in range(2):
        with django_assert_num_queries(13):  # type: ignore[operator]
            alice.get(f"/customers/{marta().pk}/")
        for _ in range(3):
            order_of()


def test_a_customer_is_explained(alice: Client) -> None:
    late = invoice(order_of("50"), due=-5, paid=-4)
    invoice(order_of("60"), due=-1)
    order_of("9", state=State.CANCELLED)
    rescore([marta().pk])
    shown = customer_page(marta())
    assert [(row.payment.order.total, row.tag, row.tone) for row in shown.payments[1:]] == [
        (60, "Overdue", "bad"),
        (late.captured, "Paid late", "warn"),
    ]
    text = page(alice, marta())
    assert "C: 2 orders in 12 months, last 10 days ago, paid 1 of 1 bill late, 1 bill overdue" in text
    assert "Tier none became C" in text
    assert [row.points for row in shown.scores] == [20, 10, 4, -10, -40, 0, -2, 0]


def test_a_return_that_was_called_off_is_none_that_came_back(alice: Client) -> None:
    order = make_order(state="delivered")
    wish = Wish((WishLine(order.lines.get().pk, 1, "unwanted"),), "refund")
    cancel_return(request_return(order.pk, wish=wish, key="r", by="customer").pk, by="customer")
    told = page(alice, order.customer)
    assert f">{ReturnState.CANCELLED.label}<small>" in told
    assert "Came back" not in told


def test_the_order_page_leads_to_the_customer_and_tells_the_tier(alice: Client) -> None:
    order = make_order()
    Customer.objects.update(tier="A")
    text = alice.get(f"/orders/{order.number}/").content.decode()
    assert f'href="/customers/{order.customer_id}/"' in text
    assert ">A-list</span>" in text


def test_a_duplicates_page_is_its_survivors(alice: Client) -> None:
    other = order_of(email="m@example.org").customer
    order_of()
    merge(marta().pk, duplicate_id=other.pk, by="alice")
    assert alice.get(f"/customers/{other.pk}/").headers["Location"] == f"/customers/{marta().pk}/"
    assert "m@example.org" in page(alice, marta())
    assert "Two customers became one: 1 order moved" in page(alice, marta())


def test_the_tier_is_overridden_with_a_reason(alice: Client) -> None:
    address = f"/customers/{order_of().customer_id}/tier/"
    faulty = alice.post(address, {"tier": "A", "reason": ""})
    assert faulty.status_code == 422
    assert faulty.context["tier_form"].errors == {"reason": ["Say why this customer is not what was computed."]}
    assert (faulty.context["tier_form"]["tier"].value(), marta().tier_override) == ("A", "")
    assert alice.post(address, {"tier": "A", "reason": "Friend"}).status_code == 302
    assert (marta().tier_override, marta().tier_reason) == ("A", "Friend")
    assert "Tier set from none to A-list: Friend" in page(alice, marta())


def test_a_suggested_duplicate_is_merged_after_a_second_look(alice: Client) -> None:
    order_of(phone="07946 000123")
    order_of(email="m@example.org", phone="+44 7946 000123")
    assert f'href="/customers/{marta().pk}/?merge=m%40example.org#act"' in page(alice, marta())
    form = alice.get(f"/customers/{marta().pk}/?merge=m@example.org").context["merge_form"]
    assert (form["email"].value(), form.is_bound) == ("m@example.org", False)
    alice.post(f"/customers/{marta().pk}/merge/", {"email": "M@example.org"})
    assert marta().orders.count() == 2
    before = everything()
    answer = alice.post(f"/customers/{marta().pk}/merge/", {"email": "marta@example.org"}, follow=True)
    assert "cannot be merged into themselves. Nothing was changed." in answer.content.decode()
    faulty = alice.post(f"/customers/{marta().pk}/merge/", {"email": "nobody@example.org"})
    assert faulty.context["merge_form"].errors == {"email": ["Nobody has this address."]}
    assert everything() == before


def test_a_customer_is_blocked_with_their_marks_and_served_again(alice: Client) -> None:
    pk = order_of(phone="07946 000123").customer_id
    faulty = alice.post(f"/customers/{pk}/block/", {"marks": ["phone:946000123"]})
    assert (faulty.status_code, Blocked.objects.count(), marta().blocked) == (422, 0, False)
    alice.post(f"/customers/{pk}/block/", {"reason": "Fraud", "marks": ["phone:946000123", "email:marta@example.org"]})
    assert marta().blocked
    assert set(Blocked.objects.values_list("kind", "value", "reason", "by")) == {
        ("phone", "946000123", "Fraud", "alice"),
        ("email", "marta@example.org", "Fraud", "alice"),
    }
    assert "on the blocked list" in page(alice, marta())
    alice.post(f"/customers/{pk}/unblock/", {"reason": "Cleared"})
    assert (marta().blocked, Blocked.objects.count()) == (False, 2)


def test_a_person_is_erased_only_when_their_address_is_typed(alice: Client) -> None:
    order = order_of()
    order.payments.update(authorised=order.total, captured=order.total)
    address = f"/customers/{order.customer_id}/erase/"
    faulty = alice.post(address, {"email": "x"})
    assert faulty.context["erase_form"].errors == {"email": ["This is not the customer's address."]}
    assert marta().erased_at is None
    answer = alice.post(address, {"email": " Marta@example.org "}, follow=True)
    assert "The person is erased. Their orders stay." in answer.content.decode()
    assert Customer.objects.get().name == "Erased customer"
    assert [alice.post(f"/customers/{order.customer_id}/{action}/").status_code for action in ACTIONS] == [404] * 5


def test_a_refusal_to_erase_is_told_and_changes_nothing(alice: Client) -> None:
    order = order_of(state=State.PACKED)
    before = everything()
    answer = alice.post(f"/customers/{order.customer_id}/erase/", {"email": "marta@example.org"}, follow=True)
    assert f"Order #{order.number} is still under way. Nothing was changed." in answer.content.decode()
    assert everything() == before


def test_what_is_held_of_a_person_is_a_file(alice: Client) -> None:
    order = order_of()
    answer = alice.get(f"/customers/{order.customer_id}/export/")
    name = f'attachment; filename="customer-{order.customer_id}.json"'
    assert (answer.headers["Content-Disposition"], answer.headers["Content-Type"]) == (name, "application/json")
    assert json.loads(answer.content)["orders"][0]["number"] == order.number


def test_marks_are_put_on_the_list_and_taken_off(alice: Client, django_assert_num_queries: object) -> None:
    block("domain", "example.net", reason="Throw-away", by="bob")
    faulty = alice.post("/blocked/add/", {"kind": "phone", "value": "1", "reason": "x"})
    assert (faulty.status_code, faulty.context["form"].errors) == (
        422,
        {"value": ["A phone number has six digits or more."]},
    )
    alice.post("/blocked/add/", {"kind": "email", "value": "X@example.org", "reason": "Fraud"})
    assert list(Blocked.objects.order_by("pk").values_list("value", flat=True)) == ["example.net", "x@example.org"]
    with django_assert_num_queries(4):  # type: ignore[operator]
        text = alice.get("/blocked/").content.decode()
    assert "x@example.org" in text
    alice.post(f"/blocked/{Blocked.objects.latest('pk').pk}/remove/")
    assert Blocked.objects.get().value == "example.net"
