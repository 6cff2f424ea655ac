"""The ship desk: what each shipment would get and cost, what is bought for whom, and what came of it."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fulfillment.carriers.accounts import tables_changed
from fulfillment.carriers.buying import buy_labels
from fulfillment.models import (
    CarrierAccount,
    CarrierService,
    Job,
    JobRow,
    Label,
    ProductCustoms,
    RateQuote,
    Shipment,
    ShippingRule,
)
from fulfillment.tasks import buy_labels as buy_labels_in_bulk
from inventory import clock
from inventory.models import Product, Warehouse
from ordermgmt.access import MAY_SHIP
from ordermgmt.models import Workplace
from ordermgmt.shipping import desk as pages
from ordermgmt.shipping.desk import desk
from ordermgmt.shipping.narrowing import narrowed
from orders.services import hold
from tests.factories import LONDON, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
PARIS = {**LONDON, "city": "Paris", "postal_code": "75001", "country": "FR"}


@pytest.fixture
def shipment() -> Shipment:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    return make_order(state="packed").shipments.get()


def export() -> Shipment:
    return make_order(state="packed", shipping_address=PARIS, billing_address=PARIS).shipments.get()


@pytest.mark.parametrize("address", ["/ship/", "/ship/runs/1/"])
def test_only_who_works_in_the_warehouse_ships(client: Client, sam: Client, charlie: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert (sam.get(address).status_code, charlie.get(address).status_code) == (403, 403)
    assert sam.post("/ship/buy/").status_code == sam.post("/ship/runs/1/retry/").status_code == 403


def test_a_shipment_shows_what_it_would_cost_and_what_that_saves(shipment: Shipment) -> None:
    (row,) = desk(narrowed({})).shown
    assert row.offer is not None
    assert (row.offer.carrier, row.offer.service, row.offer.price) == ("Parcelwing", "Economy", Decimal("2.90"))
    assert (row.offer.other, row.offer.saving) == ("Standard", Decimal("0.70"))
    assert (row.is_late, row.trouble, row.is_export) == (False, "", False)
    assert not RateQuote.objects.exists()


def test_a_service_that_refused_is_not_shown_again_and_a_standing_quote_is(shipment: Shipment) -> None:
    buy_labels(shipment, by="petra")
    Label.objects.get().delete()
    RateQuote.objects.update(state="refused")
    assert desk(narrowed({})).shown[0].offer.service == "Standard"
    RateQuote.objects.update(state="chosen", price=Decimal("1.11"))
    assert desk(narrowed({})).shown[0].offer.price == Decimal("1.11")


def test_what_nobody_takes_is_told(shipment: Shipment, bob: Client) -> None:
    bob.get("/ship/")
    CarrierService.objects.update(active=False)
    tables_changed(CarrierAccount.objects.get().pk)
    assert "No carrier offers a rate for this parcel" in bob.get("/ship/").content.decode()


def test_chips_narrow_to_what_waits_where(shipment: Shipment) -> None:
    abroad, held, labelled = export(), *[make_order(state="packed").shipments.get() for _ in range(2)]
    hold(held.order_id, reason="look", note="", by="sam")
    buy_labels(labelled, by="petra")
    make_stock(make_product("JAR-1"), 50)  # in the automatic warehouse, whose machines ship by themselves
    make_order((("JAR-1", 1),), state="packed")

    def codes(**given: str) -> list[str]:
        return [row.shipment.code for row in desk(narrowed(given)).shown]

    assert codes() == [shipment.code, abroad.code]
    assert (codes(way="export"), codes(way="home")) == ([abroad.code], [shipment.code])
    assert (codes(view="held"), codes(view="labelled")) == ([held.code], [labelled.code])
    assert codes(warehouse="LEEDS", view="poster", way="up") == [shipment.code, abroad.code]
    page = desk(narrowed({}))
    assert [(chip.value, chip.count) for chip in page.views] == [("label", 2), ("labelled", 1), ("held", 1)]
    assert [(chip.value, chip.count) for chip in page.ways] == [("", 2), ("home", 1), ("export", 1)]


def test_an_export_without_customs_data_is_warned_of(shipment: Shipment, bob: Client) -> None:
    abroad = export()
    assert "Customs: MUG-1 not declared" in bob.get("/ship/?way=export").content.decode()
    ProductCustoms.objects.create(product=Product.objects.get(), hs_code="691110", origin="GB")
    told = bob.get("/ship/?way=export").content.decode()
    assert abroad.code in told
    assert "not declared" not in told


def test_ticked_shipments_are_bought_for_and_the_run_says_how_it_went(shipment: Shipment, bob: Client) -> None:
    other = export()
    page = bob.post("/ship/buy/", {"which": "ticked", "shipment": [shipment.pk, "x"]}, follow=True)
    job = Job.objects.get()
    assert page.redirect_chain == [(f"/ship/runs/{job.pk}/", 302)]
    assert f'hx-get="/ship/runs/{job.pk}/"' in page.content.decode()
    buy_labels_in_bulk()
    told = bob.get(f"/ship/runs/{job.pk}/?came=bought").content.decode()
    assert "1 shipment: 1 bought." in told
    assert "Parcelwing Economy for £2.90" in told
    assert "hx-get" not in bob.get(f"/ship/runs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert list(Label.objects.values_list("parcel__shipment", flat=True)) == [shipment.pk]
    assert other.code in bob.get("/ship/").content.decode()
    assert Label.objects.get().tracking_number in bob.get("/ship/?view=labelled").content.decode()


def test_labels_are_bought_where_one_works(shipment: Shipment, bob: Client) -> None:
    Workplace.objects.create(user=User.objects.get(username="bob"), warehouse=make_warehouse("LEEDS"))
    page = bob.get("/ship/").content.decode()
    assert shipment.code in page
    assert "Buy all" not in page
    bob.post("/ship/buy/", {"which": "all"})
    assert not Job.objects.exists()
    bob.post("/ship/buy/", {"which": "ticked", "shipment": [shipment.pk]})
    buy_labels_in_bulk()
    assert Job.objects.get().rows.get().said == "It is in York, where bob does not work"
    assert not Label.objects.exists()
    Job.objects.get().rows.update(error="Refused", outcome="")
    assert bob.post(f"/ship/runs/{Job.objects.get().pk}/retry/").status_code == 403
    Job.objects.update(status="failed")
    JobRow.objects.update(error="", done_at=None)  # as when its worker dies again and again
    assert bob.post(f"/ship/runs/{Job.objects.get().pk}/retry/").status_code == 403


def test_who_tries_again_answers_for_it_by_their_own_right_and_where_they_work(
    shipment: Shipment, bob: Client, alice: Client
) -> None:
    Workplace.objects.create(user=User.objects.get(username="bob"), warehouse=shipment.warehouse)
    bob.post("/ship/buy/", {"which": "ticked", "shipment": [shipment.pk]})
    asked = Job.objects.get()
    assert (asked.by, asked.terms) == ("bob", {"places": [shipment.warehouse_id], "right": MAY_SHIP})
    User.objects.filter(username="bob").update(is_active=False)
    buy_labels_in_bulk()
    assert not Label.objects.exists()
    alice.post(f"/ship/runs/{asked.pk}/retry/")
    asked.refresh_from_db()
    assert (asked.by, asked.terms) == ("alice", {"places": [], "right": MAY_SHIP})
    buy_labels_in_bulk()
    assert Label.objects.exists()


def test_a_departure_that_is_not_today_says_its_day(shipment: Shipment) -> None:
    Warehouse.objects.filter(code="YORK").update(cut_off=time(16))
    for moment, said in (
        (datetime(2026, 5, 8, 9, tzinfo=UTC), ""),
        (datetime(2026, 5, 8, 20, tzinfo=UTC), "Mon 11 May"),
    ):
        with clock.at(moment):
            (one,) = desk(narrowed({})).leave.departures
            assert (one.cut_off, one.day) == ("16:00", said)


def test_one_click_takes_a_departure_and_the_next_buys_all_of_it(shipment: Shipment, bob: Client) -> None:
    Warehouse.objects.filter(code="YORK").update(cut_off=time(16))
    CarrierService.objects.filter(code="standard").update(cut_off=time(11, 30))
    abroad = export()
    rule = ShippingRule.objects.create(
        name="Abroad", account=CarrierAccount.objects.get(), service="standard", countries=["FR"]
    )
    with clock.at(datetime(2026, 5, 8, 9, tzinfo=UTC)):
        leave = desk(narrowed({})).leave
    assert [(one.cut_off, one.name, one.place, one.count) for one in leave.departures] == [
        ("11:30", "Parcelwing", "York", 1),
        ("16:00", "Parcelwing", "York", 1),
    ]
    with clock.at(datetime(2026, 5, 8, 12, tzinfo=UTC)):
        leaves = [(one.day, one.cut_off) for one in desk(narrowed({})).leave.departures]
    assert leaves == [("", "16:00"), ("Mon 11 May", "11:30")]
    assert [(chip.label, chip.count) for chip in leave.cut_offs] == [("11:30", 1), ("16:00", 1)]
    page = bob.get("/ship/").content.decode()
    assert 'href="?warehouse=YORK&amp;carrier=parcelwing&amp;cut_off=11%3A30"' in page
    early = {"warehouse": "YORK", "carrier": "parcelwing", "cut_off": "11:30"}
    assert [row.shipment for row in desk(narrowed(early)).shown] == [abroad]
    assert [chip.value for chip in desk(narrowed(early)).leave.services] == ["standard"]
    bob.post("/ship/buy/", {"which": "all", **early})
    assert Job.objects.get().what == "All that wait, YORK, Parcelwing, for 11:30, 1 shipment"
    buy_labels_in_bulk()
    assert Label.objects.get().service == "standard"
    rule.delete()
    labelled = narrowed({**early, "view": "labelled", "service": "standard"})
    assert [row.shipment for row in desk(labelled).shown] == [abroad]
    assert desk(narrowed({**early, "service": "express", "carrier": "nobody"})).count == 0


def test_what_is_less_urgent_is_on_the_next_page(
    shipment: Shipment, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = export()
    monkeypatch.setattr(pages, "SHOWN", 1)
    first, second = (bob.get(f"/ship/?page={page}").content.decode() for page in (1, 2))
    assert (shipment.code in first, other.code in first, "Buy all 2" in first) == (True, False, True)
    assert (shipment.code in second, other.code in second, "2 to 2 of 2" in second) == (False, True, True)


def test_all_that_the_page_narrows_to_are_bought_for(shipment: Shipment, bob: Client) -> None:
    abroad = export()
    bob.post("/ship/buy/", {"which": "all", "way": "export", "warehouse": "YORK"})
    job = Job.objects.get()
    assert (job.what, job.total) == ("All that wait, YORK, Exports, 1 shipment", 1)
    assert job.rows.get().target_id == abroad.pk
    page = bob.get("/ship/", headers={"HX-Request": "true"}).content.decode()
    assert "A worker begins within seconds." in page
    answer = bob.post("/ship/buy/", {"which": "ticked"}, follow=True)
    assert "No shipment was chosen." in answer.content.decode()
    assert "went wrong" in bob.post(f"/ship/runs/{job.pk}/retry/", follow=True).content.decode()
    assert Job.objects.count() == 1


def test_print_does_not_buy(shipment: Shipment, bob: Client) -> None:
    body = {"state": "packed", "warehouse": "", "kind": "label-run", "which": "all"}
    assert bob.post("/print/start/", body).status_code == 404
    assert bob.get(f"/print/label-run/{shipment.code}.pdf").status_code == 404
    assert not Job.objects.exists()


def test_many_shipments_take_as_many_queries_as_one(
    shipment: Shipment, bob: Client, django_assert_num_queries: object
) -> None:
    bob.get("/ship/")  # reads the carrier's tables
    for _ in range(2):
        with django_assert_num_queries(15):  # type: ignore[operator]
            assert bob.get("/ship/").status_code == 200
        export()
