"""On the order's page: the one timeline, notes that call upon people, and why an action is not there."""

import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment.changes import apply_change, cancel_units
from fulfillment.models import Message
from fulfillment.services import open_shipments
from inventory import clock
from ordermgmt.mentions import marked
from ordermgmt.order_page import order_page
from ordermgmt.timeline.entries import Entry
from ordermgmt.timeline.kinds import Kind, Wish, kinds_of
from ordermgmt.timeline.reading import timeline
from orders.changes.operations import SetAddress, SetQuantity
from orders.changes.proposals import propose
from orders.history import record
from orders.models import Hold, Order, OrderEvent, WebhookDelivery, WebhookEndpoint
from orders.queue import held
from orders.services import add_note, hold, release_hold
from orders.webhooks.managing import make_endpoint
from tests.factories import LONDON, make_order, make_product, make_stock, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db: None) -> Order:
    return make_order(state="approved")


def called(order: Order, *, status: str = "given_up", place: int = 0) -> WebhookDelivery:
    event, endpoint = order.events.all()[place], WebhookEndpoint.objects.first()
    if endpoint is None:
        endpoint, _ = make_endpoint(order.channel, name="Books", url="http://127.0.0.1:1/", events=["*"], by="alice")
    told = {"delivered": {"attempts": 1, "code": 204, "delivered_at": clock.now()}}
    answer = told.get(status, {"attempts": 9, "code": 503, "answer": "Gone"})
    return WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, order=order, seq=event.seq, status=status, **answer
    )


def mailed(order: Order, *, about: int = 0, **said: object) -> Message:
    return Message.objects.create(
        order=order, kind="received", key=f"{order.pk}:{about}", recipient="marta@example.com", subject="-", **said
    )


def taken(order: Order) -> None:
    with held(order.pk) as row:
        record(row, "payment.captured", by="system:payments", amount="10.00")


def entries(order: Order, **wish: object) -> list[Entry]:
    shown = timeline(order_page(order.number).order, Wish(**wish))  # type: ignore[arg-type]
    return [entry for day in shown.days for entry in day.entries]


def sentences(order: Order, **wish: object) -> list[str]:
    return [entry.sentence for entry in entries(order, **wish)]


def page_of(client: Client, order: Order, asked: str = "") -> str:
    return client.get(f"/orders/{order.number}/{asked}").content.decode()


def test_what_happened_and_what_was_told_stand_in_one_list_in_the_order_of_time(order: Order) -> None:
    add_note(order.pk, text="Rang twice", by="sam")
    first, last = order.events.first(), order.events.last()
    mailed(order, state="sent", sent_at=first.at + (last.at - first.at) / 2)
    called(order)
    moments = [entry.at for entry in entries(order)]
    assert moments == sorted(moments, reverse=True)
    assert sentences(order)[0] == "“Rang twice”"
    assert sentences(order)[-1].startswith("Placed: 1 line")
    assert {"Mail to marta@example.com: Order received", "Webhook to Books: order.placed"} < set(sentences(order))


def test_the_days_are_those_of_the_reader(noon: datetime) -> None:
    make_order()
    order = Order.objects.get()
    for zone, name in (("Asia/Tokyo", "Mon 4 May"), ("Pacific/Kiritimati", "Tue 5 May")):
        with timezone.override(zone):
            assert [day.name for day in timeline(order, Wish()).days] == [name]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("notes", ["“Rang twice”"]),
        ("mails", ["Mail to marta@example.com: Order received"]),
        ("webhooks", ["Webhook to Books: order.received", "Webhook to Books: order.placed"]),
        ("money", ["£10.00 taken"]),
    ],
)
def test_a_chip_shows_one_kind_alone_without_script(
    sam: Client, order: Order, kind: str, said: list[str] | None
) -> None:
    add_note(order.pk, text="Rang twice", by="sam")
    mailed(order, state="sent", sent_at=clock.now())
    called(order)
    called(order, status="delivered", place=1)
    taken(order)
    page = page_of(sam, order, f"?timeline={kind}").partition('id="timeline"')[2].partition("</section>")[0]
    assert sentences(order, kind=Kind(kind)) == said
    assert {words for words in {*sentences(order), *said} if words in page} == {*said}
    assert re.findall(r'id="timeline-(\w+)"[^>]* aria-current', page) == [kind]


@pytest.mark.parametrize(
    ("by", "kind"),
    [
        ("bob", "people"),
        ("customer", "people"),
        ("system:pick", "system"),
        ("channel:web", "system"),
        ("carrier", "system"),
    ],
)
def test_people_are_told_apart_from_programs(by: str, kind: str) -> None:
    assert kinds_of(OrderEvent(name="order.held", by=by)) == {Kind.ALL, Kind(kind)}


def test_a_word_that_is_no_kind_shows_all(sam: Client, order: Order) -> None:
    page = page_of(sam, order, "?timeline=nonsense")
    assert [words in page for words in sentences(order)] == [True] * len(sentences(order))


def test_what_was_delivered_stands_beside_its_event(order: Order) -> None:
    called(order, status="delivered")
    assert [(entry.sentence[:6], entry.told) for entry in entries(order) if entry.told] == [("Placed", ("Books",))]
    assert not any(words.startswith("Webhook") for words in sentences(order))


def test_a_long_timeline_is_cut_to_the_newest_until_all_is_asked_for(sam: Client, order: Order) -> None:
    for number in range(40):
        add_note(order.pk, text=f"Note {number}", by="sam")
    short, whole = page_of(sam, order, "?timeline=notes"), page_of(sam, order, "?timeline=notes&all=1")
    assert ("“Note 39”" in short, "“Note 10”" in short, "“Note 9”" in short) == (True, True, False)
    assert "?timeline=notes&amp;all=1#timeline" in short
    assert ("“Note 0”" in whole, "all=1#timeline" in whole) == (True, False)


def test_a_change_shows_what_was_and_what_is(alice: Client, order: Order) -> None:
    moved = SetAddress("shipping", {**LONDON, "line1": "2 Low Road"})
    change = propose(order.pk, [SetQuantity(1, 3), moved], reason="They called", by="alice")
    apply_change(change.pk, by="alice", put_back=True)
    changed = next(entry for entry in entries(order) if entry.sentence == "Changed")
    told = [(str(row.label), row.before, row.after) for row in changed.differences]
    assert (changed.detail, told) == (
        "They called",
        [
            ("MUG-1 Mug-1", "1 · £10.00", "3 · £30.00"),
            (
                "Goods go to",
                "Marta Silva, 1 High Street, London, N1 9GU, GB",
                "Marta Silva, 2 Low Road, London, N1 9GU, GB",
            ),
            ("Total", "£10.00", "£30.00"),
        ],
    )
    assert "<del>1 · £10.00</del>" in page_of(alice, order)
    cancel_units(order.pk, {1: 2}, reason="Too many", by="alice", put_back=True)
    trimmed = next(entry for entry in entries(order) if entry.sentence == "Called off in part: Too many")
    told = [(str(row.label), row.before, row.after) for row in trimmed.differences]
    assert told == [("MUG-1 Mug-1", "3", "1"), ("Total", "£30.00", "£10.00")]


def test_the_page_stays_cheap_with_all_of_it(bob: Client, order: Order, django_assert_max_num_queries) -> None:
    release_hold(hold(order.pk, reason="other", note="Ask first", by="sam").pk, by="sam")
    change = propose(order.pk, [SetQuantity(1, 3)], reason="They called", by="alice")
    apply_change(change.pk, by="alice", put_back=True)
    mailed(order, state="failed", error="Mailbox full")
    called(order)
    with django_assert_max_num_queries(20):
        assert "<del>1 · £10.00</del>" in page_of(bob, order)


def test_of_many_mails_and_calls_the_newest_are_read_and_all_are_counted(
    bob: Client, order: Order, django_assert_max_num_queries
) -> None:
    for number in range(40):
        mailed(order, state="sent", sent_at=clock.now() + timedelta(minutes=number), about=number)
        add_note(order.pk, text=f"Note {number}", by="sam")
        called(order, place=number)
    for asked, count, shown in (("mails", 40, 30), ("webhooks", 40, 30), ("", order.events.count() + 80, 30)):
        found = timeline(order_page(order.number).order, Wish(kind=Kind(asked)))
        assert (found.count, found.shown, found.is_cut) == (count, shown, True)
    with django_assert_max_num_queries(20), CaptureQueriesContext(connection) as asked_for:
        assert "Show all" in page_of(bob, order)
    read = [
        query["sql"] for query in asked_for if "fulfillment_message" in query["sql"] and "recipient" in query["sql"]
    ]
    assert [sql.endswith("LIMIT 30") for sql in read] == [True]


def test_a_whole_timeline_that_is_very_long_says_so(sam: Client, order: Order, monkeypatch) -> None:
    monkeypatch.setattr("ordermgmt.timeline.reading.MOST", 2)
    assert "The newest 2 of " in page_of(sam, order, "?all=1")


def test_who_may_not_see_money_or_mails_does_not_see_them_here(order: Order) -> None:
    mailed(order, state="sent", sent_at=clock.now())
    called(order)
    taken(order)
    petra = User.objects.create_user("petra", is_staff=True)
    for asked in ("", "?timeline=mails", "?timeline=money", "?timeline=webhooks&all=1"):
        page = page_of(signed_in(petra), order, asked)
        hidden = (
            "marta@example.com: ",
            "Webhook to",
            "£10.00 taken",
            'id="payment"',
            'id="timeline-money"',
            'id="timeline-mails"',
        )
        assert ([words for words in hidden if words in page], "Placed: 1 line" in page) == ([], True)


def test_a_webhook_that_was_given_up_is_called_again(bob: Client, order: Order) -> None:
    row = called(order)
    (telling,) = entries(order, kind=Kind.WEBHOOKS)
    assert (telling.state, telling.tone, telling.detail) == ("Given up", "bad", "HTTP 503, Gone, 9 attempts")
    assert telling.again in page_of(bob, order)
    bob.post(telling.again)
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("waiting", 0)
    assert [telling.again for telling in entries(order, kind=Kind.WEBHOOKS)] == [""]


def test_a_webhook_is_called_again_only_under_its_own_order(bob: Client, sam: Client, order: Order) -> None:
    row, other = called(order), make_order()
    assert bob.post(f"/orders/{other.number}/told/{row.pk}/again/").status_code == 404
    assert sam.post(f"/orders/{order.number}/told/{row.pk}/again/").status_code == 403
    assert f"/told/{row.pk}/again/" not in page_of(sam, order)
    assert WebhookDelivery.objects.get().status == "given_up"


def test_a_mail_that_failed_is_sent_again_from_here(bob: Client, order: Order) -> None:
    row = mailed(order, state="failed", error="Mailbox full")
    (telling,) = entries(order, kind=Kind.MAILS)
    assert (telling.state, telling.detail, telling.again) == ("Failed", "Mailbox full", f"/mails/{row.pk}/again/")
    here = f"/orders/{order.number}/"
    assert bob.post(telling.again, {"next": here}).headers["Location"] == here
    assert Message.objects.get().state == "pending"


def test_who_is_called_upon_in_a_note_finds_it_on_today(bob: Client, sam: Client, order: Order) -> None:
    bob.post(f"/orders/{order.number}/notes/", {"text": "@sam, please ring. Not bob@sam.example"})
    assert OrderEvent.objects.filter(name="order.noted").count() == 1
    assert "You are called upon" in sam.get("/").content.decode()
    assert "You are called upon" not in bob.get("/").content.decode()


def test_nobody_is_called_upon_who_is_not_there(bob: Client, order: Order) -> None:
    page = bob.post(f"/orders/{order.number}/notes/", {"text": "@dora look"})
    assert (page.status_code, "Nobody here is called dora." in page.content.decode()) == (422, True)
    assert not OrderEvent.objects.filter(name="order.noted").exists()


def test_the_note_of_a_hold_calls_too_while_it_stands(bob: Client, sam: Client, order: Order) -> None:
    hold = {"reason": "other", "note": "@dora decide"}
    refused = bob.post(f"/orders/{order.number}/hold/", hold)
    assert (refused.status_code, "Nobody here is called dora." in refused.content.decode()) == (422, True)
    bob.post(f"/orders/{order.number}/hold/", {**hold, "note": "@sam decide"})
    assert '<b class="mention">@sam</b> decide' in sam.get("/").content.decode()
    assert "You are called upon" not in bob.get("/").content.decode()
    release_hold(Hold.objects.get().pk, by="bob")
    assert "You are called upon" not in sam.get("/").content.decode()


def test_only_names_that_an_at_can_name_are_offered(alice: Client) -> None:
    for name in ("petra", "anna@shop.example", "sam smith"):
        User.objects.create_user(name, is_staff=True)
    assert [row["name"] for row in alice.get("/people/").json()["people"]] == ["alice", "petra"]


def test_a_note_stays_text() -> None:
    assert marked("<b>@sam</b> & a@b.c") == '&lt;b&gt;<b class="mention">@sam</b>&lt;/b&gt; &amp; a@b.c'


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("shipped", {"Cancel": "Its goods have left the warehouse. What comes back is a return."}),
        ("reviewed", {"Hold": "The order is reviewed, and nothing moves any more."}),
    ],
)
def test_each_refusal_is_explained(state: str, said: dict[str, str], noon: datetime) -> None:
    found = {row.action: row.why for row in order_page(make_order(state=state).number).refusals}
    assert {action: found.get(action) for action in said} == said


def test_a_held_order_says_so_for_each_shipment() -> None:
    make_stock(make_product("JAR-1"), 5, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 1)], state="approved")
    open_shipments(order.pk, by="test")
    hold(order.pk, reason="other", note="Ask first", by="sam")
    assert [row.why for row in order_page(order.number).refusals if "Picked" in row.action] == [
        "The order: it is held; release each hold first."
    ]
