"""The desk of returns and claims, and the mails: who may look, who may act, and what they see."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment.carriers.standard import open_standard_account
from fulfillment.claims import Told, open_claim
from fulfillment.mails.words import KINDS
from fulfillment.models import Claim, Message, Return, ReturnPolicy, ReturnReason
from fulfillment.returns.requesting import Wish, WishLine, request_return
from fulfillment.stages.deliver import deliver
from inventory import clock
from orders.models import Order
from tests.factories import make_order, make_product, make_stock
from tests.people import make_bob, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    make_stock(make_product("MUG"), 20)
    return make_order([("MUG", 3)], state="delivered")


@pytest.fixture
def desk() -> Client:
    """Bob, who handles returns."""
    bob = make_bob()
    bob.user_permissions.add(Permission.objects.get(codename="handle_return"))
    return signed_in(bob)


def asked(order, key="R-1", units=1, **policy):
    if policy:
        ReturnPolicy.objects.create(channel=order.channel, **policy)
    wish = Wish((WishLine(order.lines.get().pk, units, "unwanted", note="Too blue"),))
    return request_return(order.pk, wish=wish, key=key, by="customer")


def claimed(order, **told):
    return open_claim(
        order.pk, kind="missing", units={order.lines.get().pk: 1}, key="C-1", by="customer", told=Told(**told)
    )


def mail(order, state="failed"):
    told = {"recipient": "marta@example.org", "subject": "Hello", "text": "Text", "html": "<p>HTML</p>"}
    due = clock.now() if state == "pending" else None
    sent = clock.now() if state == "sent" else None
    return Message.objects.create(order=order, kind="received", key="m", state=state, due_at=due, sent_at=sent, **told)


def pages(order):
    row = asked(order)
    return [
        "/returns/desk/",
        "/returns/desk/?tab=coming",
        f"/returns/{order.number}/{row.number}/",
        "/mails/",
        f"/mails/{mail(order).pk}/",
        "/mails/preview/shipped/",
        "/mails/preview/shipped/body/",
    ]


def test_a_stranger_is_sent_to_the_sign_in_and_charlie_sees_nothing(client, charlie, sam, order):
    for address in pages(order):
        assert client.get(address).status_code == 302
        assert charlie.get(address).status_code == 403
        assert sam.get(address).status_code == 200


def test_who_may_not_handle_returns_changes_nothing(sam, order):
    row, claim = asked(order), claimed(order)
    for address in (
        f"/returns/{order.number}/{row.number}/receive/",
        f"/returns/lines/{row.lines.get().pk}/inspect/",
        f"/claims/{claim.pk}/settle/",
        f"/claims/{claim.pk}/refuse/",
    ):
        assert sam.post(address, {"outcome": "refund", "why": "x"}).status_code == 403
    assert (Return.objects.get().state, Claim.objects.get().state) == ("approved", "open")


def test_the_desk_approves_receives_inspects_and_settles(desk, order):
    row = asked(order, units=2, approve_at_once=False)
    at = f"/returns/{order.number}/{row.number}/"
    desk.post(f"{at}approve/")
    assert Return.objects.get().state == "labelled"
    line = row.lines.get()
    desk.post(f"{at}receive/", {f"received_{line.pk}": "1"})
    desk.post(f"/returns/lines/{line.pk}/inspect/", {"grade": "A", "disposition": "restock"})
    assert "Settle £10.00" in " ".join(desk.get(at).content.decode().split())
    desk.post(f"{at}settle/")
    assert (Return.objects.get().state, Return.objects.get().refund) == ("settled", 10)


def test_a_decline_says_why(desk, order):
    row = asked(order, approve_at_once=False)
    desk.post(f"/returns/{order.number}/{row.number}/decline/", {"why": ""})
    assert Return.objects.get().state == "requested"
    desk.post(f"/returns/{order.number}/{row.number}/decline/", {"why": "It was worn."})
    assert "It was worn." in desk.get(f"/returns/{order.number}/{row.number}/").content.decode()


def test_a_bad_unit_and_a_bad_outcome_change_nothing(desk, order):
    row, claim = asked(order), claimed(order)
    line = row.lines.get()
    for form in ({}, {"grade": "Z", "disposition": "restock"}, {"grade": "A", "disposition": "moon"}):
        assert desk.post(f"/returns/lines/{line.pk}/inspect/", form).status_code == 302
    desk.post(f"/claims/{claim.pk}/settle/", {"outcome": "fly"})
    desk.post(f"/claims/{claim.pk}/settle/", {"outcome": "carrier_paid", "amount": "3"})
    assert (line.units.count(), Claim.objects.get().state) == (0, "open")


def test_a_parcel_that_came_back_is_sent_again_to_the_address_that_was_typed(desk):
    account = open_standard_account()
    account.settings = {"faults": {"returns": 1}}
    account.save()
    make_stock(make_product("MUG"), 20)
    order = make_order([("MUG", 3)], state="shipped")
    with clock.at(clock.now() + timedelta(days=20)):
        deliver(order.shipments.get().pk, by="carrier")
    page = f"/returns/{order.number}/{order.returns.get().number}/"
    typed = {"name": "Marta Silva", "line1": "3 Mill Road", "postal_code": "OX4 1AB", "city": "Oxford", "country": "gb"}
    assert f'action="{page}again/#again"' in desk.get(page).content.decode()
    wrong = desk.post(f"{page}again/", typed | {"country": "Britain", "city": ""})
    assert (wrong.status_code, Order.objects.count()) == (422, 1)
    assert "3 Mill Road" in wrong.content.decode()
    for _ in range(2):  # the second time is nothing new
        desk.post(f"{page}again/", typed)
    again = order.returns.get().sent_again
    assert (again.shipping_address, again.total) == (typed | {"country": "GB", "line2": "", "region": ""}, 0)
    assert Order.objects.count() == 2
    text = desk.get(page).content.decode()
    assert f"#{again.number}" in text
    assert "again/#again" not in text


@pytest.mark.parametrize(
    ("verb", "form", "state"), [("settle", {"outcome": "refund"}, "settled"), ("refuse", {"why": "No"}, "refused")]
)
def test_claims_end_on_the_list(desk, order, verb, form, state):
    claim = claimed(order, note="One is missing")
    assert "One is missing" in desk.get("/returns/desk/").content.decode()
    desk.post(f"/claims/{claim.pk}/{verb}/", form)
    assert Claim.objects.get().state == state


def test_photos_are_served_to_the_shops_people_only(client, sam, charlie, order, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    claim = claimed(order, photo=default_storage.save("claims/x.jpg", ContentFile(b"jpeg")))
    address = f"/photos/claim/{claim.pk}/"
    assert (client.get(address).status_code, charlie.get(address).status_code) == (302, 403)
    answer = sam.get(address)
    assert (answer.content, answer["Content-Type"], answer["Cache-Control"]) == (
        b"jpeg",
        "image/jpeg",
        "private, no-store",
    )
    assert sam.get("/photos/unit/1/").status_code == 404


def test_every_kind_of_mail_can_be_seen_and_a_failed_one_sent_again(desk, order):
    for kind in KINDS:
        page = desk.get(f"/mails/preview/{kind}/").content.decode()
        assert f'src="/mails/preview/{kind}/body/"' in page
        body = desk.get(f"/mails/preview/{kind}/body/")
        assert "style-src 'unsafe-inline'" in body["Content-Security-Policy"]
    row = mail(order)
    assert b"<p>HTML</p>" in desk.get(f"/mails/{row.pk}/body/").content
    desk.post(f"/mails/{row.pk}/again/")
    assert Message.objects.get().state == "pending"
    assert desk.get("/mails/preview/nonsense/").status_code == 404


def test_the_lists_take_the_same_number_of_statements_however_long(desk, order):
    asked(order)

    def count(address):
        with CaptureQueriesContext(connection) as found:
            desk.get(address)
        return len(found)

    few = [count("/returns/desk/?tab=coming"), count("/mails/")]
    for number in range(4):
        other = make_order([("MUG", 2)], state="delivered")
        asked(other, key=f"K-{number}")
        open_claim(other.pk, kind="wrong", units={other.lines.get().pk: 1}, key=f"C{number}", by="x")
    desk.get("/returns/desk/?tab=coming")
    many = [count("/returns/desk/?tab=coming"), count("/mails/")]
    assert many[0] - few[0] <= 2  # the claims' lines and the reshipments are read once there are claims
    assert many[1] == few[1]


def test_a_reason_is_called_the_same_wherever_it_is_read(desk, order):
    asked(order)
    ReturnReason.objects.update_or_create(code="unwanted", defaults={"label": "Did not like it"})
    pages = ("/returns/desk/?tab=coming", "/returns/", f"/returns/{order.number}/1/")
    for address in (*pages, f"/orders/{order.number}/", f"/customers/{order.customer_id}/"):
        assert "Did not like it" in desk.get(address).content.decode()
    ReturnReason.objects.exclude(parent=None).delete()
    for address in pages:
        assert "No longer wanted" in desk.get(address).content.decode()


def test_what_has_arrived_is_under_its_own_tab_and_no_longer_on_its_way(desk, order):
    asked(order)
    at_home = f"R{order.number}-1"
    assert at_home in desk.get("/returns/?tab=approved").content.decode()
    Return.objects.update(arrived_at=clock.now())
    for narrowed in ("tab=arrived", "q=arrived:yes"):
        assert at_home in desk.get(f"/returns/?{narrowed}").content.decode()
    for narrowed in ("tab=approved", "q=arrived:no"):
        assert at_home not in desk.get(f"/returns/?{narrowed}").content.decode()


def test_a_long_desk_says_how_much_of_it_is_shown(desk, order, monkeypatch):
    monkeypatch.setattr("ordermgmt.returns.pages.MOST_SHOWN", 1)
    monkeypatch.setattr("ordermgmt.returns.pages.MOST_CLAIMS", 1)
    asked(order)
    asked(order, key="R-2")
    claimed(order)
    page = desk.get("/returns/desk/?tab=coming").content.decode()
    assert "The newest 1 of 2 are shown." in page
    assert "are shown; the next" not in page
    line = make_order([("MUG", 2)], state="delivered").lines.get()
    open_claim(line.order_id, kind="wrong", units={line.pk: 1}, key="C-2", by="x")
    assert "The oldest 1 of 2 are shown; the next" in desk.get("/returns/desk/").content.decode()
