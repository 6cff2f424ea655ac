"""EasyPost by its own library, on recorded shapes: rates, purchase, refund, tracker, scan form, signed webhook."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from easypost.errors.api.invalid_request_error import InvalidRequestError
from easypost.errors.api.timeout_error import TimeoutError as NoAnswer
from easypost.requestor import Requestor

from fulfillment.carriers.accounts import carrier_of
from fulfillment.carriers.buying import buy_labels
from fulfillment.carriers.carrier import Content, Package, Place
from fulfillment.carriers.easypost import EasyPostCarrier, client_of
from fulfillment.carriers.fake import PlayedCarrier
from fulfillment.carriers.signed import HEADER, signature
from fulfillment.errors import CarrierError, CarrierRefused, WebhookRefused
from fulfillment.models import CarrierAccount, Label, Parcel, Shipment, TrackingEvent
from fulfillment.stages.ship import ship
from tests.factories import make_order

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EVENT = json.loads((Path(__file__).parent / "data/easypost/event-body.json").read_text())
BODY = json.dumps(EVENT, separators=(",", ":")).encode()
SECRET = "sécret"
SIGNED = {"X-Hmac-Signature": "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"}
RATES = [
    {"id": "rate_1", "object": "Rate", "carrier": "USPS", "service": "Priority", "rate": "6.07", "currency": "GBP"}
    | {"delivery_days": 2, "est_delivery_days": 2},
    {"id": "rate_2", "object": "Rate", "carrier": "UPS", "service": "Ground", "rate": "9.10", "currency": "GBP"}
    | {"delivery_days": None, "est_delivery_days": None},
]
QUOTED = {"id": "shp_1", "object": "Shipment", "reference": "parcel:7", "rates": RATES, "postage_label": None}
BOUGHT = QUOTED | {
    "tracking_code": "9400100",
    "selected_rate": RATES[0],
    "refund_status": None,
    "postage_label": {
        "object": "PostageLabel",
        "label_url": "https://files.example/label.png",
        "created_at": "2026-05-04T12:00:05Z",
    },
}


class Wire:
    """Answers by the end of the address, and remembers what was asked."""

    def __init__(self, monkeypatch, **answers):
        self.answers, self.asked = answers, []
        monkeypatch.setattr(Requestor, "request", self.request)

    def request(self, method, url, params=None, **_):
        self.asked.append((method.value, url, params))
        answer = self.answers[url.strip("/").rpartition("/")[2]]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def carrier():
    return EasyPostCarrier("post", client_of({"api_key": "EZTK"}), SECRET)


def package(country="GB"):
    content = Content("MUG", "Mug", 2, 300, Decimal("4.5"), "691110", "CN")
    here, there = Place("GB", "LS1 4DY", name="Leeds", line1="1 Road"), Place(country, "75001", name="Marta")
    return Package("parcel:7", 600, (254, 127, 51), here, there, NOON, contents=(content,))


def test_rates_are_asked_once_for_all_carriers(carrier, monkeypatch):
    wire = Wire(monkeypatch, shipments=QUOTED)
    offers = carrier.rate(package())
    assert [(row.service, row.price, row.days, row.reference) for row in offers] == [
        ("USPS Priority", Decimal("6.07"), 2, "shp_1/rate_1"),
        ("UPS Ground", Decimal("9.10"), 7, "shp_1/rate_2"),
    ]
    sent = wire.asked[0][2]["shipment"]
    assert sent["reference"] == "parcel:7"
    assert sent["parcel"] == {"weight": 21.2, "length": 10.0, "width": 5.0, "height": 2.0}
    assert "customs_info" not in sent


def test_abroad_customs_is_told_what_is_inside(carrier, monkeypatch):
    wire = Wire(monkeypatch, shipments=QUOTED)
    carrier.rate(package("FR"))
    (item,) = wire.asked[0][2]["shipment"]["customs_info"]["customs_items"]
    assert (item["hs_tariff_number"], item["origin_country"], item["value"], item["quantity"]) == ("691110", "CN", 9, 2)


def test_a_label_is_bought_and_asked_again_it_is_found(carrier, monkeypatch):
    wire = Wire(monkeypatch, shipments=QUOTED, shp_1=QUOTED, buy=BOUGHT)
    (rate, _) = carrier.rate(package())
    first = carrier.buy(package(), rate)
    assert (first.tracking_number, first.cost, first.reference) == ("9400100", Decimal("6.07"), "shp_1")
    assert first.document_url == "https://files.example/label.png"
    wire.answers["shp_1"] = BOUGHT
    assert carrier.buy(package(), rate) == first
    assert sum(url.endswith("/buy") for _, url, _ in wire.asked) == 1


def test_a_refund_is_asked_for_and_a_refusal_is_an_answer(carrier, monkeypatch):
    wire = Wire(monkeypatch, refund=BOUGHT | {"refund_status": "submitted"})
    assert carrier.void("9400100", reference="shp_1") == "submitted"
    wire.answers["refund"] = InvalidRequestError("Refund requested already", http_status=422)
    assert "Refund requested already" in carrier.void("9400100", reference="shp_1")


def test_what_was_sold_is_listed_to_find_orphans(carrier, monkeypatch):
    Wire(monkeypatch, shipments={"shipments": [BOUGHT, BOUGHT | {"refund_status": "refunded"}], "has_more": False})
    assert [(row.key, row.tracking_number) for row in carrier.sold(since=NOON)] == [("parcel:7", "9400100")]


def test_a_scan_form_is_made_for_what_is_taken_along(carrier, monkeypatch):
    form = {"id": "sf_1", "object": "ScanForm", "form_url": "https://files.example/form.pdf"}
    Wire(monkeypatch, scan_forms=form)
    assert carrier.manifest([("9400100", "shp_1")]).document_url == "https://files.example/form.pdf"


def test_a_tracker_is_asked_and_a_webhook_tells_the_same(carrier, monkeypatch):
    Wire(monkeypatch, trackers={"trackers": [EVENT["result"]], "has_more": False})
    told = carrier.read_webhook(BODY, SIGNED)
    assert [scan.status for scan in told] == ["in_transit"] * 6  # the seventh says that a label was made
    assert (told[0].description, told[0].at) == ("Picked up", datetime(2024, 7, 31, 19, 27, tzinfo=UTC))
    assert [scan.key for scan in carrier.track(["1"], now=NOON)["1"]] == [scan.key for scan in told]
    assert len({scan.key for scan in told}) == 6


@pytest.mark.parametrize("place", [0, 1, 1775, len(BODY) - 1])
def test_a_changed_byte_is_refused(carrier, place):
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    assert len(BODY) == 3550
    with pytest.raises(WebhookRefused, match="signature"):
        carrier.read_webhook(changed, SIGNED)


@pytest.mark.parametrize("headers", [{}, {"X-Hmac-Signature": ""}, {"X-Hmac-Signature": "hmac-sha256-hex=00"}])
def test_a_missing_or_wrong_signature_is_refused(carrier, headers):
    with pytest.raises(WebhookRefused):
        carrier.read_webhook(BODY, headers)


def test_errors_say_whether_asking_again_helps(carrier, monkeypatch):
    wire = Wire(monkeypatch, shipments=InvalidRequestError("No such address", http_status=422))
    with pytest.raises(CarrierRefused, match="No such address"):
        carrier.rate(package())
    wire.answers["shipments"] = NoAnswer("Timed out")
    with pytest.raises(CarrierError, match="Timed out") as failed:
        carrier.rate(package())
    assert not isinstance(failed.value, CarrierRefused)
    with pytest.raises(CarrierError, match="has no api_key"):
        client_of({})


@pytest.mark.django_db
def test_an_account_buys_through_it_and_its_webhook_moves_the_parcel(monkeypatch):
    order = make_order(state="packed")
    CarrierAccount.objects.update(active=False)  # of the one with which its boxes were planned
    CarrierAccount.objects.create(
        code="post", name="Post", adapter="easypost", settings={"api_key": "EZTK"}, webhook_secret=SECRET
    )
    Wire(monkeypatch, shipments=QUOTED, shp_1=QUOTED, buy=BOUGHT | {"tracking_code": "1"})
    shipment = Shipment.objects.select_related("order__customer", "order__channel", "warehouse").get(order=order)
    buy_labels(shipment, by="test")
    assert (Label.objects.get().service, Label.objects.get().reference) == ("USPS Priority", "shp_1")
    ship(shipment.pk, by="test")
    client, where = Client(), "/api/v1/carriers/post/webhook/"
    for _ in range(2):
        answer = client.post(where, BODY, content_type="application/json", headers=SIGNED)
        assert (answer.status_code, answer.json()) == (200, {"parcels": 1})
    assert (Parcel.objects.get().status, TrackingEvent.objects.count()) == ("in_transit", 6)
    assert TrackingEvent.objects.first().raw["tracking_location"]["city"] == "ORLANDO"
    answer = client.post(where, BODY + b" ", content_type="application/json", headers=SIGNED)
    assert (answer.status_code, answer.json()["code"]) == (400, "webhook_refused")


@pytest.mark.django_db
def test_a_webhook_of_our_own_kind_is_signed_with_the_accounts_secret():
    shipment = Shipment.objects.get(order=make_order(state="shipped"))
    account = CarrierAccount.objects.get()
    client, where = Client(), f"/api/v1/carriers/{account.code}/webhook/"
    label = Label.objects.get()
    event = {"id": "7", "tracking_number": label.tracking_number, "status": "delivery_failed"}
    event |= {"description": "Nobody at home", "at": shipment.shipped_at.isoformat()}
    body = json.dumps({"events": [event, event | {"id": "8", "tracking_number": "unknown"}]}).encode()
    headers = {HEADER: signature(body, "s3")}
    assert client.post(where, body, content_type="application/json", headers=headers).status_code == 404  # closed
    account.webhook_secret = "s3"
    account.save()
    assert isinstance(carrier_of(account), PlayedCarrier)
    answer = client.post(where, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json(), Parcel.objects.get().status) == (200, {"parcels": 1}, "delivery_failed")
    for bad in (b"{}", b'{"events": [{"id": 1}]}', b"no json"):
        answer = client.post(where, bad, content_type="application/json", headers={HEADER: signature(bad, "s3")})
        assert (answer.status_code, answer.json()["code"]) == (400, "webhook_refused")
