"""Mails: written once for what happened, sent once however often the tasks run, and never for the past."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from fulfillment.claims import open_claim, settle_claim
from fulfillment.mails.sending import lease_messages, send_again, send_message
from fulfillment.mails.words import KINDS
from fulfillment.mails.writing import KIND_OF_EVENT, rendered, write_links, write_messages
from fulfillment.models import LinkRequest, Message
from fulfillment.tasks import send_messages
from fulfillment.tasks import write_messages as write_task
from inventory import clock
from orders.models import Order
from orders.services import cancel
from tests.factories import carry, make_order
from tests.kpis.settling import settle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def began():
    """The history is read from here on."""
    settle()
    write_messages()


def kinds():
    return list(Message.objects.order_by("id").values_list("kind", flat=True))


def redelivered(times=3):
    settle()
    for _ in range(times):
        write_task()
        send_messages()


def test_the_past_is_not_written_about():
    make_order(state="delivered")
    redelivered()
    assert (kinds(), mail.outbox) == ([], [])


def test_a_journey_is_told_once_under_redelivery_of_every_task(began):
    order = make_order(state="delivered")
    redelivered()
    assert kinds() == ["received", "shipped", "out_for_delivery", "delivered"]
    assert len(mail.outbox) == 4
    first = mail.outbox[0]
    assert (first.to, first.subject) == (["marta@example.org"], f"Northwind Gifts: We have your order {order.number}")
    assert "/track/" in first.body
    assert "/track/" in first.alternatives[0].content
    assert set(Message.objects.values_list("state", "tries")) == {("sent", 0)}


def test_money_claims_and_cancelling_are_told(began):
    order = make_order(state="delivered", shipping_total=Decimal(0))
    row = open_claim(order.pk, kind="missing", units={order.lines.get().pk: 1}, key="c", by="x")
    settle_claim(row.pk, outcome="refund", by="sam")
    cancel(make_order().pk, reason="x", by="sam")
    redelivered()
    assert sorted(kinds()[4:]) == ["cancelled", "claim_settled", "received", "refunded"]
    assert any("We have paid back £10.00" in row.subject for row in mail.outbox)


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_name(began, monkeypatch):
    make_order()
    settle()
    write_messages()
    (message_id,) = lease_messages(10)
    assert lease_messages(10) == []
    with monkeypatch.context() as patch:
        patch.setattr("fulfillment.mails.sending.clock.now", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            send_message(message_id)
    assert Message.objects.get().state == "pending"
    send_message(message_id)
    send_message(message_id)
    assert len(mail.outbox) == 2
    assert len({row.extra_headers["Message-ID"] for row in mail.outbox}) == 1


def test_a_server_that_refuses_is_tried_five_times_and_a_person_may_try_again(began, monkeypatch):
    make_order()
    settle()
    write_messages()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", lambda self, rows: 1 / 0)
        for _ in range(6):
            Message.objects.filter(state="pending").update(due_at=clock.now())
            send_messages()
    row = Message.objects.get()
    assert (row.state, row.tries, row.due_at, row.error) == ("failed", 5, None, "ZeroDivisionError: division by zero")
    assert send_again(row.pk)
    assert not send_again(row.pk)
    send_messages()
    assert (Message.objects.get().state, len(mail.outbox)) == ("sent", 1)


def test_a_channel_may_have_a_sender_of_its_own(began, settings):
    settings.MAIL_SENDERS = {"web": "Web Shop <web@shop.example>"}
    make_order()
    redelivered(1)
    assert (mail.outbox[0].from_email, mail.outbox[0].subject[:5]) == ("Web Shop <web@shop.example>", "Web: ")


def test_a_link_goes_only_to_the_customer_and_once_for_a_while(began):
    order = make_order()
    Message.objects.all().delete()
    for email in ("Marta@Example.org", "marta@example.org", "eve@example.org"):
        LinkRequest.objects.create(number=order.number, email=email)
    LinkRequest.objects.create(number=1, email="marta@example.org")
    write_links()
    assert list(Message.objects.values_list("kind", "recipient")) == [("link", "marta@example.org")]
    assert not LinkRequest.objects.exists()


def test_nobody_who_was_erased_is_written_to(began):
    order = make_order()
    order.customer.erased_at = clock.now()
    order.customer.save()
    redelivered()
    assert (kinds(), mail.outbox) == ([], [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_something_in_both_forms(kind):
    order = carry(make_order(), to="received")
    subject, text, html = rendered(Order.objects.get(pk=order.pk), kind, {"rma": "R1-1", "amount": "4.20"})
    assert str(order.number) in subject + text
    assert "/track/" in text or "/return/" in text
    assert "<a href=" in html
    assert "%(" not in subject + text


def test_every_kind_that_follows_from_an_event_has_words():
    assert set(KIND_OF_EVENT.values()) | {"link"} == set(KINDS)
