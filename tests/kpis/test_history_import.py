"""A history comes in order by order or not at all, twice is once, and undone it is gone."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kpis.figures import report
from kpis.history_import import Outcome, run, undo
from kpis.history_import.rows import BadFile
from kpis.models import HistoryImport, HistoryRow, LineFact, OrderFact, ReturnFact
from orders.models import Customer
from tests.factories import make_order
from tests.kpis.past import as_file, invented

pytestmark = pytest.mark.django_db
NEEDED = "order_number,customer_id,sku,quantity,unit_price,placed_at"
ONE = f"{NEEDED}\nA1,c1,MUG,2,9.50,2025-03-01 10:00:00\n"


def take(text: str | bytes, *, dry_run: bool = False) -> Outcome:
    data = text if isinstance(text, bytes) else text.encode()
    return run(io.BytesIO(data), name="past.csv", by="alice", dry_run=dry_run)


def errors(text: str) -> list[tuple[int, str, str]]:
    outcome = take(text)
    return [(error["line"], error["order"], error["error"]) for error in outcome.errors]


def with_columns(names: str, *rows: str) -> str:
    """Orders A1, A2, …, each of one mug, with further columns."""
    lines = [f"A{place},c1,MUG,2,9.50,2025-03-01 10:00:00,{row}" for place, row in enumerate(rows, 1)]
    return "\n".join([f"{NEEDED},{names}", *lines, ""])


def test_one_order_of_one_line():
    outcome = take(ONE)
    fact, line = OrderFact.objects.get(), LineFact.objects.get()
    assert (outcome.kind, outcome.lines, outcome.errors) == ("history", 1, [])
    assert {name: outcome.counts[name] for name in ("orders_new", "units", "total")} == {
        "orders_new": 1,
        "units": 2,
        "total": 19,
    }
    assert (fact.channel, fact.number, fact.customer) == ("import", "A1", "h:c1")
    assert fact.placed_at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert (fact.delivered_at, fact.late, fact.contradictory) == (None, None, False)
    assert (line.sku, line.quantity, line.delivered, line.returned, line.scanned) == ("MUG", 2, 0, 0, None)
    assert HistoryRow.objects.count() == 0


def test_columns_come_in_any_order_and_the_rest_may_be_missing():
    take("PLACED_AT, sku ,unit_price,quantity,customer_id,order_number\n2025-07-01T10:00:00,MUG,1,1.0,c1,A1\n")
    assert OrderFact.objects.get().placed_at == datetime(2025, 7, 1, 9, tzinfo=UTC)  # London is an hour ahead


@pytest.mark.parametrize("cell", ["2025-07-01 10:00:00 +0200", "2025-07-01T08:00:00Z", "2025-07-01 08:00:00 UTC"])
def test_a_time_may_name_its_offset(cell):
    take(ONE.replace("2025-03-01 10:00:00", cell))
    assert OrderFact.objects.get().placed_at == datetime(2025, 7, 1, 8, tzinfo=UTC)


def test_a_promise_of_a_day_is_kept_until_its_end():
    take(
        with_columns(
            "delivered_at,promised_at",
            "2025-03-05 23:59:00,2025-03-05",
            "2025-03-06 00:00:00,2025-03-05",
            "2025-03-05 12:00:01,2025-03-05 12:00:00",
            "2025-03-05 12:00:00,",
            "20250305T235900,20250305",
        )
    )
    late = OrderFact.objects.order_by("number").values_list("late", flat=True)
    assert list(late) == [False, True, True, None, False]


def test_rows_of_one_order_need_not_stand_together():
    rows = [("A1", "MUG"), ("A2", "MUG"), ("A1", "JAR")]
    take("\n".join([NEEDED, *(f"{number},c1,{sku},1,2,2025-03-01" for number, sku in rows), ""]))
    assert sorted(OrderFact.objects.get(number="A1").lines.values_list("sku", "position")) == [("JAR", 4), ("MUG", 2)]


def test_an_order_is_placed_with_its_first_line_and_delivered_with_its_last():
    rows = ["10:00,2025-03-03 08:00", "10:01,2025-03-04 08:00", "10:02,"]
    text = "\n".join(
        ["order_number,customer_id,sku,quantity,unit_price,placed_at,delivered_at"]
        + [f"A1,c1,MUG,1,2,2025-03-01 {row}" for row in rows]
    )
    assert take(text).errors == []
    fact = OrderFact.objects.get()
    assert (fact.placed_at.hour, fact.placed_at.minute, fact.delivered_at.day) == (10, 0, 4)
    assert list(fact.lines.order_by("position").values_list("delivered_at__day", flat=True)) == [3, 4, 4]


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        (",2,9.50", ",0,9.50", "quantity: '0' is not a whole number from 1 to 1000000000"),
        (",2,9.50", ",2.5,9.50", "quantity: '2.5' is not a whole number from 1 to 1000000000"),
        (",2,9.50", ",,9.50", "quantity is empty"),
        ("9.50", "-1", "unit_price: '-1' is not an amount of 0 or more"),
        ("9.50", "nan", "unit_price: 'nan' is not an amount of 0 or more"),
        ("c1", "", "customer_id is empty"),
        ("2025-03-01 10:00:00", "01/03/2025", "placed_at: '01/03/2025' is not a date and time such as 2026-11-23"),
        ("2025-03-01 10:00:00", "0001-01-01", "placed_at: the year 1 is not from 1900 to 2199"),
        (",MUG", "", "has 5 cells instead of 6"),
        ("MUG", "M" * 65, "sku: has more than 64 characters"),
    ],
)
def test_a_bad_cell_refuses_its_order_and_says_the_line(was, now, wrong):
    good = "A2,c1,JAR,1,1,2025-03-01\n"
    ((line, _, said),) = errors(ONE.replace(was, now, 1) + good)
    assert (line, said.startswith(wrong)) == (2, True), said
    assert list(OrderFact.objects.values_list("number", flat=True)) == ["A2"]


@pytest.mark.parametrize(
    ("names", "cell", "wrong"),
    [
        ("returned_quantity", "3", "returned_quantity 3 is more than the quantity 2"),
        ("mispicked_quantity", "3", "mispicked_quantity 3 is more than the quantity 2"),
        ("csat", "6", "csat: '6' is not a whole number from 1 to 5"),
        ("nps", "11", "nps: '11' is not a whole number from 0 to 10"),
    ],
)
def test_numbers_out_of_range_are_told(names, cell, wrong):
    assert errors(with_columns(names, cell)) == [(2, "A1", wrong)]


def test_one_wrong_row_refuses_the_whole_order_and_no_other():
    text = f"{NEEDED}\nA1,c1,MUG,1,2,2025-03-01\nA2,c1,MUG,1,2,2025-03-01\nA1,c1,JAR,x,2,2025-03-01\n"
    outcome = take(text)
    assert [error["line"] for error in outcome.errors] == [4]
    assert (outcome.counts["orders_new"], outcome.counts["orders_refused"]) == (1, 1)
    assert list(OrderFact.objects.values_list("number", flat=True)) == ["A2"]


def test_rows_of_one_order_must_agree_on_the_customer():
    text = f"{NEEDED}\nA1,c1,MUG,1,2,2025-03-01\nA1,c2,JAR,1,2,2025-03-01\n"
    assert errors(text) == [(2, "A1", "rows of one order differ in customer")]
    assert not OrderFact.objects.exists()


def test_times_that_contradict_each_other_are_kept_flagged_and_counted():
    text = with_columns(
        "approved_at,shipped_at,delivered_at",
        "2025-03-01 11:00,2025-03-02,2025-03-03",
        "2025-03-01 09:00,2025-03-02,2025-03-03",
        ",2025-03-02,2025-03-01 12:00",
    )
    outcome = take(text)
    assert (outcome.errors, outcome.counts["orders_new"], outcome.counts["contradictory"]) == ([], 3, 2)
    told = report(datetime(2025, 3, 1, tzinfo=UTC).date(), datetime(2025, 4, 1, tzinfo=UTC).date())
    assert (told["lead_time"]["orders"], told["lead_time"]["excluded_contradictory"]) == (1, 2)


def test_a_day_alone_contradicts_no_time_of_that_day():
    take(
        with_columns(
            "approved_at,packed_at,delivered_at",
            "2025-03-01,2025-03-01 15:00:00,2025-03-01",
            "2025-03-01,2025-03-02,2025-03-01",
            "2025-02-28,,2025-03-02",
        )
    )
    first, second, third = OrderFact.objects.order_by("number")
    assert first.approved_at == first.placed_at
    assert first.delivered_at == first.packed_at == datetime(2025, 3, 1, 15, tzinfo=UTC)
    assert [fact.contradictory for fact in (first, second, third)] == [False, True, True]


def test_a_line_without_a_time_of_its_own_was_picked_and_delivered_with_its_order():
    times = "2025-03-02 10:00:00,2025-03-04 10:00:00"
    take(
        f"{NEEDED},picked_at,delivered_at\n"
        + "".join(f"A1,c1,{sku},1,9.50,2025-03-01 10:00:00,{own}\n" for sku, own in (("MUG", times), ("JAR", ",")))
    )
    fact = OrderFact.objects.get()
    assert set(LineFact.objects.values_list("picked_at", "delivered_at")) == {(fact.picked_at, fact.delivered_at)}


def test_amounts_of_several_currencies_are_not_added():
    outcome = take(with_columns("currency", "GBP", "EUR"))
    assert (outcome.counts["units"], outcome.counts["total"], outcome.counts["refunded"]) == (4, None, None)


def test_the_same_file_again_changes_nothing():
    data = as_file(invented(40))
    first = take(data)
    before = list(OrderFact.objects.order_by("pk").values())
    again = take(data)
    assert (first.counts["orders_new"], again.counts["orders_new"], again.counts["orders_known"]) == (40, 0, 40)
    assert list(OrderFact.objects.order_by("pk").values()) == before


def test_rows_in_another_order_are_the_same_history():
    rows = invented(10)
    take(as_file(rows))
    assert take(as_file(rows[::-1])).counts["orders_known"] == 10


def test_an_order_that_says_something_else_now_is_refused():
    take(ONE)
    assert errors(ONE.replace(",2,9.50", ",3,9.50")) == [(2, "A1", "was imported before and said something else then")]
    assert LineFact.objects.get().quantity == 2


def test_a_dry_run_says_the_same_and_leaves_nothing():
    data = as_file(invented(30)) + b"broken\n"
    tried = take(data, dry_run=True)
    assert (OrderFact.objects.count(), HistoryImport.objects.count(), HistoryRow.objects.count()) == (0, 0, 0)
    assert tried.history_id is None
    done = take(data)
    assert (tried.counts, tried.errors, tried.lines) == (done.counts, done.errors, done.lines)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_separated_as_spreadsheets_of_other_countries_do(separator):
    assert errors(ONE.replace(",", separator)) == []
    assert errors(SHOPIFY.replace(",", separator)) == []
    assert list(OrderFact.objects.order_by("channel", "number").values_list("number", "total")) == [
        ("A1", 19),
        ("#1001", 30),
        ("#1002", 8),
    ]


def test_a_price_is_rounded_and_an_answer_is_no_invitation():
    assert errors(with_columns("csat", "5").replace("9.50", "9.5005") + "B,c1,JAR,3,1e-50000,2025-03-01,\n") == []
    assert dict(LineFact.objects.values_list("sku", "unit_price")) == {"MUG": Decimal("9.501"), "JAR": 0}
    fact = OrderFact.objects.get(number="A1")
    assert (fact.answered_at, fact.invited_at) == (fact.placed_at, None)


def test_an_import_is_undone_whole_and_no_other_with_it():
    mine, other = take(as_file(invented(30))), take(ONE)
    assert ReturnFact.objects.exists()
    assert undo(mine.history_id, by="alice") == 30
    assert list(OrderFact.objects.values_list("number", flat=True)) == ["A1"]
    assert (LineFact.objects.count(), ReturnFact.objects.count()) == (1, 0)
    row = HistoryImport.objects.get(pk=mine.history_id)
    assert (row.status, row.undone_by) == ("undone", "alice")
    assert (undo(mine.history_id, by="bob"), undo(other.history_id, by="bob")) == (0, 1)
    assert take(as_file(invented(30))).counts["orders_new"] == 30


def test_a_customer_of_the_shop_is_known_by_their_address():
    customer = Customer.objects.create(email="marta@example.org", name="Marta")
    take(with_columns("email", "Marta@Example.org", ""))
    assert list(OrderFact.objects.order_by("number").values_list("customer", flat=True)) == [str(customer.pk), "h:c1"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "The first line must name the columns; missing: order_number"),
        ("order_number,sku\n", "missing: customer_id, quantity, unit_price, placed_at"),
        (f"{NEEDED},colour\n", "Unknown columns: colour. Known are order_number"),
        (f"{NEEDED},sku\n", "Columns named twice: sku."),
        (ONE.encode() + b"A2,c1,M\xfcg,1,1,2025-03-01\n", "The file is not in UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(text, wrong):
    with pytest.raises(BadFile, match=wrong):
        take(text)
    row = HistoryImport.objects.get()
    assert (row.status, OrderFact.objects.count(), HistoryRow.objects.count()) == ("failed", 0, 0)
    assert wrong in row.errors[0]["error"]


def test_a_byte_order_mark_and_cells_over_several_lines_are_fine():
    first = 'A1,c1,MUG,2,9.50,2025-03-01,"Broken.\nTwice\\, with a\ttab."'
    text = f"\ufeff{NEEDED},comment\n{first}\nA2,c1,MUG,1,1,2025-03-01,\n"
    assert errors(text) == []
    assert OrderFact.objects.get(number="A1").comment == "Broken.\nTwice\\, with a\ttab."


def test_live_orders_are_not_touched():
    order = make_order()
    OrderFact.objects.create(
        order=order, channel=order.channel.code, number=str(order.number), customer="1", placed_at=order.placed_at
    )
    text = ONE.replace("order_number", "channel,order_number").replace("A1", f"{order.channel.code},{order.number}")
    assert errors(text) == [(2, str(order.number), "is an order of this shop already")]


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Cancelled at,Refunded Amount,Billing Zip\n"
    "#1001,a@example.com,paid,2026-01-05 09:00:01 +0200,2026-01-06 08:00:00 +0200,EUR,30.00,2026-01-05 09:00:00 +0200,"
    "2,Mug - Red,12.00,MUG-RED,,5.50,'1002\n"
    "#1001,a@example.com,,,,,,,1,Gift wrap,6.00,,,,\n"
    "#1002,,voided,,,EUR,8.00,2026-01-06 09:00:00 +0200,1,Jar,8.00,JAR,2026-01-06 10:00:00 +0200,0.00,\n"
)


def test_shopifys_export_is_recognised_and_read_by_its_names():
    outcome = take(SHOPIFY)
    assert (outcome.kind, outcome.lines, outcome.errors) == ("shopify", 3, [])
    assert [float(outcome.counts[name]) for name in ("orders_new", "units", "total", "refunded")] == [2, 4, 38, 5.5]
    first, second = OrderFact.objects.order_by("number")
    assert (first.channel, first.number, first.customer) == ("shopify", "#1001", "h:a@example.com")
    assert first.approved_at == datetime(2026, 1, 5, 7, 0, 1, tzinfo=UTC)
    assert first.shipped_at == datetime(2026, 1, 6, 6, tzinfo=UTC)
    assert list(first.lines.order_by("position").values_list("sku", flat=True)) == ["MUG-RED", "Gift wrap"]
    assert (second.customer, second.cancelled_at) == ("h:order #1002", datetime(2026, 1, 6, 8, tzinfo=UTC))


def test_the_command_tells_counts_and_errors(tmp_path: Path):
    file = tmp_path / "past.csv"
    file.write_text(ONE + "A2,c1,MUG,x,1,2025-03-01\n")
    out = StringIO()
    call_command("import_history", file, "--dry-run", "--json", stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue())
    assert (told["orders_new"], told["orders_refused"], told["errors"][0]["line"]) == (1, 1, 3)
    assert (told["dry_run"], told["import"], OrderFact.objects.count()) == (True, None, 0)
    out = StringIO()
    call_command("import_history", file, stdout=out, stderr=StringIO())
    number = HistoryImport.objects.get().pk
    assert f"Import {number}: took in 1 orders with 2 units, 19.00 in all, from 2 lines" in out.getvalue()
    call_command("import_history", "--undo", str(number), stdout=out)
    assert OrderFact.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ([], "Name a file, or an import to undo."),
        (["/nowhere.csv"], "/nowhere.csv: No such file or directory"),
        (["--undo", "999"], "There is no import 999."),
    ],
)
def test_the_command_says_what_it_misses(arguments, wrong):
    with pytest.raises(CommandError, match=wrong):
        call_command("import_history", *arguments)
