"""Beside the ship desk: rules in sentences and tried out, customs data, and carriers' invoices."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fulfillment.carriers.accounts import active_accounts
from fulfillment.carriers.buying import buy_labels
from fulfillment.models import CarrierInvoice, Label, ProductCustoms, RateQuote, ShippingRule
from inventory.models import Product
from ordermgmt.shipping.rules import sentence
from orders.models import Order
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
RULE = {"name": "Fast", "rank": "5", "active": "on", "service": "express"}


@pytest.fixture
def order() -> Order:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    return make_order(state="packed")


@pytest.mark.parametrize("address", ["/ship/rules/", "/ship/rules/new/", "/ship/customs/", "/ship/invoices/"])
def test_who_only_looks_sets_nothing_up(client: Client, sam: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert sam.get(address).status_code == 403
    assert sam.post(address).status_code in (403, 405)


def test_a_rule_is_written_read_back_as_a_sentence_changed_and_removed(bob: Client, order: Order) -> None:
    account = active_accounts()[0]
    body = {**RULE, "account": account.pk, "countries": "gb, fr", "skus": "MUG-1", "max_weight_g": "2000"}
    page = bob.post("/ship/rules/new/", {**body, "tiers": ["A"], "min_value": "50"}, follow=True).content.decode()
    said = (
        "Parcels to GB or FR of up to 2 kg of orders worth 50 or more with MUG-1 inside for customers of tier A "
        "go with Parcelwing Express, if that keeps the promise."
    )
    assert said in page
    rule = ShippingRule.objects.get()
    assert (rule.countries, rule.skus, rule.tiers) == (["GB", "FR"], ["MUG-1"], ["A"])
    assert said in bob.get(f"/ship/rules/{rule.pk}/").content.decode()
    emptied = dict.fromkeys(("countries", "skus", "max_weight_g", "min_value", "service"), "")
    bob.post(f"/ship/rules/{rule.pk}/", {**RULE, "account": account.pk, **emptied, "even_if_late": "on"})
    assert sentence(ShippingRule.objects.get()) == (
        "Parcels go with Parcelwing, by its cheapest service, even if that is late."
    )
    bob.post(f"/ship/rules/{rule.pk}/remove/")
    assert not ShippingRule.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"countries": "France"}, "FRANCE is not a country"),
        ({"skus": "MUG-9"}, "There is no product MUG-9."),
        ({"service": "rocket"}, "has no such service: it has economy, express and standard."),
        ({"min_weight_g": "5", "max_weight_g": "4"}, "Not less than the least, please."),
        ({"min_value": "5", "max_value": "4"}, "Not less than the least, please."),
    ],
)
def test_a_rule_that_cannot_be_is_told_so(bob: Client, order: Order, wrong: dict[str, str], told: str) -> None:
    answer = bob.post("/ship/rules/new/", {**RULE, "account": active_accounts()[0].pk, **wrong})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not ShippingRule.objects.exists()


def test_an_order_is_tried_out_packed_or_not_and_nothing_is_kept(bob: Client, order: Order) -> None:
    page = bob.get("/ship/rules/", {"order": f"#{order.number}"}).content.decode()
    assert "Economy, cheapest that keeps the promise." in page
    assert "No rule fits" in page
    ShippingRule.objects.create(name="Fast", account=active_accounts()[0], service="express")
    waiting = make_order(state="picked")
    page = bob.get("/ship/rules/", {"order": waiting.number}).content.decode()
    assert "not packed yet, as one parcel" in page
    assert "Express, preferred by rule Fast." in page
    assert "There is no order 99999." in bob.get("/ship/rules/", {"order": "99999"}).content.decode()
    placed = make_order(state="placed")
    assert "has no shipment yet" in bob.get("/ship/rules/", {"order": placed.number}).content.decode()
    assert not RateQuote.objects.exists()


def test_a_product_is_declared_with_its_number_as_people_write_it(alice: Client, order: Order) -> None:
    assert "No product is declared" in alice.get("/ship/customs/").content.decode()
    wrong = alice.post("/ship/customs/MUG-1/", {"hs_code": "69-11", "origin": "xx", "value": "-1"})
    assert wrong.status_code == 422
    for words in ("Six to ten digits, please", "XX is not a country", "Not below 0, please."):
        assert words in wrong.content.decode()
    alice.post("/ship/customs/MUG-1/", {"hs_code": "6911.10 00", "origin": "pt", "value": ""})
    row = ProductCustoms.objects.get()
    assert (row.product, row.hs_code, row.origin, row.value) == (Product.objects.get(), "69111000", "PT", None)
    assert "69111000" in alice.get("/ship/customs/?q=mug").content.decode()


def test_an_invoice_is_taken_in_and_its_differences_given_out(bob: Client, order: Order) -> None:
    buy_labels(order.shipments.get(), by="petra")
    number = Label.objects.get().tracking_number
    text = f"tracking_number,amount,charge\n{number},2.90,freight\n{number},0.30,=fuel\nPW9,4.00,\n"

    def send(text: bytes, number: str = "INV-1") -> str:
        body = {"account": active_accounts()[0].pk, "number": number, "file": SimpleUploadedFile("i.csv", text)}
        return bob.post("/ship/invoices/", body, follow=True).content.decode()

    assert "Line 2: amount: a number such as 12.50, not x. Nothing was taken in." in send(
        b"tracking_number,amount\nA,x\n"
    )
    assert "The file is not UTF-8. Nothing was taken in." in send(b"\xff\xfe")
    assert not CarrierInvoice.objects.exists()
    page = send(text.encode())
    assert "Bills £7.20, of which £4.30 is beyond what was quoted." in page
    invoice = CarrierInvoice.objects.get()
    assert number not in bob.get(f"/ship/invoices/{invoice.pk}/?reason=unknown").content.decode()
    listed = bob.get("/ship/invoices/").content.decode()
    assert "2 differ" in listed
    assert "<strong>£4.30</strong>" in listed
    lines = bob.get(f"/ship/invoices/{invoice.pk}/differences.csv").content.decode().splitlines()
    assert lines[1] == f"{number},{order.number},2.900,3.200,0.300,GBP,,surcharge,'=fuel 0.30"
    assert lines[2].startswith("PW9,,,4.000,4.000,GBP,,unknown,")
    assert sum(Decimal(line.split(",")[4]) for line in lines[1:]) == Decimal("4.30")
