"""What the shop decided about a payment is done by its gateway: once, in order, and whatever breaks in between."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import clock
from ordermgmt.verify.examine import verify
from orders import services, tasks
from orders.customers.standing import payment_history_of
from orders.errors import GatewayUnreachable, NothingToCollect
from orders.gateways import GATEWAYS
from orders.gateways.fake import Fake
from orders.models import Order, Payment, Transaction
from orders.order_request import PaymentRequest
from orders.payments import settling
from orders.payments.standing import balance_of, unpaid
from orders.queue import held
from orders.services.transactions import done
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db
WELL = {"declines": 0.0, "timeouts": 0.0, "slow_seconds": 0.0, "seed": 0}


@pytest.fixture(autouse=True)
def fake(settings, monkeypatch):
    """A played gateway of this test's own, that behaves well until it is told otherwise."""
    settings.FAKE_GATEWAY = dict(WELL)
    gateway = Fake()
    monkeypatch.setitem(GATEWAYS, "fake", gateway)
    return gateway


def order_by_card(**fields):
    """One mug of £10.00, pledged at a channel whose card money the played gateway moves."""
    channel = make_channel("card", gateway="fake", **fields)
    return make_order(channel=channel, payment=PaymentRequest("card", reference="pi_1"), state="received")


def captured(order):
    with held(order.pk) as order:
        services.capture(order, by="test")
    return order


def work(after=timedelta(0)):
    with clock.at(clock.now() + after):
        tasks.settle_payments()


def moves():
    return list(Transaction.objects.order_by("id").values_list("kind", "status", "amount"))


def test_a_capture_is_decided_at_once_and_done_by_a_worker(fake):
    order = captured(order_by_card())
    assert (Payment.objects.get().captured, moves()) == (10, [("capture", "pending", 10)])
    assert not fake.moved
    work()
    row = Transaction.objects.get()
    assert (row.status, row.due_at, row.attempts, row.reference[:5]) == ("done", None, 0, "fake_")
    assert fake.moved == {("capture", row.key): 1}
    assert [event.name for event in order.events.order_by("seq")][-2:] == ["payment.captured", "payment.settled"]
    work()
    assert fake.moved == {("capture", row.key): 1}
    assert verify().ok


def test_by_hand_everything_is_done_at_once():
    order = make_order(state="received")
    captured(order)
    services.cancel(order.pk, reason="x", by="sam")
    assert moves() == [("capture", "done", 10), ("refund", "done", 10)]
    assert settling.lease(10) == []


def test_an_order_that_is_called_off_before_its_capture_lets_its_pledge_go(fake):
    order = order_by_card()
    services.cancel(order.pk, reason="x", by="sam")
    work()
    assert moves() == [("void", "done", 10)]
    assert list(fake.moved) == [("void", f"void:{Payment.objects.get().pk}")]


def test_a_refund_waits_for_the_capture_before_it(fake):
    order = captured(order_by_card())
    services.cancel(order.pk, reason="x", by="sam")
    assert settling.lease(10) == [Transaction.objects.get(kind="capture").pk]
    assert settling.lease(10) == []  # leased, and what comes behind it waits
    work(timedelta(hours=1))
    work(timedelta(hours=2))
    assert moves() == [("capture", "done", 10), ("refund", "done", 10)]
    assert [act for act, _ in fake.moved] == ["capture", "refund"]
    assert verify().ok


def test_a_worker_that_dies_after_the_gateway_answered_pays_nothing_twice(fake, monkeypatch):
    captured(order_by_card())

    def die(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(settling, "done", die)
        with pytest.raises(SystemExit):
            work()
    assert (moves(), list(fake.moved.values())) == ([("capture", "pending", 10)], [1])
    work()
    assert moves() == [("capture", "pending", 10)]  # its lease runs
    work(timedelta(hours=1))
    assert (moves(), list(fake.moved.values())) == ([("capture", "done", 10)], [1])


def test_a_gateway_that_times_out_after_doing_it_is_asked_again_under_the_same_key(fake, settings):
    settings.FAKE_GATEWAY = {**WELL, "timeouts": 1.0}
    captured(order_by_card())
    work()
    row = Transaction.objects.get()
    assert (row.status, row.attempts, row.error) == ("pending", 1, "The played bank did not answer in time")
    assert row.due_at > clock.now()
    work(timedelta(seconds=3))
    assert (moves(), list(fake.moved.values())) == ([("capture", "done", 10)], [1])


def test_after_five_tries_without_an_answer_a_person_is_called(fake, monkeypatch):
    def silent(ask):
        raise GatewayUnreachable("No route")

    monkeypatch.setattr(fake, "capture", silent)
    order = captured(order_by_card())
    for minutes in range(6):
        work(timedelta(minutes=minutes))
    row, hold = Transaction.objects.get(), order.holds.get()
    assert (row.status, row.attempts, row.error, row.due_at) == ("failed", 5, "No route", None)
    assert (hold.reason, hold.note) == ("payment-failed", "Take: No route")
    key = row.key
    monkeypatch.undo()
    with pytest.raises(NothingToCollect, match="Only what the gateway has refused"):
        services.let_go(row.pk, reason="x", by="sam")
    services.retry_payments(order.pk, by="sam")
    row = Transaction.objects.get()
    assert (row.status, row.key, order.holds.get().released_by) == ("pending", key, "sam")


def declined(settings, order=None):
    settings.FAKE_GATEWAY = {**WELL, "declines": 1.0}
    order = captured(order or order_by_card())
    work()
    settings.FAKE_GATEWAY = dict(WELL)
    return order


def test_what_is_declined_waits_for_a_person_and_gets_a_new_key(fake, settings):
    order = declined(settings)
    row = Transaction.objects.get()
    assert (row.status, row.attempts, row.error) == ("failed", 0, "The played bank declined")
    assert order.holds.get().note == "Take: The played bank declined"
    services.retry_payments(order.pk, by="sam")
    again = Transaction.objects.get()
    assert again.key != row.key
    work()
    assert (moves(), list(fake.moved)) == ([("capture", "done", 10)], [("capture", again.key)])
    with pytest.raises(NothingToCollect, match="No payment of this order has failed"):
        services.retry_payments(order.pk, by="sam")


def test_what_was_given_up_is_unpaid_in_every_list_that_asks(settings, fake):
    order = declined(settings)
    assert not unpaid(Payment.objects.all()).exists()  # a person may still have it tried again
    services.let_go(Transaction.objects.get().pk, reason="Card expired", by="sam")
    Payment.objects.update(due_at=clock.now() - timedelta(days=1))
    assert list(unpaid(Payment.objects.all()).values_list("paid")) == [(0,)]
    assert payment_history_of(order.customer_id, before=clock.now()).overdue_now == 1


def test_a_capture_that_is_given_up_leaves_the_money_owed(settings, fake):
    order = declined(settings)
    services.let_go(Transaction.objects.get().pk, reason="Card expired", by="sam")
    assert moves() == [("capture", "dropped", 10), ("refund", "dropped", 10)]
    assert (balance_of(Order.objects.get()).owed, balance_of(Order.objects.get()).taken) == (10, 0)
    assert order.holds.get().released_by == "sam"
    services.pledge(order.pk, amount=Decimal(10), reference="pi_2", by="provider")
    captured(order)
    work()
    assert balance_of(Order.objects.get()).owed == 0
    assert [amount for (_, _), amount in fake.moved.items()] == [1]
    assert verify().ok


def test_an_order_with_a_declined_capture_is_called_off_without_giving_anything_back(settings, fake):
    order = declined(settings)
    services.cancel(order.pk, reason="x", by="sam")
    work()
    assert moves() == [("capture", "dropped", 10), ("refund", "dropped", 10), ("void", "done", 10)]
    assert [act for act, _ in fake.moved] == ["void"]
    assert verify().ok


def test_a_capture_that_is_declined_after_the_order_was_called_off_takes_its_refund_along(settings, fake):
    order = captured(order_by_card())
    services.cancel(order.pk, reason="x", by="sam")
    settings.FAKE_GATEWAY = {**WELL, "declines": 1.0}
    work()
    assert moves() == [("capture", "dropped", 10), ("refund", "dropped", 10)]
    payment = Payment.objects.get()
    assert (payment.captured, payment.refunded, sum(row.amount for row in payment.refunds.all())) == (10, 10, 10)
    assert (list(fake.moved), Order.objects.get().open_holds) == ([], 0)
    assert verify().ok


def test_a_refund_that_waits_shrinks_by_what_was_never_taken(settings, fake):
    order = order_by_card()
    Payment.objects.update(authorised=4)
    captured(order)
    work()
    Payment.objects.update(authorised=10)
    captured(order)
    services.cancel(order.pk, reason="x", by="sam")
    settings.FAKE_GATEWAY = {**WELL, "declines": 1.0}
    work()
    settings.FAKE_GATEWAY = dict(WELL)
    work()
    assert sorted(moves()) == [
        ("capture", "done", 4),
        ("capture", "dropped", 6),
        ("refund", "done", 4),
        ("refund", "dropped", 6),
    ]
    assert verify().ok


def test_the_second_word_about_a_transaction_changes_nothing(fake):
    order = captured(order_by_card())
    work()
    before = (Transaction.objects.values().get(), order.events.count())
    done(Transaction.objects.get().pk, reference="other", by="gateway:fake")
    assert (Transaction.objects.values().get(), order.events.count()) == before


def test_a_channel_may_take_its_money_on_approval(fake):
    channel = make_channel("early", gateway="fake", capture_at="approval")
    make_order(channel=channel, payment=PaymentRequest("card", reference="pi_1"), state="approved")
    assert moves() == [("capture", "pending", 10)]


def test_pledged_money_may_be_taken_by_hand_once():
    order = make_order(state="received")
    assert services.take_pledged(order.pk, by="sam") == 10
    with pytest.raises(NothingToCollect, match="Nothing is pledged"):
        services.take_pledged(order.pk, by="sam")
    assert moves() == [("capture", "done", 10)]
