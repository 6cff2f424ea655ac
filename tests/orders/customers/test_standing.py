"""What a customer's orders and payments say about them, at any moment."""

from decimal import Decimal

import pytest

from inventory import clock
from orders.customers.standing import NONE_YET, Spending, payment_history, payment_history_of
from orders.flow import State
from orders.models import Customer, Order, Payment
from orders.payments.standing import NOT_KEPT, unpaid
from orders.services import cancel
from tests.books import DAY, NOON, call_off, invoice, marta, order_of
from tests.factories import make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with clock.at(NOON):
        make_stock(make_product(), 1000)
        yield


def history():
    return payment_history([marta().pk])[marta().pk]


def test_who_has_not_ordered_has_no_history():
    customer = Customer.objects.create(email="new@example.org", name="New")
    assert payment_history([customer.pk]) == {customer.pk: NONE_YET}
    assert (NONE_YET.on_time_share, NONE_YET.usual("GBP")) == (None, None)


def test_orders_are_counted_by_what_became_of_them():
    order_of("10", ago=400)
    order_of("30", ago=20)
    order_of("80", ago=2, state=State.PACKED)
    order_of("999", ago=1, state=State.REJECTED)
    order_of("5", email="jonas@example.org")
    found = history()
    assert (found.orders, found.finished, found.recent, found.called_off) == (3, 2, 1, 1)
    assert (found.first_order_at, found.last_order_at) == (NOON - 400 * DAY, NOON - 2 * DAY)
    assert found.spending == {"GBP": Spending(3, Decimal(120), Decimal(30), Decimal(30))}


def test_currencies_are_never_added_and_the_usual_order_is_the_lower_middle_one():
    for total in ("10", "20", "30", "40"):
        order_of(total)
    make_product("YEN-1", currency="JPY", price="900")
    make_stock(make_product("YEN-1"), 10)
    order_of("900", channel=make_channel("tokyo", currency="JPY"), lines=[("YEN-1", 1)], currency="JPY")
    found = history()
    assert (found.orders, found.usual("GBP"), found.usual("JPY"), found.usual("EUR")) == (5, 20, 900, None)
    assert found.spending["GBP"].total == 100
    call_off(currency="JPY")
    found = history()
    assert (found.orders, found.called_off, list(found.spending)) == (4, 1, ["GBP"])


def test_bills_are_paid_in_time_late_or_not_at_all():
    invoice(order_of(), due=-5, paid=-5)
    invoice(order_of(), due=-5, paid=-4)
    invoice(order_of(), due=-5, paid=-6, share="0.5")
    invoice(order_of(), due=-1)
    invoice(order_of(), due=1)
    invoice(order_of(state=State.CANCELLED), due=-1)
    found = history()
    assert (found.paid_on_time, found.paid_late, found.overdue_now) == (1, 1, 2)
    assert found.on_time_share == Decimal("0.25")


def test_what_came_back_unpaid_is_not_overdue():
    order = order_of("10")
    invoice(order, due=-1)
    came_back = {"reason": "unwanted", "lines": [], "refund": "4.00"}
    order.events.create(seq=90, name="order.returned", by="bob", at=NOON - DAY, data=came_back)
    assert history().overdue_now == 1
    order.events.create(seq=91, name="order.returned", by="bob", at=NOON - DAY, data={**came_back, "refund": "6.00"})
    assert (history().overdue_now, history().paid_on_time) == (0, 0)


@pytest.mark.parametrize(
    ("share", "key", "stands"),
    [
        ("0.8", "", (1, 0)),  # 4 of 10 came back, and 8 were paid
        ("0.8", "return:1", (0, 1)),  # which were given back for what had come back
        ("0.8", "claim:1", (0, 1)),
        ("1", "favour:1", (1, 0)),
        *(("0.8", f"{cause}1", (0, 1)) for cause in NOT_KEPT),
    ],
)
def test_what_was_given_back_is_counted_by_its_cause(share, key, stands):
    order = order_of("10")
    payment = invoice(order, due=-1, paid=-2, share=share)
    came_back = {"reason": "unwanted", "lines": [], "refund": "4.00"}
    order.events.create(seq=90, name="order.returned", by="bob", at=NOON - DAY, data=came_back)
    if key:
        payment.refunds.create(key=key, amount=4, reason="-")
        Payment.objects.filter(pk=payment.pk).update(refunded=4)
    assert (history().paid_on_time, history().overdue_now) == stands


def test_who_has_orders_of_exchange_only_owes_their_bills_all_the_same():
    order = order_of()
    invoice(order, due=-1)
    Order.objects.filter(pk=order.pk).update(parent_relation="exchange")
    assert (history().orders, history().overdue_now, history().spending) == (0, 1, {})


def test_what_is_voided_is_owed_by_nobody():
    Payment.objects.filter(pk=invoice(order_of(), due=-1).pk).update(voided_at=NOON)
    assert history().overdue_now == 0


def test_a_charge_back_is_remembered():
    payment = order_of().payments.get()
    Payment.objects.filter(pk=payment.pk).update(
        captured=payment.authorised, charged_back=payment.authorised, charged_back_at=NOON - DAY
    )
    assert history().charged_back == 1


def test_a_moment_in_the_past_knows_nothing_of_what_came_later():
    invoice(order_of("10", ago=30), due=-5, paid=-2)
    order_of("50", ago=1)
    then = payment_history_of(marta().pk, before=NOON - 3 * DAY)
    assert (then.orders, then.paid_on_time, then.paid_late, then.overdue_now) == (1, 0, 0, 1)
    earlier = payment_history_of(marta().pk, before=NOON - 6 * DAY)
    assert (earlier.paid_late, earlier.overdue_now, earlier.usual("GBP")) == (0, 0, Decimal(10))


def test_the_order_that_is_decided_does_not_speak_for_itself():
    order_of("10", ago=3)
    second = order_of("50", ago=2)
    invoice(second, due=-1)
    found = payment_history_of(marta().pk, before=NOON, excluding=second.pk)
    assert (found.orders, found.usual("GBP"), found.overdue_now) == (1, Decimal(10), 0)


def test_an_order_is_returned_once_however_often_something_comes_back():
    with clock.at(NOON):
        order = make_order([("MUG-1", 3)], state="delivered")
    for seq in (1, 2):
        order.events.create(seq=order.event_seq + seq, name="order.returned", by="bob", at=NOON - DAY)
    assert history().returned == 1


def test_an_order_that_was_called_off_costs_nothing():
    with clock.at(NOON - DAY):
        cancel(make_order().pk, reason="test", by="sam")
    found = history()
    assert (found.orders, found.called_off, found.last_order_at, found.spending) == (0, 1, None, {})


def test_any_number_of_customers_takes_one_statement(django_assert_num_queries):
    for name in "abcd":
        invoice(order_of(email=f"{name}@example.org"), due=-1)
    order_of(email="b@example.org")
    ids = list(Customer.objects.order_by("email").values_list("pk", flat=True))
    with django_assert_num_queries(1):
        found = payment_history([*ids, *ids])
    assert [(found[pk].orders, found[pk].overdue_now) for pk in ids] == [(1, 1), (2, 1), (1, 1), (1, 1)]
    assert payment_history([]) == {}


def test_what_one_of_two_payments_brought_in_full_is_not_unpaid():
    order = order_of("10")
    first = invoice(order, due=-1, paid=-2)
    order.payments.create(method="transfer")
    assert not unpaid(Payment.objects.all()).exists()
    first.refunds.create(key="units:1", amount=1, reason="-")
    Payment.objects.filter(pk=first.pk).update(refunded=1)
    assert unpaid(Payment.objects.all()).count() == 2
