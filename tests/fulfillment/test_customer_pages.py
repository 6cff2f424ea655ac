"""The pages that customers follow an order and send things back on: by link alone, and nothing recorded by looking."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pypdf import PdfReader

from fulfillment.carriers.standard import open_standard_account
from fulfillment.claims import Told, open_claim
from fulfillment.models import Claim, Label, LinkRequest, Parcel, Return
from fulfillment.returns.policy import policy_of, returnable
from fulfillment.returns.receiving import receive_return
from fulfillment.returns.sending_again import send_again
from fulfillment.stages.deliver import deliver
from inventory import clock
from orders.api import limits
from orders.models import Order, OrderEvent
from orders.services import cancel
from orders.tokens import sign
from tests.factories import LONDON, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def order():
    make_stock(make_product("MUG"), 10)
    make_stock(make_product("PLATE", price="25.00"), 10)
    return make_order([("MUG", 3), ("PLATE", 1)], state="delivered", shipping_total=Decimal("4.95"))


def track(order):
    return f"/track/{sign(order.pk, 'track')}/"


def back(order):
    return f"/return/{sign(order.pk, 'return')}/"


def line(order, sku="MUG"):
    return order.lines.get(sku=sku).pk


def photo(name="mug.jpg", *, form="JPEG", size=(40, 30)):
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, form)
    return SimpleUploadedFile(name, out.getvalue())


def said(client, order, **form):
    return client.post(track(order), form)


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("placed", "We have your order"),
        ("approved", "We are preparing your order"),
        ("packed", "We are preparing your order"),
        ("shipped", "Your order is on its way"),
        ("delivered", "Your order has arrived"),
        ("reviewed", "Your order has arrived"),
    ],
)
def test_an_order_is_followed_in_plain_words(client, state, headline):
    order = make_order(state=state)
    page = client.get(track(order))
    assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
    text = page.content.decode()
    assert f"<h1>{headline}</h1>" in text
    assert ("Expected by" in text) == (state in ("placed", "approved", "packed", "shipped"))
    assert ("Did everything arrive?" in text) == (state in ("delivered", "reviewed"))


def test_of_what_is_overdue_no_day_is_named_that_is_over(client):
    order = make_order(state="shipped")
    for days, late, over in ((0, False, False), (30, True, True)):
        with clock.at(clock.now() + timedelta(days=days)):
            text = client.get(track(order)).content.decode()
        assert ("later than we said" in text, "we are seeing to it" in text) == (late, over)
        assert ("xpected by" in text) is not over


def test_a_page_names_the_day_and_how_far_off_it_is(client):
    order = make_order(state="shipped")
    Label.objects.update(expected_at=clock.now() + timedelta(days=1))
    text = client.get(track(order)).content.decode()
    assert "<span>Expected by · tomorrow</span>" in text
    Order.objects.filter(pk=order.pk).update(promised_at=clock.now())
    assert "Later than we said" in client.get(track(order)).content.decode()


@pytest.mark.parametrize(
    ("status", "headline", "names_a_day"),
    [
        ("delivery_failed", "They could not hand over your parcel", True),
        ("returning", "Your parcel is on its way back to us", False),
        ("returned_to_sender", "Your parcel came back to us", False),
        ("lost", "Your parcel was lost", False),
    ],
)
def test_what_went_wrong_is_the_headline_with_what_to_do(client, status, headline, names_a_day):
    order = make_order(state="shipped")
    Parcel.objects.update(status=status)
    text = client.get(track(order)).content.decode()
    assert f"<h1>{headline}</h1>" in text
    assert ("Expected by" in text) is names_a_day


def test_a_parcel_that_is_sent_again_leads_to_its_new_page(client):
    account = open_standard_account()
    account.settings = {"faults": {"returns": 1}}
    account.save()
    order = make_order(state="shipped")
    with clock.at(clock.now() + timedelta(days=20)):
        deliver(order.shipments.get().pk, by="carrier")
    new = send_again(order.returns.get().pk, address=LONDON, by="sam")
    text = client.get(track(order)).content.decode()
    assert "We are sending it again, for nothing." in text
    assert "came back to us</h1>" not in text
    (address,) = re.findall(r'href="(/track/[^"]+)">Follow the new parcel', text)
    assert str(new.number) in client.get(address).content.decode()


def test_looking_records_nothing(client, order):
    before = OrderEvent.objects.count()
    for address in (track(order), back(order), "/track/"):
        client.get(address, {"said": "missing", "line": line(order)})
    assert (OrderEvent.objects.count(), Claim.objects.count(), LinkRequest.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize("page", ["track", "return"])
def test_a_link_is_for_one_order_one_purpose_and_a_while(client, order, page):
    token = sign(order.pk, "survey")
    for bad in (token, "nonsense", sign(order.pk, page)[:-2], sign(10**6, page)):
        assert client.get(f"/{page}/{bad}/").status_code == 404
    with clock.at(clock.now()):
        old = sign(order.pk, page)
    assert client.get(f"/{page}/{old}/").status_code == 200


def test_one_tap_opens_one_claim(client, order):
    for _ in range(2):
        answer = said(client, order, said="missing", line=line(order), units="2")
        assert answer.status_code == 302
    claim = Claim.objects.get()
    assert (claim.kind, claim.opened_by, claim.against, claim.lines.get().quantity) == (
        "missing",
        "customer",
        "shop",
        2,
    )
    assert "We are looking into it" in client.get(track(order)).content.decode()


def test_a_line_is_fine_once_and_may_turn_out_wrong_later(client, order):
    for _ in range(2):
        said(client, order, said="fine")
    assert OrderEvent.objects.filter(name="delivery.confirmed").count() == 2
    assert "You told us that it is fine" in client.get(track(order)).content.decode()
    said(client, order, said="damaged", line=line(order))
    assert Claim.objects.get().lines.get().quantity == 3


def test_a_photo_is_drawn_anew_and_added_once(client, order, tmp_path):
    said(client, order, said="damaged", line=line(order))
    said(client, order, said="photo", line=line(order), photo=photo("x.png", form="PNG"))
    kept = Claim.objects.get().photo.name
    with default_storage.open(kept) as file:
        assert Image.open(file).format == "JPEG"
    said(client, order, said="photo", line=line(order), photo=photo())
    assert Claim.objects.get().photo.name == kept
    assert len(list(tmp_path.rglob("*.jpg"))) == 1  # the other one is gone


@pytest.mark.parametrize(
    "form",
    [
        {"said": "broken"},
        {"said": "missing"},
        {"said": "missing", "line": "x"},
        {"said": "missing", "line": "99999999"},
        {"said": "missing", "line": "MUG", "units": "9"},
        {"said": "missing", "line": "MUG", "units": "0"},
        {"said": "damaged", "line": "MUG", "photo": SimpleUploadedFile("x.jpg", b"<script>")},
        {"said": "damaged", "line": "MUG", "units": "9", "photo": True},
        {"said": "photo", "line": "MUG", "photo": True},
    ],
)
def test_what_cannot_be_is_said_kindly_and_nothing_is_kept(client, order, form, tmp_path):
    if form.get("photo") is True:
        form = form | {"photo": photo()}
    if form.get("line") == "MUG":
        form = form | {"line": line(order)}
    answer = said(client, order, **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert (Claim.objects.count(), list(tmp_path.rglob("*.jpg"))) == (0, [])


def test_the_page_takes_the_same_number_of_statements_however_long_the_order_is(client, order):
    def count(address):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    long = make_order([(f"SKU-{n}", 1) for n in range(6)], state="delivered")
    assert count(track(order)) == count(track(long)) <= 20


def test_right_and_wrong_pairs_get_the_same_answer(client, order):
    answers = []
    for number, email in [(order.number, "marta@example.org"), (order.number, "eve@example.org"), (1, "x@example.org")]:
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/track/", {"number": str(number), "email": email})
        answers.append((answer.status_code, answer["Location"], len(asked)))
    assert len(set(answers)) == 1
    assert LinkRequest.objects.count() == 3
    assert "is on the way" in client.get(answers[0][1]).content.decode()


def test_a_look_up_has_to_be_complete_and_not_too_often(client, order, monkeypatch):
    assert client.post("/track/", {"number": "x", "email": "marta@example.org"}).status_code == 422
    assert client.post("/track/", {"number": "1", "email": "marta"}).status_code == 422
    monkeypatch.setattr(limits, "_counted", lambda name: 9)
    assert client.post("/track/", {"number": "1", "email": "a@example.org"}).status_code == 429
    assert LinkRequest.objects.count() == 0


def wish(order, step="preview", **form):
    told = {f"units_{line(order)}": "2", f"reason_{line(order)}": "unwanted", "resolution": "refund", "step": step}
    return told | form


def test_a_return_shows_exact_money_then_is_announced_once_with_a_label(client, order):
    preview = client.post(back(order), wish(order))
    text = preview.content.decode()
    assert (preview.status_code, "£20.00" in text, Return.objects.count()) == (200, True, 0)
    key = text.split('name="key" value="')[1].split('"')[0]
    for _ in range(2):
        announced = client.post(back(order), wish(order, "confirm", key=key))
        assert announced.status_code == 302
    row = Return.objects.get()
    assert (row.state, row.requested_by, row.lines.get().quantity) == ("labelled", "customer", 2)
    page = client.get(announced["Location"]).content.decode()
    assert "Thank you, your return is announced" in page
    assert row.rma in page
    assert "Thank you" not in client.get(back(order)).content.decode()
    label = client.get(f"{back(order)}label/1/")
    text = PdfReader(BytesIO(label.content)).pages[0].extract_text()
    assert (label["Content-Type"], row.tracking_number in text, row.rma in text) == ("application/pdf", True, True)
    assert "Print the label" in page
    client.post(back(order), {"step": "sent", "rma": "1"})
    assert Return.objects.get().state == "in_transit"
    after = client.get(announced["Location"]).content.decode()
    assert ("Print the label" in after, "Thank you" in after) == (False, False)
    assert client.post(back(order), {"step": "keep", "rma": "1"}).status_code == 422
    assert client.get(f"{back(order)}label/2/").status_code == 404


def test_units_under_an_open_claim_are_not_offered_but_come_back_if_a_third_party_has_them(client, order):
    for against, left in (("carrier", 3), ("shop", 1)):
        open_claim(order.pk, kind="damaged", units={line(order): 2}, key=against, by="sam", told=Told(against=against))
        assert returnable(order, policy_of(order.channel_id))[0].units == left
    receive_return(order.pk, lines={"MUG": 3}, key="3pl", by="3pl", reason="damaged")


def test_who_starts_again_finds_the_form_open_and_who_keeps_it_has_no_label(client, order):
    client.post(back(order), wish(order, "confirm"))
    folded, opened = (client.get(f"{back(order)}{query}").content.decode() for query in ("", "?more=1"))
    assert ('<details class="card fold">' in folded, '<details class="card fold" open>' in opened) == (True, True)
    assert client.get(f"{back(order)}label/1/").status_code == 200
    client.post(back(order), {"step": "keep", "rma": "1"})
    assert client.get(f"{back(order)}label/1/").status_code == 404


@pytest.mark.parametrize(
    ("shops", "channels", "told"),
    [
        ("Shop <orders@localhost>", {}, None),
        ("Shop <hello@shop.example>", {}, "hello@shop.example"),
        ("Shop <orders@localhost>", {"web": "Web <web@shop.example>"}, "web@shop.example"),
    ],
)
def test_a_customer_may_write_where_somebody_reads(client, order, settings, shops, channels, told):
    settings.DEFAULT_FROM_EMAIL, settings.MAIL_SENDERS = shops, channels
    page = client.get(track(order)).content.decode()
    assert re.findall(r'href="mailto:([^?"]+)', page) == ([told] if told else [])


def test_a_photo_is_asked_for_where_the_reason_needs_one(client, order):
    damaged = {f"reason_{line(order)}": "damaged"}
    assert "required" in client.post(back(order), wish(order, **damaged)).content.decode()
    refused = client.post(back(order), wish(order, "confirm", **damaged))
    assert (refused.status_code, Return.objects.count()) == (422, 0)
    assert "Please add a photo of Mug" in refused.content.decode()
    client.post(back(order), wish(order, "confirm", **damaged) | {f"photo_{line(order)}": photo()})
    assert Return.objects.get().lines.get().photo.name.startswith("returns/")


@pytest.mark.parametrize(
    "form",
    [{}, {"units": "0"}, {"units": "x"}, {"units": "4"}, {"reason": "whim"}, {"reason": ""}],
)
def test_a_form_that_says_too_little_or_too_much_comes_back(client, order, form):
    given = wish(order) | {f"{name}_{line(order)}": value for name, value in form.items()} if form else {"step": "x"}
    answer = client.post(back(order), given)
    assert (answer.status_code, Return.objects.count()) == (422, 0)


def test_after_the_window_nothing_can_be_sent_back(client, order):
    with clock.at(clock.now() + timedelta(days=40)):
        page = client.get(back(order)).content.decode()
    assert "There is nothing of this order" in page
    assert "The time to return it is over" in page


def test_an_order_that_was_called_off_says_so_and_names_no_step_to_come(client):
    off = make_order(state="received")
    cancel(off.pk, by="sam", reason="customer")
    page = client.get(track(off)).content.decode()
    assert "This order was called off" in page
    steps = re.findall(r"<b>(.+?)</b><span>(.*?)</span>", page.partition("way-steps")[2].partition("</ol>")[0])
    assert [label for label, _ in steps] == ["Ordered", "Called off"]
    assert all(at for _, at in steps)
