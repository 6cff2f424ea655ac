"""Counting: the list, a new count, its blind sheet, and the decision about its differences."""

from datetime import datetime

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from inventory.models import Bin, Count, CountLine, Stock, Warehouse
from inventory.services import put_into
from inventory.services.counts import enter_count, open_count, submit_count
from ordermgmt.stock.counts import aisles_of, count_list, count_page
from tests.factories import make_product, make_stock, make_warehouse
from tests.people import make_bob, signed_in

pytestmark = pytest.mark.django_db


def said(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def shelved(sku: str, units: int, *, aisle: int, bay: int = 1) -> Stock:
    """Units of a product (at 10 pounds) in a bin in Leeds."""
    row = make_stock(make_product(sku), units)
    code = f"{chr(64 + aisle)}{bay:02}"
    place, _ = Bin.objects.get_or_create(warehouse=row.warehouse, code=code, defaults={"aisle": aisle, "bay": bay})
    Stock.objects.filter(pk=row.pk).update(bin=place)
    return Stock.objects.get(pk=row.pk)


def opened(*stocks: Stock) -> Count:
    return open_count(stocks[0].warehouse, name="Monday", stock_ids=[row.pk for row in stocks], by="bob")


def numbers(count: Count, *counted: object) -> dict[str, object]:
    ids = CountLine.objects.filter(count=count).order_by("id").values_list("pk", flat=True)
    return {f"counted-{line_id}": number for line_id, number in zip(ids, counted, strict=True)}


def submitted(difference: int, *, by: str = "bob") -> Count:
    """A count of one place with 37 units in the books."""
    count = opened(shelved("MUG-1", 37, aisle=1))
    enter_count(count.lines.get().pk, counted=37 + difference, by=by)
    return submit_count(count.pk, by=by)


def balances() -> list[int]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", flat=True))


def choice(**fields: object) -> dict[str, object]:
    return {"name": "Monday", "first": "", "last": "", "skus": "", **fields}


@pytest.mark.parametrize(
    ("fields", "skus"),
    [
        ({"first": 1, "last": 2}, ["A-1", "A-2", "B-1"]),
        ({"first": 2, "last": 1}, ["A-1", "A-2", "B-1"]),
        ({"first": 2}, ["B-1"]),
        ({"last": 3}, ["C-1"]),
        ({"skus": "c-1\n4006381333931\r\nC-1"}, ["A-1", "C-1"]),
    ],
)
def test_a_count_begins_with_aisles_or_products(
    alice: Client, noon: datetime, fields: dict[str, object], skus: list[str]
) -> None:
    for place, aisle in (("A-1", 1), ("A-2", 1), ("B-1", 2), ("C-1", 3)):
        shelved(place, 5, aisle=aisle)
    Stock.objects.get(product__sku="A-1").product.__class__.objects.filter(sku="A-1").update(barcode="4006381333931")
    make_stock(make_product("A-1"), 5, warehouse=make_warehouse("YORK", priority=99))
    answer = alice.post("/stock/counts/new/?warehouse=LEEDS", choice(**fields))
    count = Count.objects.get()
    assert answer.headers["Location"] == f"/stock/counts/{count.pk}/"
    assert (count.name, count.warehouse.code, count.opened_by) == ("Monday", "LEEDS", "alice")
    assert sorted(count.lines.values_list("stock__product__sku", flat=True)) == skus


def test_each_bin_has_a_row_of_its_own_and_an_aisle_only_its_bins(alice: Client, noon: datetime) -> None:
    mug = shelved("MUG-1", 9, aisle=1)
    far = Bin.objects.create(warehouse=mug.warehouse, code="D04", aisle=4, bay=4)
    put_into(mug.pk, far.pk, 4)
    alice.post("/stock/counts/new/", choice(skus="MUG-1"))
    sheet = alice.get(f"/stock/counts/{Count.objects.get().pk}/").content.decode()
    assert [f"Units of MUG-1 in bin {code}" in sheet for code in ("A01", "D04")] == [True, True]
    Count.objects.update(state="discarded")
    shelved("JAR-1", 1, aisle=4)
    alice.post("/stock/counts/new/", choice(first=4))
    rows = CountLine.objects.filter(count__state="open").values_list("stock__product__sku", "bin__code")
    assert sorted(rows) == [("JAR-1", None), ("MUG-1", "D04")]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Nothing of this lies there"),
        ({"first": 9}, "Select a valid choice."),
        ({"first": 1, "skus": "A-1"}, "Either aisles or products, not both."),
        ({"skus": "A-1\nNONE"}, "Line 2: “NONE” is no SKU or barcode."),
        ({"skus": "PAN-1"}, "Nothing of this lies there"),
        ({"first": 1, "name": ""}, "This field is required."),
        ({"first": 2}, "In another open count: B-1. Nothing was changed."),
    ],
)
def test_what_cannot_be_counted_comes_back_as_it_was_typed(
    alice: Client, noon: datetime, fields: dict[str, object], fault: str
) -> None:
    shelved("A-1", 5, aisle=1)
    make_product("PAN-1")
    opened(shelved("B-1", 5, aisle=2))
    answer = alice.post("/stock/counts/new/", choice(**fields))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert answer.context["form"]["skus"].value() == fields.get("skus", "")
    assert Count.objects.count() == 1


def test_a_sheet_has_an_end(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ordermgmt.stock.count_forms.MOST_LINES", 1)
    shelved("A-1", 5, aisle=1)
    shelved("A-2", 5, aisle=1)
    answer = alice.post("/stock/counts/new/", choice(first=1))
    assert "A count has at most 1 places: choose fewer aisles." in answer.content.decode()
    assert Count.objects.count() == 0


def test_the_form_offers_the_aisles_of_the_chosen_warehouse(alice: Client, noon: datetime) -> None:
    shelved("A-1", 5, aisle=1, bay=1)
    shelved("A-2", 5, aisle=1, bay=7)
    make_warehouse("YORK", priority=99)
    assert [
        (row.number, row.first, row.last, row.places) for row in aisles_of(Warehouse.objects.get(code="LEEDS"))
    ] == [(1, "A01", "A07", 2)]
    assert "1: A01 to A07, 2 places" in alice.get("/stock/counts/new/?warehouse=LEEDS").content.decode()
    york = alice.get("/stock/counts/new/?warehouse=YORK")
    assert "A01" not in york.content.decode()
    assert york.context["form"]["name"].value() == "York Mon 4 May"


def test_without_a_warehouse_there_is_nothing_to_count(alice: Client) -> None:
    assert alice.get("/stock/counts/new/").status_code == 404


def test_the_sheet_is_blind_until_it_is_submitted(alice: Client, noon: datetime) -> None:
    count = opened(shelved("MUG-1", 4711, aisle=1), shelved("JAR-1", 815, aisle=1))
    alice.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 4000, ""))
    page = alice.get(f"/stock/counts/{count.pk}/")
    assert "4711" not in page.content.decode()
    assert "4,711" not in page.content.decode()
    assert "815" not in page.content.decode()
    assert page.context["page"].variances == ()
    alice.post(f"/stock/counts/{count.pk}/enter/", {**numbers(count, 4000, 815), "then": "submit"})
    assert "4,711" in alice.get(f"/stock/counts/{count.pk}/").content.decode()


def test_the_sheet_follows_the_shelves(noon: datetime) -> None:
    count = opened(shelved("C", 1, aisle=2), shelved("B", 1, aisle=1, bay=9), shelved("A", 1, aisle=1, bay=10))
    assert [line.stock.product.sku for line in count_page(count.pk).lines] == ["B", "A", "C"]


def test_numbers_are_kept_and_only_new_ones_are_entered_again(alice: Client, noon: datetime) -> None:
    count = opened(shelved("MUG-1", 5, aisle=1), shelved("JAR-1", 5, aisle=1))
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 4, ""))
    assert said(answer) == [("success", "1 number kept.")]
    bob = signed_in(make_bob())
    assert bob.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 4, 5)).status_code == 403
    enter_count(count.lines.order_by("id")[1].pk, counted=6, by="bob")
    alice.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 4, 5))
    lines = count.lines.order_by("id").values_list("counted", "counted_by")
    assert list(lines) == [(4, "alice"), (5, "alice")]
    assert balances() == [5, 5]


@pytest.mark.parametrize(("number", "fault"), [("-1", "0 or more."), ("few", "Whole units, please.")])
def test_one_bad_number_keeps_none_and_loses_none(alice: Client, noon: datetime, number: str, fault: str) -> None:
    count = opened(shelved("MUG-1", 5, aisle=1), shelved("JAR-1", 5, aisle=1))
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 4, number))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert {each.field.value() for each in answer.context["form"].rows()} == {"4", number}
    assert count.lines.filter(counted=None).count() == 2


def test_a_count_with_gaps_is_not_submitted_but_its_numbers_are_kept(alice: Client, noon: datetime) -> None:
    count = opened(shelved("MUG-1", 5, aisle=1), shelved("JAR-1", 5, aisle=1))
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", {**numbers(count, 4, ""), "then": "submit"})
    assert said(answer) == [("error", "Not counted yet: JAR-1.")]
    assert Count.objects.get().state == "open"
    assert sorted(count.lines.values_list("counted", flat=True), key=str) == [4, None]


def test_small_differences_are_booked_at_once(alice: Client, noon: datetime) -> None:
    count = opened(shelved("MUG-1", 5, aisle=1))
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", {**numbers(count, 3), "then": "submit"})
    assert said(answer) == [("success", "The count is booked: its differences were small.")]
    assert (balances(), Count.objects.get().state) == ([3], "booked")


def test_large_differences_wait_for_another_person(alice: Client, noon: datetime) -> None:
    count = opened(shelved("MUG-1", 37, aisle=1))
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", {**numbers(count, 30), "then": "submit"})
    assert said(answer) == [("success", "The count waits for a second person: its differences are large.")]
    page = count_page(count.pk)
    assert (page.units, page.value, page.agreed) == ("\N{MINUS SIGN}7", "\N{MINUS SIGN}£70.00", 0)
    shown = alice.get(f"/stock/counts/{count.pk}/").content.decode()
    assert "somebody else has to approve it" in shown
    assert "Approve and book" not in shown
    refused = alice.post(f"/stock/counts/{count.pk}/approve/")
    assert said(refused) == [
        ("error", "alice has submitted this count, somebody else has to approve it. Nothing was changed.")
    ]
    assert (balances(), Count.objects.get().state) == ([37], "submitted")


def test_the_other_person_approves(alice: Client, noon: datetime) -> None:
    count = submitted(-7)
    assert "Approve and book" in alice.get(f"/stock/counts/{count.pk}/").content.decode()
    assert said(alice.post(f"/stock/counts/{count.pk}/approve/")) == [("success", "The count is booked.")]
    assert (balances(), Count.objects.get().closed_by) == ([30], "alice")
    again = alice.post(f"/stock/counts/{count.pk}/approve/")
    assert said(again)[1:] == [("error", "Cannot approve the count Monday now: it is booked. Nothing was changed.")]
    assert balances() == [30]


def test_a_discarded_count_changes_nothing(alice: Client, noon: datetime) -> None:
    count = submitted(+8)
    alice.post(f"/stock/counts/{count.pk}/discard/")
    assert (balances(), Count.objects.get().state) == ([37], "discarded")
    assert "Discard" not in alice.get(f"/stock/counts/{count.pk}/").content.decode().replace("Discarded", "")


def test_numbers_for_an_ended_count_are_refused(alice: Client, noon: datetime) -> None:
    count = submitted(0)
    answer = alice.post(f"/stock/counts/{count.pk}/enter/", numbers(count, 1))
    assert said(answer) == [("error", "Cannot enter a number into the count Monday now: it is booked.")]
    assert balances() == [37]


def test_the_list_shows_what_waits_before_what_ended(alice: Client, noon: datetime) -> None:
    ended = submitted(0)
    waiting = opened(shelved("JAR-1", 5, aisle=1))
    page = count_list()
    assert [(row.count.pk, row.counted, row.places) for row in page.open] == [(waiting.pk, 0, 1)]
    assert [(row.count.pk, row.counted, row.places) for row in page.closed] == [(ended.pk, 1, 1)]
    assert alice.get("/stock/counts/").status_code == 200


@pytest.mark.parametrize("action", ["enter", "approve", "discard"])
def test_sam_looks_but_counts_nothing(sam: Client, noon: datetime, action: str) -> None:
    count = opened(shelved("MUG-1", 5, aisle=1))
    page = sam.get(f"/stock/counts/{count.pk}/").content.decode()
    assert "may look, but not change stock" in page
    assert '<input type="number"' not in page
    assert sam.get(f"/stock/counts/{count.pk}/{action}/").status_code == 405
    assert sam.post(f"/stock/counts/{count.pk}/{action}/", numbers(count, 1)).status_code == 403
    assert Count.objects.get().state == "open"


def test_an_unknown_count_is_not_found(alice: Client) -> None:
    assert alice.get("/stock/counts/1/").status_code == 404
    assert alice.post("/stock/counts/1/approve/").status_code == 404


@pytest.mark.parametrize("address", ["", "new/", "{}/"])
def test_pages_cost_at_most_five_queries(
    alice: Client, noon: datetime, django_assert_max_num_queries: object, address: str
) -> None:
    count = opened(*(shelved(f"MUG-{number}", 5, aisle=1) for number in range(4)))
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert alice.get(f"/stock/counts/{address.format(count.pk)}").status_code == 200
