"""The dock: every parcel is judged before it is loaded; a closed manifest is in every history and with the carrier."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from fulfillment.carriers.accounts import active_accounts
from fulfillment.carriers.buying import buy_labels, void_label
from fulfillment.carriers.carrier import Collection
from fulfillment.carriers.fake import PlayedCarrier
from fulfillment.dock import closing
from fulfillment.dock.reading import pick_up
from fulfillment.dock.scanning import scan, take_off
from fulfillment.dock.verdicts import Judged
from fulfillment.documents.manifest import draw
from fulfillment.errors import CarrierError, ManifestRefused
from fulfillment.models import CarrierAccount, Label, Manifest, Parcel, Shipment
from fulfillment.tasks import drain_ship, finish_manifests
from inventory import clock
from inventory.models import Warehouse
from orders.errors import NotAllowedNow
from orders.models import OrderEvent
from orders.services import hold
from tests.api import Api
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def york() -> Warehouse:
    place = make_warehouse("YORK", mode="manual")
    make_stock(make_product("MUG-1"), 50, warehouse=place)
    return place


def labelled() -> Label:
    shipment = make_order(state="packed").shipments.get()
    buy_labels(shipment, by="petra")
    return Label.objects.get(parcel__shipment=shipment)


def scanned(code: str, *, account: CarrierAccount | None = None) -> Judged:
    return scan(code, account=account or active_accounts()[0], warehouse=Warehouse.objects.get(code="YORK"), by="bob")


def test_a_parcel_is_known_by_its_number_with_or_without_routing_and_by_its_box_label(york: Warehouse) -> None:
    labels = [labelled() for _ in range(3)]
    box = f"{labels[2].parcel.shipment.code}-1"
    codes = [f" {labels[0].tracking_number.lower()}", f"420N19GU{labels[1].tracking_number}", box]
    assert [(scanned(code).verdict, scanned(code).verdict) for code in codes] == [("taken", "again")] * 3
    manifest = Manifest.objects.get()
    assert (manifest.parcels, manifest.labels.count(), manifest.day) == (3, 3, clock.now().date())


def test_what_may_not_go_is_told_and_stays_off_the_manifest(york: Warehouse) -> None:
    label, held, bare = labelled(), labelled(), make_order(state="packed").shipments.get()
    other = CarrierAccount.objects.create(code="other", name="Otherway", rank=99)
    hold(held.parcel.shipment.order_id, reason="look", note="", by="sam")
    assert (scanned("PW00").verdict, scanned("").verdict) == ("unknown", "unknown")
    assert scanned(f"{bare.code}-1").words == f"{bare.code}-1: no label was bought for it"
    assert scanned(label.tracking_number, account=other).verdict == "wrong_carrier"
    assert scanned(held.tracking_number).verdict == "stopped"
    make_stock(make_product("JAR-1"), 5)
    leeds = make_order((("JAR-1", 1),), state="packed").shipments.get()
    assert scanned(f"{leeds.code}-1").verdict == "wrong_warehouse"
    assert not Label.objects.exclude(manifest=None).exists()
    assert not Parcel.objects.exclude(handed_over_at=None).exists()


def test_what_another_manifest_has_or_the_carrier_has_is_not_taken_again(york: Warehouse) -> None:
    first, second = labelled(), labelled()
    scanned(first.tracking_number)
    closing.close(Manifest.objects.get().pk, by="bob")
    assert scanned(first.tracking_number).verdict == "on_other_manifest"
    Parcel.objects.filter(label=second).update(status="in_transit")
    assert scanned(second.tracking_number).verdict == "left"
    assert not Manifest.objects.filter(closed_at=None).exists()


def test_what_was_not_scanned_is_listed_and_a_parcel_can_be_taken_off(york: Warehouse) -> None:
    first, second = labelled(), labelled()
    scanned(first.tracking_number)
    at = pick_up(active_accounts()[0], york)
    assert (list(at.scanned), list(at.missing)) == ([first], [second])
    take_off(first.parcel_id, manifest=at.manifest)
    take_off(first.parcel_id, manifest=at.manifest)
    at = pick_up(active_accounts()[0], york)
    assert (list(at.scanned), list(at.missing), at.manifest.parcels) == ([], [first, second], 0)
    assert Parcel.objects.get(label=first).handed_over_at is None
    with pytest.raises(ManifestRefused, match="Nothing was scanned"):
        closing.close(at.manifest.pk, by="bob")


def test_a_label_that_is_given_back_leaves_the_open_manifest(york: Warehouse) -> None:
    label = labelled()
    scanned(label.tracking_number)
    void_label(label.parcel_id, reason="torn", by="bob")
    assert (Manifest.objects.get().parcels, Parcel.objects.get().handed_over_at) == (0, None)
    assert scanned(f"{label.parcel.shipment.code}-1").verdict == "not_labelled"


def test_closing_tells_each_history_and_the_carrier_once_and_the_shipments_leave(
    york: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    label, told = labelled(), []
    monkeypatch.setattr(
        PlayedCarrier,
        "manifest",
        lambda self, rows: told.append(list(rows)) or Collection("SF-1", "https://x.example/f"),
    )
    scanned(label.tracking_number)
    pk = Manifest.objects.get().pk
    manifest = closing.close(pk, by="bob")
    closing.close(pk, by="sam")
    assert (manifest.reference, manifest.closed_by, manifest.trouble) == ("SF-1", "bob", "")
    assert told == [[(label.tracking_number, "")]]
    event = OrderEvent.objects.get(name="parcel.handed_over")
    code = label.parcel.shipment.code
    assert event.data == {
        "shipment": code,
        "parcel": 1,
        "manifest": manifest.code,
        "carrier": "Parcelwing",
        "tracking": label.tracking_number,
    }
    drain_ship()
    assert Shipment.objects.get().state == "shipped"
    assert Label.objects.get() == label
    assert Parcel.objects.get().handed_over_at < manifest.closed_at
    with pytest.raises(ManifestRefused, match="is closed"):
        take_off(label.parcel_id, manifest=manifest)


def test_a_part_of_a_shipment_does_not_send_the_rest(york: Warehouse) -> None:
    label = labelled()
    Parcel.objects.create(shipment=label.parcel.shipment, number=2, weight_g=100)
    scanned(label.tracking_number)
    closing.close(Manifest.objects.get().pk, by="bob")
    drain_ship()
    assert Shipment.objects.get().state == "packed"
    with pytest.raises(NotAllowedNow, match="it takes that it has not left"):
        void_label(label.parcel_id, reason="torn", by="bob")


def test_a_carrier_that_does_not_answer_is_told_again(york: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    label, answers = labelled(), [CarrierError("no answer"), Collection("SF-2")]

    def manifest(self: PlayedCarrier, rows: object) -> Collection:
        if isinstance(answer := answers.pop(0), CarrierError):
            raise answer
        return answer

    monkeypatch.setattr(PlayedCarrier, "manifest", manifest)
    scanned(label.tracking_number)
    pk = Manifest.objects.get().pk
    assert (closing.close(pk, by="bob").trouble, Manifest.objects.get().told_at) == ("no answer", None)
    assert (closing.close(pk, by="bob").trouble, Manifest.objects.get().reference) == ("", "SF-2")


def test_a_closing_that_was_cut_off_is_finished(york: Warehouse) -> None:
    label = labelled()
    scanned(label.tracking_number)
    Manifest.objects.update(closed_at=clock.now(), closed_by="bob")
    finish_manifests()
    assert not OrderEvent.objects.filter(name="parcel.handed_over").exists()  # whoever closes it is still at it
    with clock.at(clock.now() + 2 * closing.LEFT_ALONE):
        finish_manifests()
        finish_manifests()
    assert OrderEvent.objects.get(name="parcel.handed_over").by == "bob"
    assert Manifest.objects.get().told_at is not None


def test_the_manifest_on_paper_has_every_parcel(york: Warehouse) -> None:
    labels = [labelled(), labelled()]
    for label in labels:
        scanned(label.tracking_number)
    text = PdfReader(BytesIO(draw(Manifest.objects.get().pk))).pages[0].extract_text()
    assert [label.tracking_number in text for label in labels] == [True, True]
    assert "Not closed yet" in text


def test_the_dock_over_the_api(york: Warehouse) -> None:
    label, api, v1 = labelled(), Api("fulfillment:write"), "/api/v1"
    at = {"warehouse": "YORK", "carrier": "parcelwing"}
    assert api.get(f"{v1}/dock/", **at).json() == {"manifest": None, "missing": [label.tracking_number]}
    answer = api.post(f"{v1}/dock/scans/", {**at, "codes": [label.tracking_number, "nothing"]}).json()
    assert [(row["verdict"], row["right"], row["parcel"]) for row in answer] == [
        ("taken", True, 1),
        ("unknown", False, None),
    ]
    one = f"{v1}/manifests/{Manifest.objects.get().pk}"
    shown = api.get(f"{v1}/dock/", **at).json()
    assert (shown["manifest"]["parcels"], shown["missing"]) == ([label.tracking_number], [])
    assert api.post(f"{one}/close/").json()["closed_at"] is not None
    assert api.get(f"{one}/").json()["manifest"] == Manifest.objects.get().code
    assert api.get(f"{one}/pdf/").content.startswith(b"%PDF")
    assert api.get(f"{v1}/dock/", **{**at, "carrier": "nobody"}).status_code == 404
