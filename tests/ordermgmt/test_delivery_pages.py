"""What suppliers bring: the list of deliveries, a new one, and taking in what comes."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from inventory.models import ExpectedDelivery, ExpectedLine, Stock
from inventory.services.deliveries import Receipt, close_delivery, expect_delivery, receive_delivery
from ordermgmt.stock.deliveries import delivery_list, delivery_page
from tests.factories import make_product, make_warehouse
from tests.ordermgmt.test_stock_pages import make_bundle

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnop"
TODAY = date(2026, 5, 4)


def announced(reference: str = "PO-1", *, days: int = 1, **units: int) -> ExpectedDelivery:
    """A delivery to Leeds; `units` by SKU, ten mugs where none are named."""
    goods = {make_product(sku.replace("_", "-")).pk: count for sku, count in (units or {"MUG_1": 10}).items()}
    due = TODAY + timedelta(days=days)
    return expect_delivery(
        make_warehouse(), reference=reference, supplier="Hallam", due_on=due, units=goods, by="alice"
    )


def said(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def balance(sku: str = "MUG-1") -> int:
    return Stock.objects.get(product__sku=sku).on_hand


def come(line: ExpectedLine, good: object = "", damaged: object = "", *, key: str = KEY) -> dict[str, object]:
    return {"key": key, f"good-{line.pk}": good, f"damaged-{line.pk}": damaged}


def new_delivery(**fields: str) -> dict[str, object]:
    return {
        "warehouse": make_warehouse().pk,
        "reference": "PO-7",
        "supplier": "Hallam",
        "due_on": "2026-05-08",
        "lines": "MUG-1 40",
        **fields,
    }


def test_the_list_shows_the_most_urgent_first_and_marks_what_is_late(alice: Client, noon: datetime) -> None:
    announced("PO-LATER", days=9)
    announced("PO-LATE", days=-1)
    announced("PO-TODAY", days=0)
    done = announced("PO-DONE", days=-5)
    close_delivery(done.pk, by="alice")
    page = delivery_list()
    assert [(row.delivery.reference, row.late) for row in page.open] == [
        ("PO-LATE", True),
        ("PO-TODAY", False),
        ("PO-LATER", False),
    ]
    assert [(row.delivery.reference, row.late) for row in page.closed] == [("PO-DONE", False)]
    shown = alice.get("/stock/deliveries/").content.decode()
    assert "1 late" in shown
    assert "10 never came" in shown


def test_an_empty_list_says_so(alice: Client) -> None:
    assert "Nothing is on its way" in alice.get("/stock/deliveries/").content.decode()


def test_the_list_costs_four_queries(alice: Client, noon: datetime, django_assert_num_queries: object) -> None:
    announced("PO-1", MUG_1=3, JAR_1=4)
    announced("PO-2")
    with django_assert_num_queries(4):  # type: ignore[operator]
        alice.get("/stock/deliveries/")


def test_a_page_costs_five_queries_however_many_lines(
    alice: Client, noon: datetime, django_assert_num_queries: object
) -> None:
    row = announced("PO-1", MUG_1=3, JAR_1=4, PAN_1=5)
    with django_assert_num_queries(5):  # type: ignore[operator]
        alice.get(f"/stock/deliveries/{row.pk}/")


def test_a_delivery_is_announced_by_sku_or_barcode_as_pasted(alice: Client, noon: datetime) -> None:
    make_product()
    make_product("JAR 1", barcode="4006381333931")
    answer = alice.post("/stock/deliveries/new/", new_delivery(lines="mug-1\t40\r\n\r\n 4006381333931; 12 \r\n"))
    row = ExpectedDelivery.objects.get()
    assert answer.headers["Location"] == f"/stock/deliveries/{row.pk}/"
    assert (row.reference, row.supplier, row.due_on, row.opened_by) == ("PO-7", "Hallam", date(2026, 5, 8), "alice")
    lines = row.lines.order_by("id").values_list("stock__product__sku", "expected")
    assert list(lines) == [("MUG-1", 40), ("JAR 1", 12)]


def test_a_product_can_be_suggested(alice: Client) -> None:
    make_warehouse()
    assert "MUG-1</textarea>" in alice.get("/stock/deliveries/new/?sku=MUG-1").content.decode()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"lines": "PAN-1 4"}, "Line 1: “PAN-1” is no SKU or barcode."),
        ({"lines": "MUG-1 4\nMUG-1"}, "Line 2: “MUG-1” does not end with a number of units."),
        ({"lines": "MUG-1 4\nmug-1 5"}, "Line 2: MUG-1 stands above already."),
        ({"lines": "MUG-1 0"}, "Line 1: units go from 1 to 1,000,000."),
        ({"lines": "MUG-1 1000001"}, "Line 1: units go from 1 to 1,000,000."),
        ({"lines": "MUG-1 1\n" * 301}, "301 lines are too many for one sheet: make it 300 at most."),
        ({"lines": " \n "}, "This field is required."),
        ({"due_on": "soon"}, "Enter a valid date."),
        ({"lines": "BOX-1 2"}, "Bundles have no stock of their own: BOX-1. Nothing was changed."),
        ({"reference": "PO-1"}, "Another delivery has the reference PO-1. Nothing was changed."),
    ],
)
def test_what_cannot_be_announced_comes_back_as_it_was_typed(
    alice: Client, noon: datetime, fields: dict[str, str], fault: str
) -> None:
    make_bundle()
    announced("PO-1")
    answer = alice.post("/stock/deliveries/new/", new_delivery(**fields))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert answer.context["form"]["lines"].value() == fields.get("lines", "MUG-1 40")
    assert ExpectedDelivery.objects.count() == 1


def test_a_part_comes_then_the_rest_with_one_too_many(alice: Client, noon: datetime) -> None:
    row = announced()
    line = row.lines.get()
    answer = alice.post(f"/stock/deliveries/{row.pk}/receive/", come(line, 6, 1))
    assert said(answer) == [("success", "6 units taken in, 1 damaged unit set apart.")]
    assert balance() == 6
    assert [mark.label for mark in delivery_page(row.pk).lines[0].marks] == ["1 damaged", "3 to come"]
    alice.post(f"/stock/deliveries/{row.pk}/receive/", come(line, 4, key=KEY[::-1]))
    page = delivery_page(row.pk)
    assert (balance(), page.received, page.damaged, page.outstanding) == (10, 10, 1, 0)
    assert [mark.label for mark in page.lines[0].marks] == ["1 too many", "1 damaged"]
    assert [(each.good, each.damaged) for each in page.receipts] == [(4, 0), (6, 1)]


def test_a_double_click_takes_in_once(alice: Client, noon: datetime) -> None:
    row = announced()
    for _ in range(2):
        assert alice.post(f"/stock/deliveries/{row.pk}/receive/", come(row.lines.get(), 6)).status_code == 302
    assert balance() == 6


def test_each_form_has_a_key_of_its_own_and_the_rest_can_be_filled_in(alice: Client, noon: datetime) -> None:
    row = announced()
    receive_delivery(row.pk, received={row.lines.get().pk: Receipt(3, 0)}, key="k", by="bob")
    plain, full = (alice.get(f"/stock/deliveries/{row.pk}/{query}").context["form"] for query in ("", "?all=1"))
    assert len({plain["key"].value(), full["key"].value()}) == 2
    assert [[each.good.value() for each in form.rows()] for form in (plain, full)] == [[None], [7]]


@pytest.mark.parametrize(
    ("good", "fault"), [("", "Type how many units have come."), ("-1", "0 or more."), ("some", "Whole units, please.")]
)
def test_what_cannot_have_come_is_refused(alice: Client, noon: datetime, good: str, fault: str) -> None:
    row = announced()
    answer = alice.post(f"/stock/deliveries/{row.pk}/receive/", come(row.lines.get(), good, ""))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert balance() == 0


def test_nothing_comes_of_a_closed_delivery_and_the_page_says_so(alice: Client, noon: datetime) -> None:
    row = announced()
    assert said(alice.post(f"/stock/deliveries/{row.pk}/close/")) == [("success", "Delivery PO-1 is closed.")]
    answer = alice.post(f"/stock/deliveries/{row.pk}/receive/", come(row.lines.get(), 6))
    assert answer.status_code == 422
    assert "Cannot receive delivery PO-1 now: it is closed. Nothing was changed." in answer.content.decode()
    assert balance() == 0
    again = alice.post(f"/stock/deliveries/{row.pk}/close/")
    assert said(again) == [("error", "Cannot close delivery PO-1 now: it is closed. Nothing was changed.")]


def test_what_nobody_expected_gets_a_line(alice: Client, noon: datetime) -> None:
    row = announced()
    make_product("JAR-1")
    alice.post(f"/stock/deliveries/{row.pk}/lines/", {"name": "jar-1"})
    line = row.lines.get(stock__product__sku="JAR-1")
    alice.post(f"/stock/deliveries/{row.pk}/receive/", come(line, 2))
    assert balance("JAR-1") == 2
    assert [mark.label for mark in delivery_page(row.pk).lines[1].marks] == ["Not expected"]
    answer = alice.post(f"/stock/deliveries/{row.pk}/lines/", {"name": "PAN-1"})
    assert answer.status_code == 422
    assert "“PAN-1” is no SKU or barcode." in answer.content.decode()
    assert row.lines.count() == 2


@pytest.mark.parametrize("action", ["receive", "lines", "close"])
def test_sam_looks_but_takes_nothing_in(sam: Client, noon: datetime, action: str) -> None:
    row = announced()
    page = sam.get(f"/stock/deliveries/{row.pk}/").content.decode()
    assert "may look, but not change stock" in page
    assert "Take it in" not in page
    assert sam.get(f"/stock/deliveries/{row.pk}/{action}/").status_code == 405
    assert sam.post(f"/stock/deliveries/{row.pk}/{action}/", come(row.lines.get(), 6)).status_code == 403
    assert (balance(), ExpectedDelivery.objects.get().state) == (0, "open")


def test_an_unknown_delivery_is_not_found(alice: Client) -> None:
    assert alice.get("/stock/deliveries/1/").status_code == 404
    assert alice.post("/stock/deliveries/1/close/").status_code == 404
