"""Orders that are paid with store credit as they are placed: never more than is there, and by whom it belongs to."""

from decimal import Decimal

import pytest

from ordermgmt.verify.examine import verify
from orders.customers.credit import credit_balance, give_credit
from orders.models import Customer, Order, Payment, StoreCredit
from orders.payments.standing import balance_of
from orders.queue import held
from orders.services import cancel
from orders.tokens import sign
from tests.api import ORDERS, Api, order_body, problem, random_name
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
OWNER = "marta@example.org"


@pytest.fixture
def first() -> Order:
    """An order whose customer was given 12.50 of credit; there are mugs at 10.00."""
    make_stock(make_product(), 20)
    order = make_order()
    with held(order.pk) as row:
        give_credit(row, Decimal("12.50"), key="gift", why="Sorry", by="sam")
    return order


def place(api: Api, credit: str | None = "all", *, email: str = OWNER, **more):
    customer = {"email": email, "name": "Marta Silva"}
    wanted = {"store_credit": credit} if credit else {}
    body = order_body(external_id=None, customer=customer, **wanted, **more)
    return api.post(ORDERS, body, **{"Idempotency-Key": random_name("shop")})


def left() -> Decimal:
    return credit_balance(Customer.objects.get(email=OWNER).pk).get("GBP", Decimal(0))


def payments(answer) -> list[tuple[str, str, str]]:
    rows = answer.json()["payments"]
    return [(row["method"], row["authorised"], row["captured"]) for row in rows]


def test_all_that_is_there_pays_first_and_the_card_the_rest(first):
    answer = place(Api())
    assert (answer.status_code, payments(answer)) == (201, [("card", "7.50", "0.00"), ("credit", "12.50", "12.50")])
    order = Order.objects.get(number=answer.json()["number"])
    assert [(row.method, row.authorised, row.captured) for row in order.payments.order_by("id")] == [
        ("card", Decimal("7.50"), 0),
        ("credit", Decimal("12.50"), Decimal("12.50")),
    ]
    told = [row["name"] for row in answer.json()["events"]]
    assert told == list(order.events.order_by("seq").values_list("name", flat=True))
    assert (balance_of(order).owed, order.expires_at, left()) == (Decimal("7.50"), None, 0)
    assert [(check.name, check.breaches) for check in verify().checks if check.count] == []


def test_an_amount_is_spent_and_the_rest_stays(first):
    answer = place(Api(), "5.00", payment={"method": "invoice"})
    assert payments(answer) == [("invoice", "0.00", "0.00"), ("credit", "5.00", "5.00")]
    assert left() == Decimal("7.50")
    cancel(Order.objects.get(number=answer.json()["number"]).pk, reason="wish", by="sam")
    assert left() == Decimal("12.50")


def test_credit_that_covers_everything_leaves_nothing_to_pay(first):
    answer = place(Api(), lines=[{"sku": "MUG-1", "quantity": 1}])
    assert payments(answer) == [("card", "0.00", "0.00"), ("credit", "10.00", "10.00")]
    order = Order.objects.get(number=answer.json()["number"])
    assert (balance_of(order).owed, order.expires_at, left()) == (0, None, Decimal("2.50"))


@pytest.mark.parametrize(("amount", "email"), [("12.51", OWNER), ("1.00", "nobody@example.org")])
def test_more_than_is_there_is_refused_and_nothing_is_placed(first, amount, email):
    problem(place(Api(), amount, email=email), 409, "credit_too_small")
    assert (Order.objects.count(), StoreCredit.objects.count()) == (1, 1)


def test_more_than_the_order_costs_is_refused_and_nobody_has_no_credit(first):
    problem(place(Api(), "12.00", lines=[{"sku": "MUG-1", "quantity": 1}]), 409, "credit_too_small")
    assert payments(place(Api(), email="nobody@example.org")) == [("card", "20.00", "0.00")]


def test_a_refused_order_spends_nothing_and_a_repeated_one_nothing_more(first):
    api = Api()
    problem(place(api, lines=[{"sku": "MUG-1", "quantity": 90}], payment={"method": "invoice"}), 409, "out_of_stock")
    assert left() == Decimal("12.50")
    body = order_body(external_id="web-7", customer={"email": OWNER, "name": "Marta"}, store_credit="all")
    assert [api.post(ORDERS, body, **{"Idempotency-Key": key}).status_code for key in ("k-1", "k-1", "k-2")] == [
        201,
        201,
        200,
    ]
    assert Payment.objects.filter(method="credit").count() == 1


def test_many_orders_at_once_share_the_credit(first):
    orders = [
        order_body(external_id=f"bulk-{n}", customer={"email": OWNER, "name": "Marta"}, store_credit="all")
        for n in range(2)
    ]
    assert Api().post(f"{ORDERS}bulk/", {"orders": orders}).json()["placed"] == 2
    assert [row.amount for row in StoreCredit.objects.filter(amount__lt=0)] == [Decimal("-12.50")]


def test_a_duplicates_order_is_paid_with_the_survivors_credit(first):
    survivor = Customer.objects.get(email=OWNER)
    Customer.objects.create(email="m.silva@example.org", name="M", merged_into=survivor)
    place(Api(), "5.00", email="m.silva@example.org")
    assert left() == Decimal("7.50")


def test_a_key_in_a_browser_spends_only_what_its_link_shows(first):
    public = Api("orders:place", "products:read")
    fault = problem(place(public), 400, "validation_failed")
    assert [row["field"] for row in fault["errors"]] == ["store_credit_token"]
    token = sign(first.pk, "shop/credit")
    for wrong in ({"store_credit_token": f"{token}x"}, {"store_credit_token": token, "email": "eve@example.org"}):
        problem(place(public, **wrong), 400, "validation_failed")
    assert left() == Decimal("12.50")
    assert payments(place(public, store_credit_token=token))[1] == ("credit", "12.50", "12.50")


def test_a_quote_says_what_the_credit_pays(first):
    asked = {"currency": "GBP", "lines": [{"sku": "MUG-1", "quantity": 2}], "store_credit": "all"}
    public, token = Api("orders:place"), sign(first.pk, "shop/credit")
    told = public.post("/api/v1/quotes/", {**asked, "store_credit_token": token}).json()
    assert (told["total"], told["store_credit"], told["to_pay"]) == ("20.00", "12.50", "7.50")
    problem(public.post("/api/v1/quotes/", asked), 400, "validation_failed")
    mine = {**asked, "store_credit": "3.00", "customer": {"email": OWNER, "name": "Marta"}}
    assert Api().post("/api/v1/quotes/", mine).json()["to_pay"] == "17.00"
    assert StoreCredit.objects.count() == 1
