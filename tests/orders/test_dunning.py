"""Reminders: a letter for each level, each once, none to those who have paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from inventory import clock
from orders import services, tasks
from orders.models import Customer, Order, OrderEvent, Payment, Reminder
from orders.order_request import PaymentRequest
from orders.payments import dunning
from orders.services import receive_payment
from tests.factories import make_channel, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice():
    """Ten pounds that were due a moment ago."""
    channel = make_channel("later", invoice_days=14)
    order = make_order(channel=channel, payment=PaymentRequest("invoice"), state="shipped")
    Payment.objects.update(due_at=clock.now())
    return order


def after(days):
    """The work of the chore that many days from now: the subjects of what was sent."""
    mail.outbox.clear()
    with clock.at(clock.now() + timedelta(days=days)):
        tasks.remind_payers()
    return [letter.subject for letter in mail.outbox]


def levels():
    return list(Reminder.objects.order_by("id").values_list("level", flat=True))


def test_each_level_is_sent_once_on_its_day(invoice):
    number = invoice.number
    usual, last = f"Northwind Gifts: reminder, order {number}", f"Northwind Gifts: last reminder, order {number}"
    assert [after(days) for days in (2, 3, 3, 13, 14, 15, 28, 28, 300)] == [
        [],
        [usual],
        [],
        [],
        [usual],
        [],
        [last],
        [],
        [],
    ]
    assert levels() == [1, 2, 3]
    told = OrderEvent.objects.filter(name="payment.reminded").order_by("seq").values_list("data__level", "data__amount")
    assert list(told) == [(1, "10.00"), (2, "10.00"), (3, "10.00")]


def test_the_letter_says_what_is_owed_since_when_and_until_when_we_are_friendly(invoice):
    due = Payment.objects.get().due_at
    after(3)
    (letter,) = mail.outbox
    assert letter.to == ["marta@example.org"]
    assert letter.extra_headers == {"Message-ID": f"<reminder-{Payment.objects.get().pk}-1@localhost>"}
    assert letter.body.startswith("Dear Marta Silva,\n\nyou may have overlooked our invoice for order")
    assert f"which was due on {due.day} {due:%B %Y}" in letter.body
    assert "Still open: £10.00\n" in letter.body
    after(28)
    assert "This is our last reminder: until it is paid, new orders wait." in mail.outbox[0].body


def test_what_was_missed_is_not_sent_belatedly(invoice):
    assert len(after(20)) == 1
    assert levels() == [2]


@pytest.mark.parametrize("method", ["invoice", "transfer"])
def test_who_has_paid_hears_nothing_more_whatever_way_it_came(invoice, method):
    after(3)
    receive_payment(invoice.pk, amount=Decimal(10), method=method, reference="b", by="sam")
    assert (after(14), levels()) == ([], [1])


def test_who_has_paid_a_part_is_reminded_of_the_rest(invoice):
    receive_payment(invoice.pk, amount=Decimal(4), method="transfer", reference="b", by="sam")
    after(3)
    assert "Still open: £6.00\n" in mail.outbox[0].body


def test_nobody_is_reminded_of_what_was_called_off_or_of_whom_was_erased():
    order = make_order(payment=PaymentRequest("invoice"))
    Payment.objects.update(due_at=clock.now())
    services.cancel(order.pk, reason="x", by="sam")
    assert after(3) == []
    other = make_order(payment=PaymentRequest("invoice"), email="ada@example.org")
    Payment.objects.filter(order=other).update(due_at=clock.now())
    Customer.objects.update(erased_at=clock.now())
    assert (after(3), levels()) == ([], [])


def test_a_letter_that_cannot_be_sent_stops_no_other_and_is_tried_again(invoice, monkeypatch, caplog):
    other = make_order(channel=invoice.channel, payment=PaymentRequest("invoice"), state="shipped", email="a@x.org")
    Payment.objects.update(due_at=clock.now())
    send = dunning._send

    def broken(payment, level, owed):
        if payment.order_id == invoice.pk:
            raise OSError("No mail server")
        send(payment, level, owed)

    with monkeypatch.context() as patched:
        patched.setattr(dunning, "_send", broken)
        assert after(3) == [f"Northwind Gifts: reminder, order {other.number}"]
    assert "could not be reminded of" in caplog.text
    assert after(3) == [f"Northwind Gifts: reminder, order {invoice.number}"]


def test_a_level_counts_the_days_that_are_over(settings):
    settings.DUNNING_DAYS = [3, 14]
    due = clock.now()
    reached = [dunning.level_at(due, due + timedelta(days=days)) for days in (0, 2, 3, 13, 14, 99)]
    assert reached == [0, 0, 1, 1, 2, 2]


def test_without_days_nobody_is_reminded(invoice, settings):
    settings.DUNNING_DAYS = []
    assert (after(99), Order.objects.get().state) == ([], "shipped")
