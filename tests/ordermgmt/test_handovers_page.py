"""The page of hand-overs and its files: what waits, out as CSV, back as confirmations, line by line."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fulfillment.handover import answering
from fulfillment.handover.files import take_in, written
from fulfillment.handover.shown import hand_overs
from fulfillment.models import HandOver, Shipment
from fulfillment.services import open_shipments
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.people import make_alice, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/handovers/"
HEAD = "shipment,sku,picked,parcel,weight_g,carrier,tracking_number,cost,currency\n"


def handed(sku: str = "MUG", name: str = "Mug") -> Shipment:
    make_stock(make_product(sku, name=name), 10, warehouse=make_warehouse("RTM", mode="3pl", name="Rotterdam"))
    order = make_order([(sku, 2)], state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.select_related("order").get(order=order)


def test_a_file_goes_out_without_formulas():
    shipment = handed(name="=HYPERLINK(1)")
    _, row = written(hand_overs()).splitlines()
    assert row.startswith(f"{shipment.code},1,requested,")
    assert ",MUG,'=HYPERLINK(1),2,Marta Silva,1 High Street," in row


def test_a_file_comes_back_and_each_shipment_is_taken_wholly_or_not_at_all():
    good, short, bad = handed("MUG"), handed("TEA"), handed("CUP")
    text = HEAD + "\n".join(
        [
            f"{good.code},MUG,1,1,300,DHL,D1,3.20,EUR",
            f"{good.code},MUG,1,2,300,DHL,D2,,",
            f"{short.code},TEA,2,1,300,DHL,D1,,",
            f"{bad.code},CUP,1,1,300,DHL,D4,,",
            f"{bad.code},CUP,many,1,300,DHL,D4,,",
            "9-9,CUP,1,1,300,DHL,D5,,",
        ]
    )
    done, faults = take_in(text, hand_overs(), by="alice")
    assert done == [good.code]
    assert [(fault.line, fault.text) for fault in faults] == [
        (4, f"{short.code}: A tracking number is another parcel's: D1"),
        (6, "picked: a whole number from 0, not many"),
        (7, "9-9 was not handed over here"),
    ]
    states = dict(HandOver.objects.values_list("shipment", "state"))
    assert states == {good.pk: "confirmed", short.pk: "requested", bad.pk: "requested"}


def test_the_page_shows_what_waits_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    alice = signed_in(make_alice())
    handed()
    answering.reject(handed("TEA").pk, reason="no_capacity", words="Full", by="API: Rotterdam")
    with django_assert_max_num_queries(20):
        page = alice.get(PAGE).content.decode()
    assert "No capacity in time" in page
    assert "Send from elsewhere" in page


def test_a_file_is_taken_in_on_the_page_and_faults_are_told():
    alice, shipment = signed_in(make_alice()), handed()
    text = f"{HEAD}{shipment.code},MUG,2,1,300,DHL,D1,,\n"
    told = alice.post(f"{PAGE}confirmations/", {"file": SimpleUploadedFile("c.csv", text.encode())}, follow=True)
    assert f"Confirmed: {shipment.code}." in told.content.decode()
    told = alice.post(f"{PAGE}confirmations/", {"file": SimpleUploadedFile("c.csv", b"a,b\n1,2\n")}, follow=True)
    assert "Line 1: These columns are missing" in told.content.decode()


def test_strangers_are_sent_away():
    row = HandOver.objects.get(shipment=handed())
    for path in ("", "file/"):
        assert Client().get(f"{PAGE}{path}").status_code == 302
    assert Client().post(f"{PAGE}{row.pk}/stop/").status_code == 302
    assert HandOver.objects.get().state == "requested"


def test_a_third_party_is_asked_to_stop_on_the_page():
    alice, shipment = signed_in(make_alice()), handed()
    answering.accept(shipment.pk, by="API: Rotterdam")
    row = HandOver.objects.get()
    alice.post(f"{PAGE}{row.pk}/stop/")
    assert HandOver.objects.get().state == "cancel_requested"
