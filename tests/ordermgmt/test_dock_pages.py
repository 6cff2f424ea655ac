"""The dock on screen: verdicts where the scanner's eye is, what is missing beside it, and the manifest afterwards."""

import pytest
from django.test import Client

from fulfillment.carriers.buying import buy_labels
from fulfillment.models import Label, Manifest
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
PICK_UP = "/dock/YORK/parcelwing/"


@pytest.fixture
def label() -> Label:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    return labelled()


def labelled() -> Label:
    shipment = make_order(state="packed").shipments.get()
    buy_labels(shipment, by="petra")
    return Label.objects.get(parcel__shipment=shipment)


@pytest.mark.parametrize("address", ["/dock/", PICK_UP, "/dock/manifests/1/", "/dock/manifests/1/manifest.pdf"])
def test_only_who_works_in_the_warehouse_loads(client: Client, sam: Client, charlie: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert (sam.get(address).status_code, charlie.get(address).status_code) == (403, 403)
    for act in (f"{PICK_UP}scan/", "/dock/manifests/1/close/", "/dock/manifests/1/off/1/"):
        assert sam.post(act).status_code == 403


def test_a_scan_is_answered_at_once_and_the_manifest_closed(bob: Client, label: Label) -> None:
    other = labelled()
    part = bob.post(f"{PICK_UP}scan/", {"code": label.tracking_number}, headers={"HX-Request": "true"}).content.decode()
    assert 'data-verdict="right"' in part
    assert "1 parcel of this carrier was not scanned." in part
    assert other.tracking_number in part
    assert "<html" not in part
    wrong = bob.post(f"{PICK_UP}scan/", {"code": "nothing"}).content.decode()
    assert "NOTHING is no parcel of this shop" in wrong
    assert 'data-verdict="wrong"' in wrong
    manifest = Manifest.objects.get()
    page = bob.post(f"/dock/manifests/{manifest.pk}/close/", follow=True).content.decode()
    assert f"{manifest.code} is closed: 1 parcel handed over." in page
    assert "The carrier was not told" not in page
    assert bob.get(f"/dock/manifests/{manifest.pk}/manifest.pdf").content.startswith(b"%PDF")
    assert manifest.code in bob.get("/dock/").content.decode()
    order = label.parcel.shipment.order.number
    assert f"was handed to Parcelwing on manifest {manifest.code}" in bob.get(f"/orders/{order}/").content.decode()


def test_a_parcel_that_stays_is_taken_off(bob: Client, label: Label) -> None:
    bob.post(f"{PICK_UP}scan/", {"code": label.tracking_number})
    off = f"/dock/manifests/{Manifest.objects.get().pk}/off/{label.parcel_id}/"
    assert "is off the manifest." in bob.post(off, follow=True).content.decode()
    close = bob.post(f"/dock/manifests/{Manifest.objects.get().pk}/close/", follow=True)
    assert "Nothing was scanned onto this manifest yet." in close.content.decode()


def test_many_parcels_take_as_many_queries_as_one(bob: Client, label: Label, django_assert_num_queries: object) -> None:
    bob.post(f"{PICK_UP}scan/", {"code": label.tracking_number})
    pk = Manifest.objects.get().pk
    for _ in range(2):
        for address, count in (("/dock/", 7), (PICK_UP, 7), (f"/dock/manifests/{pk}/", 4)):
            with django_assert_num_queries(count):  # type: ignore[operator]
                assert bob.get(address).status_code == 200
        bob.post(f"{PICK_UP}scan/", {"code": labelled().tracking_number})
        labelled()
