"""What files of other systems bring along, and what comes after them: neither import nor fold is stopped by it."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kpis.fold import rebuild
from kpis.history_import import run, take_in, upload
from kpis.history_import.rows import BadFile
from kpis.models import Campaign, HistoryImport, OrderFact
from kpis.services import CampaignEntry, enter, forget_person
from orders.customers.merging import merge
from orders.models import Customer
from tests.factories import make_order

pytestmark = pytest.mark.django_db
NEEDED = "order_number,customer_id,sku,quantity,unit_price,placed_at"
A_DAY = "2025-03-01"


def take(text: str) -> list[str]:
    return [error["error"] for error in run(io.BytesIO(text.encode()), name="past.csv", by="alice").errors]


def test_a_live_order_may_come_to_have_an_imported_ones_number_and_is_folded_all_the_same() -> None:
    order = make_order()
    number, channel = order.number + 1, order.channel.code
    assert take(f"channel,{NEEDED}\n{channel},{number},c1,MUG,1,2,{A_DAY}\n") == []
    later = make_order(channel=order.channel)
    assert later.number == number
    rebuild(lambda done, of: None)
    assert sorted(OrderFact.objects.values_list("number", "order__number"), key=str) == [
        (str(order.number), order.number),
        (str(number), number),
        (str(number), None),
    ]


def test_an_order_of_this_shop_is_known_before_its_facts_are_folded() -> None:
    order = make_order()
    text = f"channel,{NEEDED}\n{order.channel.code},{order.number},c1,MUG,1,2,{A_DAY}\n"
    assert take(text) == ["is an order of this shop already"]


def test_an_imported_number_is_there_once() -> None:
    assert take(f"{NEEDED}\nA1,c1,MUG,1,2,{A_DAY}\n") == []
    fact = OrderFact.objects.get()
    fact.pk = None
    with pytest.raises(IntegrityError, match="one_imported_fact"), transaction.atomic():
        fact.save(force_insert=True)


def test_an_order_that_comes_to_too_much_is_refused_and_no_other() -> None:
    rows = [f"A1,c1,MUG,1000000000,99999999999,{A_DAY}", f"A2,c1,MUG,1,2,{A_DAY}"]
    assert take("\n".join([NEEDED, *rows])) == ["comes to more than 99999999999.999"]
    assert list(OrderFact.objects.values_list("number", flat=True)) == ["A2"]


def test_lines_may_end_as_an_old_mac_writes_them() -> None:
    assert take(f"{NEEDED}\rA1,c1,MUG,1,2,{A_DAY}\r") == []
    assert OrderFact.objects.count() == 1


@pytest.mark.parametrize("head", ['"' + "x" * 200_000, f'{NEEDED},"' + "x" * 200_000])
def test_a_head_that_never_ends_is_told(head: str) -> None:
    with pytest.raises(BadFile, match="breaks in line 1: field larger than field limit"):
        take(head)


def test_what_the_database_cannot_hold_ends_the_upload_and_is_not_tried_forever() -> None:
    rows = [f"A{number},c1,MUG,1,99999999999,{A_DAY}" for number in range(11_000)]
    row = upload([("\n".join([NEEDED, *rows])).encode()], name="past.csv", by="alice")
    take_in(row.pk)
    row.refresh_from_db()
    assert (row.status, row.due_at, OrderFact.objects.count()) == (HistoryImport.Status.FAILED, None, 0)
    assert "The database cannot hold it" in row.errors[0]["error"]


def test_a_row_that_contradicts_itself_is_not_hidden_by_another() -> None:
    rows = [
        f"A1,c1,MUG,1,2,{A_DAY},2025-03-05,2025-03-03,2025-03-06",
        f"A1,c1,JAR,1,2,{A_DAY},2025-03-02,2025-03-07,2025-03-08",
        f"A2,c1,JAR,1,2,{A_DAY},2025-03-02,2025-03-07,2025-03-08",
    ]
    assert take("\n".join([f"{NEEDED},picked_at,shipped_at,delivered_at", *rows])) == []
    assert dict(OrderFact.objects.values_list("number", "contradictory")) == {"A1": True, "A2": False}


def test_a_campaign_knows_customers_by_their_address() -> None:
    customer = Customer.objects.create(email="ann@shop.example", name="Ann")
    named = ["Ann@shop.example", "bo@old.example", "7", str(customer.pk), "h:x@y"]
    row, _ = enter(CampaignEntry("Letter", date(2025, 3, 1), date(2025, 3, 2), customers=named), by="alice")
    assert row.customers == [str(customer.pk), "h:bo@old.example", "7", "h:x@y"]


def test_imported_orders_go_along_when_their_customer_is_merged() -> None:
    order, other = make_order(), Customer.objects.create(email="ann@shop.example", name="Ann")
    text = f"{NEEDED},email\nA1,c1,MUG,1,2,{A_DAY},{{}}\n".format
    assert take(text(order.customer.email)) == []
    merge(other.pk, duplicate_id=order.customer_id, by="alice")
    rebuild(lambda done, of: None)
    assert take(text(order.customer.email).replace("A1", "A2")) == []
    imported = OrderFact.objects.filter(history__isnull=False)
    assert set(imported.values_list("number", "customer")) == {(number, str(other.pk)) for number in ("A1", "A2")}


def test_a_forgotten_person_is_in_no_imported_history_and_no_campaign() -> None:
    text = f"{NEEDED},comment\nA1,bo@old.example,MUG,1,2,{A_DAY},Bo here\nA2,other,MUG,1,2,{A_DAY},mine\n"
    assert take(text) == []
    enter(CampaignEntry("Letter", date(2025, 3, 1), date(2025, 3, 2), customers=["bo@old.example"]), by="alice")
    forget_person(7, ["bo@old.example"])
    assert set(OrderFact.objects.values_list("customer", "comment")) == {("h:erased 7", ""), ("h:other", "mine")}
    assert Campaign.objects.get().customers == ["h:erased 7"]
