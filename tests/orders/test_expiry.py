"""Orders that nobody pays run out of time, by the method's rules; answers that nobody repeats are forgotten."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import clock
from inventory import services as stock
from inventory.models import Stock
from ordermgmt.phrases import day, time_of_day
from ordermgmt.verify.examine import verify
from orders import expiry, services, tasks
from orders.expiry import expire_unpaid, forget_answers
from orders.models import IdempotencyKey, Order, Payment
from orders.order_request import PaymentRequest
from orders.services import pledge
from orders.stages.approve import approve
from orders.stages.receive import receive
from tests.api import ORDERS, Api, order_body
from tests.factories import make_channel, make_order, make_product, make_stock
from tests.people import make_alice, signed_in

pytestmark = pytest.mark.django_db
UNPAID = PaymentRequest("card", authorised=Decimal(0))
HOUR = timedelta(minutes=60)


def after(order, *, minutes):
    return clock.at(order.placed_at + timedelta(minutes=minutes))


def now(order):
    return Order.objects.get(pk=order.pk)


def test_an_unpaid_order_is_called_off_when_its_time_is_over():
    order = make_order([("MUG-1", 2)], payment=UNPAID)
    assert Stock.objects.get().reserved == 2
    with after(order, minutes=59):
        assert expire_unpaid() == 0
    assert (now(order).state, Stock.objects.get().reserved) == ("placed", 2)
    with after(order, minutes=60):
        assert (expire_unpaid(), expire_unpaid()) == (1, 0)
    assert (now(order).state, now(order).expires_at, Stock.objects.get().reserved) == ("cancelled", None, 0)
    last = order.events.last()
    assert (last.name, last.by, last.data) == (
        "order.cancelled",
        "system:expiry",
        {"reason": "Not paid within 60 minutes"},
    )
    assert verify().ok


def test_an_order_that_is_held_for_its_payment_is_called_off_too():
    order = make_order(payment=UNPAID)
    receive(order.pk, by="test")
    assert approve(order.pk, by="test").open_holds == 1
    with after(order, minutes=61):
        assert expire_unpaid() == 1
    assert (now(order).state, now(order).open_holds) == ("cancelled", 0)
    assert order.holds.filter(released_at=None).count() == 0


@pytest.mark.parametrize("method", ["invoice", "transfer", "cod"])
def test_what_is_paid_outside_never_runs_out_of_time(method):
    order = make_order(payment=PaymentRequest(method))
    assert (now(order).expires_at, Payment.objects.get().authorised) == (None, 0)
    with after(order, minutes=60 * 24 * 365):
        assert expire_unpaid() == 0
    assert now(order).state == "placed"


def test_a_channel_says_how_long_a_card_order_may_stay_unpaid():
    patient = make_channel("desk", unpaid_minutes={"card": 240})
    calm = make_channel("phone", unpaid_minutes={})
    orders = [make_order(payment=UNPAID, channel=channel) for channel in (patient, calm)]
    assert [row.expires_at and row.expires_at - row.placed_at for row in orders] == [timedelta(hours=4), None]
    with after(orders[0], minutes=60 * 24):
        assert expire_unpaid() == 1
    assert [now(row).state for row in orders] == ["cancelled", "placed"]
    assert orders[0].events.last().data == {"reason": "Not paid within 240 minutes"}


def test_a_paid_order_never_had_a_time_and_one_that_was_paid_in_time_has_none_any_more():
    paid = make_order()
    assert paid.expires_at is None
    order = make_order(payment=UNPAID)
    pledge(order.pk, amount=Decimal("10.00"), reference="pi_1", by="provider")
    with after(order, minutes=90):
        assert expire_unpaid() == 0
    assert (now(order).state, now(paid).state) == ("placed", "placed")


def test_money_that_came_in_another_way_counts():
    order = make_order(payment=UNPAID)
    Payment.objects.update(authorised=Decimal("10.00"))
    with after(order, minutes=60):
        assert expire_unpaid() == 0
    assert (now(order).state, now(order).expires_at) == ("placed", None)


def test_a_part_is_not_enough_and_goes_back():
    order = make_order(payment=PaymentRequest("card", authorised=Decimal("9.99"), captured=Decimal("4.00")))
    with after(order, minutes=60):
        assert expire_unpaid() == 1
    assert now(order).state == "cancelled"
    assert Payment.objects.values_list("captured", "refunded").get() == (4, 4)


def test_an_order_that_a_person_let_through_unpaid_goes_on():
    order = make_order(payment=UNPAID)
    receive(order.pk, by="test")
    approve(order.pk, by="test")
    services.release_hold(order.holds.get().pk, by="sam")
    assert approve(order.pk, by="test").state == "approved"
    with after(order, minutes=60):
        assert expire_unpaid() == 0
    assert (now(order).state, now(order).expires_at) == ("approved", None)


def test_an_order_that_cannot_be_called_off_stops_no_other(monkeypatch, caplog):
    bad, good = make_order(payment=UNPAID), make_order(payment=UNPAID)

    def leave(order, **told):
        if order.pk == bad.pk:
            raise RuntimeError("no")
        return services.leave(order, **told)

    monkeypatch.setattr(expiry, "leave", leave)
    with after(good, minutes=60):
        assert expire_unpaid() == 1
    assert [now(bad).state, now(good).state] == ["placed", "cancelled"]
    assert now(bad).expires_at == bad.expires_at
    assert f"Order {bad.pk} could not be called off" in caplog.text


def test_the_oldest_are_called_off_first_and_only_so_many_at_once():
    orders = [make_order(payment=UNPAID) for _ in range(3)]
    with after(orders[2], minutes=60):
        assert expire_unpaid(limit=2) == 2
        assert [now(order).state for order in orders] == ["cancelled", "cancelled", "placed"]


def test_one_chore_ends_unpaid_orders_and_baskets_that_nobody_bought():
    order = make_order(payment=UNPAID)
    mug = order.lines.get().product
    stock.take_hold({mug: 3}, channel="web", lasts=HOUR)
    assert Stock.objects.get().reserved == 4
    with clock.at(clock.now() + 2 * HOUR):
        tasks.expire_promises()
    assert (now(order).state, Stock.objects.get().reserved) == ("cancelled", 0)


def test_the_api_says_when_an_order_expires():
    api, order = Api(), make_order(payment=UNPAID)
    shown = order.expires_at.isoformat().replace("+00:00", "Z")
    assert api.get(f"{ORDERS}{order.number}/").json()["expires_at"] == shown
    assert api.get(f"{ORDERS}{make_order().number}/").json()["expires_at"] is None


def test_answers_older_than_thirty_days_are_forgotten_a_few_at_a_time():
    channel, old = make_channel(), clock.now() - timedelta(days=30, seconds=1)
    for number, at in enumerate([old, old, old, clock.now() - timedelta(days=29, hours=23)]):
        IdempotencyKey.objects.create(
            channel=channel, key=f"k{number}", fingerprint="", status=201, body={}, created_at=at
        )
    assert (forget_answers(limit=2), IdempotencyKey.objects.count()) == (2, 2)
    tasks.forget_answers()
    assert IdempotencyKey.objects.get().key == "k3"


def test_an_order_is_known_for_ever_though_its_answer_is_forgotten():
    make_stock(make_product(), 10)
    api, body = Api(), order_body(external_id="A-1")
    first = api.place(body, "k")
    with clock.at(clock.now() + timedelta(days=31)):
        assert forget_answers() == 1
    again = api.place(body, "k")
    assert (first.status_code, again.status_code) == (201, 200)
    assert Order.objects.count() == 1


def test_a_person_of_the_shop_sees_that_an_order_is_unpaid_and_when_it_is_paid():
    alice, order = signed_in(make_alice()), make_order(payment=UNPAID)
    page = alice.get(f"/orders/{order.number}/").content.decode()
    assert f"unpaid, will be called off {day(order.expires_at)} {time_of_day(order.expires_at)}" in page
    pledge(order.pk, amount=Decimal("10.00"), reference="pi_1", by="provider")
    page = alice.get(f"/orders/{order.number}/").content.decode()
    assert "£10.00 pledged by card" in page
    assert "unpaid" not in page
