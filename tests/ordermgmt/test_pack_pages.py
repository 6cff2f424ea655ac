"""The pack station's pages without a browser: who may see them, what they find, and how many statements they take."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from fulfillment.models import Carton, InsertRule, Shipment
from fulfillment.packing.drawing import Layer, Stack
from fulfillment.packwork import finishing
from ordermgmt.packing.bench import filling
from orders.services import hold
from tests.fulfillment.packwork.bench import on_bench

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/pack/", "/pack/find/?code=1", "/pack/{}/"])
def test_only_packers_may_come_in(client: Client, sam: Client, charlie: Client, address: str) -> None:
    where = address.format(on_bench().code)
    assert client.get(where).status_code == 302
    assert (sam.get(where).status_code, charlie.get(where).status_code) == (403, 403)


def test_scans_of_strangers_are_refused(client: Client, sam: Client) -> None:
    where = f"/pack/{on_bench().code}/scans/"
    assert [who.post(where, {}, "application/json").status_code for who in (client, sam)] == [401, 403]


def test_the_most_urgent_shipment_comes_first_and_what_is_held_does_not_wait(bob: Client) -> None:
    late, held, early = on_bench(), on_bench(), on_bench()
    early.order.promised_at = late.order.promised_at.replace(year=2020)
    early.order.save(update_fields=["promised_at"])
    hold(held.order_id, reason="other", note="", by="sam")
    assert [row.code for row in bob.get("/pack/").context["rows"]] == [early.code, late.code]


@pytest.mark.parametrize("written", ["{0.code}", " #{0.order.number} "])
def test_a_code_or_an_orders_number_opens_its_shipment(bob: Client, written: str) -> None:
    shipment = on_bench()
    answer = bob.get("/pack/find/", {"code": written.format(shipment)})
    assert answer.headers["Location"] == f"/pack/{shipment.code}/"


@pytest.mark.parametrize("written", ["", "x", "99999999999999999999", "12345678"])
def test_what_names_nothing_leads_back_with_a_word(bob: Client, written: str) -> None:
    answer = bob.get("/pack/find/", {"code": written}, follow=True)
    assert answer.redirect_chain == [("/pack/", 302)]
    assert "Nothing to pack is known by" in answer.content.decode()


def test_a_shipment_that_is_packed_already_leads_back(bob: Client) -> None:
    shipment = on_bench()
    assert pack_all(bob, shipment).redirect_chain == [("/pack/", 302)]
    assert Shipment.objects.get(pk=shipment.pk).state == "packed"
    assert "there is nothing to pack" in bob.get(f"/pack/{shipment.code}/", follow=True).content.decode()


def pack_all(bob: Client, shipment: Shipment, *, carton: str = ""):
    codes = ["MUG-1", "MUG-1", "JAR-1"]
    acts = [{"id": str(uuid4()), "action": "item", "at": "2026-11-28T12:00:00Z", "code": code} for code in codes]
    told = bob.post(f"/pack/{shipment.code}/scans/", json.dumps({"scans": acts}), "application/json").json()
    assert [row["verified"] for row in told["lines"]] == [2, 1]
    (box,) = bob.get(f"/pack/{shipment.code}/").context["boxes"]
    chosen = Carton.objects.get(name=carton).pk if carton else box["carton"].value()
    return bob.post(f"/pack/{shipment.code}/", {"box1-carton": chosen}, follow=True)


def test_a_box_as_planned_fits_though_nobody_finds_the_way_again(bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "fits", lambda carton, units, lines: False)
    shipment = on_bench()
    assert pack_all(bob, shipment).redirect_chain == [("/pack/", 302)]
    other = on_bench()
    refused = pack_all(bob, other, carton="Large")
    assert "by the records this does not fit into Large" in refused.content.decode()
    assert str(Shipment.objects.get(pk=other.pk).state) == "picked"


@pytest.mark.parametrize("sent", ["", "[]", "{", '{"scans": []}', '{"scans": [{"id": "x"}]}'])
def test_what_is_no_scan_is_refused(bob: Client, sent: str) -> None:
    answer = bob.post(f"/pack/{on_bench().code}/scans/", sent, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


def test_the_pages_take_few_statements(bob: Client, django_assert_max_num_queries) -> None:
    InsertRule.objects.create(name="Card", kind="card", occasion="always")
    shipments = [on_bench() for _ in range(3)]
    with django_assert_max_num_queries(6):
        bob.get("/pack/")
    bob.get(f"/pack/{shipments[1].code}/")  # each process reads the carriers' tables once
    with django_assert_max_num_queries(20):
        assert bob.get(f"/pack/{shipments[0].code}/").status_code == 200


def test_stacks_of_the_same_goods_are_told_in_one_line(bob: Client) -> None:
    shipment = on_bench()
    lines = {row.pk: row for row in shipment.lines.select_related("order_line")}
    mugs, jars = sorted(lines.values(), key=lambda row: row.order_line.sku, reverse=True)
    skus = [mugs, mugs, mugs, jars, mugs]
    here = ((0, 0, 0), (10, 10, 10))
    stacks = tuple(Stack(number, str(row.pk), 2, *here) for number, row in enumerate(skus, start=1))
    assert filling(Layer(0, "<svg/>", stacks), lines).legend == [
        ("1–3", 6, mugs.order_line.name),
        ("4", 2, jars.order_line.name),
        ("5", 2, mugs.order_line.name),
    ]


def test_a_box_that_the_bench_has_no_room_for_is_drawn_on_a_page_of_its_own(bob: Client, monkeypatch) -> None:
    shipment = on_bench()
    address = f"/pack/{shipment.code}/boxes/1/"
    whole = bob.get(f"/pack/{shipment.code}/").content.decode()
    assert ("packing-layer" in whole, address in whole) == (True, False)
    monkeypatch.setattr("ordermgmt.packing.bench.MOST_DRAWN", 0)
    short = bob.get(f"/pack/{shipment.code}/").content.decode()
    assert ("packing-layer" in short, address in short) == (False, True)
    apart = bob.get(address).content.decode()
    assert apart.count("packing-layer") == whole.count("packing-layer")
    assert bob.get(f"/pack/{shipment.code}/boxes/9/").status_code == 404
    assert bob.get(f"/pack/{shipment.code}/boxes/0/").status_code == 404
    pack_all(bob, shipment)
    assert bob.get(address).status_code == 404
