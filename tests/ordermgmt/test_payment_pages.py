"""Money for people: the card on the order's page, what may be done there, and the list of what needs somebody."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import clock
from ordermgmt.order_page import order_page
from ordermgmt.payments import list as payments_list
from ordermgmt.payments.list import payment_list
from ordermgmt.timeline.entries import entry
from ordermgmt.timeline.sentences import SENTENCES
from ordermgmt.verify import verify
from orders.customers.credit import credit_balance, grant_credit
from orders.errors import RefundTooLarge
from orders.models import Order, OrderEvent, Payment, Refund, Transaction
from orders.order_request import PaymentRequest
from orders.services import grant_refund, note_charge_back, receive_payment
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnop"


def said(answer):
    """The newest message."""
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)][-1:]


def do(client, order, action, **typed):
    return client.post(f"/payments/{order.number}/{action}/", typed)


def invoiced(**fields):
    return make_order(payment=PaymentRequest("invoice"), **fields)


def failed(order, *, attempts=0):
    """The gateway has not taken it."""
    Transaction.objects.filter(payment__order=order).update(
        status="failed", due_at=None, done_at=None, attempts=attempts, error="The card has expired"
    )
    return Transaction.objects.get(payment__order=order)


def test_the_card_shows_each_payment_and_how_the_order_stands(alice):
    order = invoiced(state="shipped")
    receive_payment(order.pk, amount=Decimal(4), method="transfer", reference="bank-7", by="sam")
    card = order_page(order.number).money
    assert (card.state.label, card.balance.owed, card.left) == ("Partly paid", 6, 4)
    assert [(row.payment.method, row.payment.captured, row.left) for row in card.rows] == [
        ("invoice", 0, 0),
        ("transfer", 4, 4),
    ]
    html = alice.get(f"/orders/{order.number}/").content.decode()
    for words in ("Partly paid", "Still owed", "£6.00", "bank-7", "Book a payment…", "Refund…", "Mark a charge-back"):
        assert words in html


def test_a_gateway_and_what_it_did_are_shown_and_failed_payments_can_be_tried_again(alice):
    order = make_order(channel=make_channel("card", gateway="fake"), state="delivered")
    row = failed(order)
    html = alice.get(f"/orders/{order.number}/").content.decode()
    card = order_page(order.number).money
    assert [(str(row.come), str(row.failed), row.may_charge_back) for row in card.rows] == [("0.000", "10.000", False)]
    for words in (
        "At the gateway",
        "Could not be taken",
        "The card has expired",
        "Try failed payments again",
        "Give up…",
        "Done elsewhere…",
    ):
        assert words in html
    answer = do(alice, order, "retry")
    assert said(answer) == [("success", f"The gateway is asked again for #{order.number}.")]
    assert Transaction.objects.get(pk=row.pk).status == "pending"
    assert said(do(alice, order, "retry")) == [("error", "No payment of this order has failed. Nothing was changed.")]


def test_what_got_no_answer_cannot_be_given_up_but_may_have_been_done(alice):
    order = make_order(channel=make_channel("card", gateway="fake"), state="delivered")
    row = failed(order, attempts=5)
    assert "Give up…" not in alice.get(f"/orders/{order.number}/").content.decode()
    answer = do(alice, order, f"transactions/{row.pk}/drop", reason="x")
    assert said(answer)[0][0] == "error"
    assert Transaction.objects.get(pk=row.pk).status == "failed"
    do(alice, order, f"transactions/{row.pk}/done", reason="Taken in the dashboard")
    row = Transaction.objects.get(pk=row.pk)
    assert (row.status, row.reference) == ("done", "Taken in the dashboard")


def test_giving_up_needs_a_reason_and_makes_the_customer_owe_it_again(alice):
    order = make_order(channel=make_channel("card", gateway="fake"), state="delivered")
    row = failed(order)
    assert said(do(alice, order, f"transactions/{row.pk}/drop")) == [("error", "Say why, please. Nothing was changed.")]
    do(alice, order, f"transactions/{row.pk}/drop", reason="Card expired")
    assert Transaction.objects.get(pk=row.pk).status == "dropped"
    assert order_page(order.number).money.balance.owed == 10
    assert do(alice, order, f"transactions/{row.pk}/wish", reason="x").status_code == 404


def test_money_is_booked_and_too_much_goes_back_by_one_click(alice):
    order = invoiced()
    answer = do(alice, order, "book", amount="12.50", method="transfer", reference="bank-1")
    assert (answer.headers["Location"], said(answer)) == (
        f"/orders/{order.number}/",
        [("success", "£12.50 is booked.")],
    )
    assert "Give back £2.50" in alice.get(f"/orders/{order.number}/").content.decode()
    assert said(do(alice, order, "surplus")) == [("success", "What was paid too much goes back.")]
    assert said(do(alice, order, "surplus"))[0][0] == "error"
    assert Refund.objects.get().amount == Decimal("2.50")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"amount": "", "method": "transfer", "reference": "b"}, "This field is required."),
        ({"amount": "0", "method": "transfer", "reference": "b"}, "greater than or equal to 0.01"),
        ({"amount": "1.001", "method": "transfer", "reference": "b"}, "no more than 2 decimal places"),
        ({"amount": "x", "method": "transfer", "reference": "b"}, "Enter a number."),
        ({"amount": "1", "method": "card", "reference": "b"}, "Select a valid choice."),
        ({"amount": "1", "method": "transfer", "reference": ""}, "This field is required."),
    ],
)
def test_a_booking_with_a_fault_comes_back_open_with_what_was_typed(alice, typed, fault):
    order = invoiced()
    answer = do(alice, order, "book", **typed)
    html = answer.content.decode()
    assert (answer.status_code, fault in html, Transaction.objects.count()) == (422, True, 0)
    assert f'value="{typed["amount"]}"' in html or not typed["amount"]


def test_a_refund_has_a_reason_and_a_double_click_gives_back_once(alice):
    order = make_order(state="delivered")
    typed = {"amount": "2.50", "reason": "Scratched", "key": KEY}
    for _ in range(2):
        assert said(do(alice, order, "refund", **typed)) == [("success", "£2.50 goes back.")]
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.by) == (Decimal("2.50"), "Scratched", "alice")
    for fault in ({"reason": ""}, {"amount": "7.51"}, {"key": "short"}):
        answer = do(alice, order, "refund", **{**typed, "key": KEY[::-1], **fault})
        assert (answer.status_code, Refund.objects.count()) == (422, 1)
        assert ("less than or equal to 7.50." in answer.content.decode()) is ("amount" in fault)


def test_store_credit_stands_for_money_and_both_together_are_never_more_than_was_paid(alice):
    order = make_order(state="delivered")
    typed = {"amount": "7.50", "reason": "Scratched", "key": KEY, "as": "credit"}
    for _ in range(2):
        assert said(do(alice, order, "refund", **typed)) == [("success", "£7.50 is given as store credit.")]
    assert credit_balance(order.customer_id) == {"GBP": Decimal("7.50")}
    assert order_page(order.number).money.left == Decimal("2.50")
    for way in ({}, {"as": "credit"}):
        answer = do(alice, order, "refund", amount="2.51", reason="x", key=KEY[::-1], **way)
        assert "less than or equal to 2.50." in answer.content.decode()
    with pytest.raises(RefundTooLarge, match="more than the £2.50"):
        grant_refund(order.pk, amount=Decimal("2.51"), reason="x", by="alice", key="k")
    with pytest.raises(RefundTooLarge, match="more than the £2.50"):
        grant_credit(order.pk, amount=Decimal("2.51"), why="x", by="alice", key="k")
    assert verify().ok


def test_a_charge_back_is_marked_and_won(alice):
    order = make_order(state="delivered")
    payment = Payment.objects.get()
    path = f"charge-back/{payment.pk}"
    assert do(alice, order, path, amount="10.01", reference="dp_1").status_code == 422
    assert said(do(alice, order, path, amount="10.00", reference="dp_1")) == [
        ("success", "The charge-back is written down.")
    ]
    assert "The charge-back was won" in alice.get(f"/orders/{order.number}/").content.decode()
    assert said(do(alice, order, path, won="1")) == [("success", "The money is back.")]
    assert Payment.objects.get().charged_back == 0


def test_pledged_money_is_taken_by_hand(alice):
    order = make_order(state="received")
    assert "Take it now" in alice.get(f"/orders/{order.number}/").content.decode()
    assert said(do(alice, order, "take")) == [("success", "The pledged money is being taken.")]
    assert Payment.objects.get().captured == 10


@pytest.mark.parametrize(
    "action", ["book", "refund", "surplus", "take", "retry", "charge-back/1", "transactions/1/drop"]
)
def test_who_may_not_refund_finds_no_button_and_no_address(bob, alice, charlie, action):
    order = make_order(state="delivered")
    assert "Refund…" not in bob.get(f"/orders/{order.number}/").content.decode()
    assert [client.post(f"/payments/{order.number}/{action}/").status_code for client in (bob, charlie)] == [403, 403]
    assert alice.get(f"/payments/{order.number}/{action}/").status_code == 405
    assert Refund.objects.count() == 0


def make_it_leave_unpaid(order):
    """Its card money was never taken."""
    Transaction.objects.filter(payment__order=order).delete()
    Payment.objects.filter(order=order).update(captured=0, captured_at=None)


def test_the_list_tells_what_is_overdue_failed_and_gone(alice):
    new, old = (invoiced(state="shipped", email=f"{name}@x.org") for name in "ab")
    for order, days in ((new, 5), (old, 30)):
        Payment.objects.filter(order=order).update(due_at=clock.now() - timedelta(days=days))
    broken = make_order(channel=make_channel("card", gateway="fake"), state="delivered")
    failed(broken)
    gone = make_order(state="shipped", email="c@x.org")
    make_it_leave_unpaid(gone)
    page = payment_list()
    assert [(row.payment.order, row.days, row.owed, row.tone) for row in page.overdue] == [
        (old, 30, 10, "bad"),
        (new, 5, 10, "warn"),
    ]
    assert [move.row.payment.order for move in page.failed] == [broken]
    assert [(row.order, row.owed, row.may_take) for row in page.untaken] == [(gone, 10, True)]
    (sums,) = page.sums
    assert (sums.currency, sums.overdue, sums.by_age, sums.failed) == ("GBP", 20, [0, 10, 0, 10], 10)
    html = alice.get("/payments/").content.decode()
    for number in (new.number, old.number, broken.number, gone.number):
        assert f"#{number}" in html
    answer = alice.post(f"/payments/{broken.number}/retry/", {"next": "/payments/"})
    assert answer.headers["Location"] == "/payments/"
    away = alice.post(f"/payments/{gone.number}/take/", {"next": "https://elsewhere.example/"})
    assert away.headers["Location"] == f"/orders/{gone.number}/"


def test_an_empty_list_says_so(alice):
    html = alice.get("/payments/").content.decode()
    assert "Nothing is overdue" in html
    assert "Failed at the gateway" not in html


def test_the_list_costs_the_same_however_long_it_is():
    def queries():
        with CaptureQueriesContext(connection) as counted:
            payment_list()
        return len(counted)

    def one_of_each():
        order = invoiced(state="shipped", email=f"{Order.objects.count()}@x.org")
        Payment.objects.filter(order=order).update(due_at=clock.now() - timedelta(days=5))
        make_it_leave_unpaid(make_order(state="shipped", email=f"{Order.objects.count()}@x.org"))

    one_of_each()
    before = queries()
    one_of_each()
    assert queries() == before <= 12


def test_a_stranger_and_charlie_do_not_see_the_list(client, charlie):
    assert client.get("/payments/").status_code == 302
    assert charlie.get("/payments/").status_code == 403


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("payment.captured", {"amount": "5.00"}, "£5.00 taken"),
        ("payment.captured", {"amount": "5.00", "method": "cod"}, "£5.00 came in cash"),
        ("payment.settled", {"kind": "refund", "amount": "5.00"}, "The gateway confirmed paying back £5.00"),
        (
            "payment.failed",
            {"kind": "capture", "amount": "5.00", "why": "No"},
            "The gateway failed at taking £5.00: No",
        ),
        ("payment.retried", {"kind": "void", "amount": "5.00"}, "Another try at letting go £5.00"),
        ("payment.dropped", {"amount": "5.00"}, "£5.00 given up: they were never taken"),
        ("payment.charged_back", {"amount": "5.00"}, "£5.00 charged back by the customer's bank"),
        ("payment.charge_back_won", {"amount": "5.00"}, "£5.00 came back: the bank decided for the shop"),
        ("payment.reminded", {"level": 2, "amount": "5.00"}, "Reminder 2 sent: £5.00 owed"),
    ],
)
def test_the_timeline_tells_of_money_in_a_sentence(name, data, sentence):
    event = OrderEvent(name=name, at=clock.now(), by="sam", data=data)
    assert (name in SENTENCES, entry(event, "GBP").sentence) == (True, sentence)


def test_a_charge_back_shows_on_the_card():
    order = make_order(state="delivered")
    note_charge_back(Payment.objects.get().pk, amount=Decimal(10), reference="dp_1", by="sam")
    card = order_page(order.number).money
    assert (card.state.label, card.tone, card.left) == ("Charged back", "bad", 0)


def test_days_overdue_are_those_of_the_calendar_and_of_the_reader(alice):
    order = make_order(state="shipped", payment=PaymentRequest("invoice"))
    Payment.objects.filter(order=order).update(due_at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC))
    with clock.at(datetime(2026, 5, 4, 0, 30, tzinfo=UTC)):
        assert [row.days for row in payment_list().overdue] == [1]
        with timezone.override("Europe/Berlin"):
            assert [row.days for row in payment_list().overdue] == [0]
    assert payment_list().ages == ("Under 3 days", "3 to 13 days", "14 to 27 days", "28 days and more")


def test_what_is_overdue_is_paged_by_its_day_and_what_left_long_ago_is_asked_for(alice, monkeypatch):
    monkeypatch.setattr(payments_list, "SHOWN", 2)
    due = clock.now() - timedelta(days=5)
    orders = [invoiced(state="shipped", email=f"{name}@x.org") for name in "abc"]
    Payment.objects.update(due_at=due)
    first = payment_list()
    rest = payment_list(behind=first.on)
    assert [[row.payment.order for row in page.overdue] for page in (first, rest)] == [orders[:2], orders[2:]]
    assert (first.back, rest.on, first.is_cut, payment_list(behind="x").overdue) == ("", "", True, first.overdue)
    assert payment_list(before=rest.back).overdue == first.overdue
    assert f"?before={quote(rest.back)}" in alice.get("/payments/", {"after": first.on}).content.decode()
    gone = make_order(state="shipped", email="d@x.org")
    make_it_leave_unpaid(gone)
    Order.objects.filter(pk=gone.pk).update(state_since=clock.now() - timedelta(days=91))
    assert (payment_list().untaken, [row.order for row in payment_list(ever=True).untaken]) == ((), [gone])
    assert f"#{gone.number}" in alice.get("/payments/?ever=1").content.decode()
