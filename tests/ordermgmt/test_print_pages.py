"""The page Print, the links to one document, and who may use them."""

import pytest
from django.test import Client

from fulfillment.models import Job, PickList, Shipment
from fulfillment.tasks import make_documents
from orders.models import Order
from orders.services import hold
from tests.factories import make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
PAGE = "/print/?state=packed"


@pytest.fixture
def order() -> Order:
    make_stock(make_product("MUG-1"), 50)
    return make_order(state="packed")


@pytest.mark.parametrize(
    "address", ["/print/", "/print/packing-slip/10001-1.pdf", "/print/pick-lists/1.pdf", "/print/jobs/1/file.pdf"]
)
def test_only_who_works_in_the_warehouse_prints(client: Client, sam: Client, charlie: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert (sam.get(address).status_code, charlie.get(address).status_code) == (403, 403)
    assert sam.post("/print/start/").status_code == sam.post("/print/jobs/1/retry/").status_code == 403


def test_one_document_opens_in_the_browser(bob: Client, order: Order) -> None:
    code = Shipment.objects.get().code
    for kind in ("packing-slip", "box-label", "pick-list"):
        answer = bob.get(f"/print/{kind}/{code}.pdf")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Content-Disposition"] == f'inline; filename="{kind}-{code}.pdf"'
        assert answer.content.startswith(b"%PDF")
    answer = bob.get(f"/print/pick-lists/{PickList.objects.get().pk}.pdf")
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "address",
    [
        *("/print/poster/{}.pdf", "/print/packing-slip/1-1.pdf", "/print/packing-slip/x.pdf"),
        *("/print/pick-lists/0.pdf", "/print/jobs/9/file.pdf"),
    ],
)
def test_what_is_not_there_is_not_found(bob: Client, order: Order, address: str) -> None:
    assert bob.get(address.format(Shipment.objects.get().code)).status_code == 404


def test_what_cannot_be_printed_says_why_on_the_order(bob: Client) -> None:
    shipment = make_order(state="picked").shipments.get()
    page = bob.get(f"/print/box-label/{shipment.code}.pdf", follow=True)
    assert page.redirect_chain == [(f"/orders/{shipment.order.number}/", 302)]
    assert f"{shipment.code} is not packed yet, so it has no boxes." in page.content.decode()


def test_the_order_and_the_pick_list_lead_to_the_paper(bob: Client, sam: Client, order: Order) -> None:
    code, address = Shipment.objects.get().code, f"/picking/{PickList.objects.get().pk}/"
    links = [f'href="/print/{kind}/{code}.pdf"' for kind in ("pick-list", "packing-slip", "box-label")]
    seen = bob.get(f"/orders/{order.number}/").content.decode()
    assert [link in seen for link in links] == [True] * 3
    assert "/print/pick-lists/" in bob.get(address).content.decode()
    assert "/print/packing-slip/" not in sam.get(f"/orders/{order.number}/").content.decode()
    assert "/print/pick-lists/" not in sam.get(address).content.decode()


def test_ticked_shipments_become_a_file(bob: Client, order: Order) -> None:
    make_order(state="packed")
    first = Shipment.objects.earliest("pk")
    body = {"state": "packed", "warehouse": "", "kind": "packing-slip", "which": "ticked", "shipment": [first.pk, "x"]}
    page = bob.post("/print/start/", body, follow=True)
    assert page.redirect_chain == [("/print/?state=packed&warehouse=", 302)]
    told = page.content.decode()
    assert 'hx-get="/print/"' in told
    assert "A worker makes it within seconds." in told
    make_documents()
    part = bob.get("/print/", headers={"HX-Request": "true"})
    assert "hx-get" not in part.content.decode()
    assert "1 page, 0.1 MB." in part.content.decode()
    job = Job.objects.get()
    assert (job.what, job.by, job.total) == ("1 ticked shipment", "bob", 1)
    file = bob.get(f"/print/jobs/{job.pk}/file.pdf")
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert file["Content-Disposition"] == f'attachment; filename="packing-slip-{job.pk}.pdf"'


def test_all_that_match_become_a_file(bob: Client, order: Order) -> None:
    york = make_warehouse("YORK", mode="manual")
    make_stock(make_product("JAR-1"), 50, warehouse=york)
    make_order((("JAR-1", 1),), state="packed")
    held = make_order((("JAR-1", 1),), state="packed")
    hold(held.pk, reason="look", note="", by="sam")
    page = bob.get(f"{PAGE}&warehouse=YORK").context["page"]
    assert [row.warehouse.code for row in page.shipments] == ["YORK"]
    assert (page.all_of_them, bob.get(PAGE).context["page"].all_of_them) == ("All 1", "All 2")
    bob.post("/print/start/", {"state": "packed", "warehouse": "YORK", "kind": "box-label", "which": "all"})
    job = Job.objects.get()
    assert (job.what, job.kind, job.total) == ("To ship, YORK, 1 shipment", "box-label", 1)


def test_nothing_ticked_is_said_and_a_failure_can_be_tried_again(bob: Client) -> None:
    shipment = make_order(state="picked").shipments.get()
    body = {"state": "picked", "warehouse": "", "kind": "box-label", "which": "ticked"}
    assert "Nothing was chosen to print." in bob.post("/print/start/", body, follow=True).content.decode()
    assert not Job.objects.exists()
    bob.post("/print/start/", {**body, "shipment": [shipment.pk]})
    make_documents()
    told = bob.get("/print/").content.decode()
    assert f"{shipment.code}</b> {shipment.code} is not packed yet" in told
    assert "1 of 1 could not be printed." in told
    job = Job.objects.get()
    bob.post(f"/print/jobs/{job.pk}/retry/")
    assert Job.objects.get().status == "waiting"
    assert "went wrong" in bob.post(f"/print/jobs/{job.pk}/retry/", follow=True).content.decode()


@pytest.mark.parametrize("wrong", [{"state": "reviewed"}, {"kind": "poster"}])
def test_what_no_page_offers_is_not_found(bob: Client, order: Order, wrong: dict[str, str]) -> None:
    pk = Shipment.objects.get().pk
    body = {"state": "packed", "warehouse": "", "kind": "box-label", "which": "ticked", "shipment": [pk], **wrong}
    assert bob.post("/print/start/", body).status_code == 404
    assert not Job.objects.exists()


def test_many_shipments_take_as_many_queries_as_one(
    bob: Client, order: Order, django_assert_num_queries: object
) -> None:
    bob.post("/print/start/", {"state": "packed", "warehouse": "", "kind": "box-label", "which": "all"})
    for _ in range(2):
        with django_assert_num_queries(5):  # type: ignore[operator]
            assert bob.get(PAGE).status_code == 200
        make_order(state="packed")
        bob.post("/print/start/", {"state": "packed", "warehouse": "", "kind": "box-label", "which": "all"})
