"""What a person does to the goods of one product: adjust, write off, move, serve earlier."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from inventory.models import Bin, BinMove, FurtherBin, LostPromise, Stock, StockMovement
from ordermgmt.stock.product_page import product_page
from orders.models import Order
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.people import signed_in

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnop"


@pytest.fixture
def petra(db: None) -> Client:
    """Petra works in the stock room: she may change stock, and no order."""
    user = User.objects.create_user("petra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_stock"))
    return signed_in(user)


def said(answer: HttpResponse) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def make_bin(code: str) -> Bin:
    return Bin.objects.create(warehouse=make_warehouse(), code=code, aisle=ord(code[0]) - 64, bay=1)


def typed(row: Stock, quantity: object, **fields: object) -> dict[str, object]:
    return {"key": KEY, "stock": row.pk, "quantity": quantity, **fields}


def on_hand() -> list[int]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", flat=True))


def test_petra_puts_units_into_another_bin_once(petra: Client) -> None:
    row = make_stock(make_product(), 10)
    own, other = (make_bin(code) for code in ("A01-1", "B02-1"))
    Stock.objects.update(bin=own)
    for _ in range(2):
        answer = petra.post("/stock/MUG-1/bins/", typed(row, "4", target="b02-1"))
        assert answer.status_code == 302
    assert list(FurtherBin.objects.values_list("bin", "units")) == [(other.pk, 4)]
    assert BinMove.objects.get().by == "petra"
    page = petra.get("/stock/MUG-1/").content.decode()
    assert '<span class="no">A01-1</span> 6, <span class="no">B02-1</span> 4' in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [({"target": "X"}, "There is no bin X in Leeds."), ({"source": "B02-1"}, "MUG-1 (0 left)")],
)
def test_units_are_put_from_where_they_lie_into_a_bin_that_is_there(petra: Client, fields, fault) -> None:
    row = make_stock(make_product(), 10)
    make_bin("B02-1")
    answer = petra.post("/stock/MUG-1/bins/", typed(row, "4", **fields))
    assert (answer.status_code, FurtherBin.objects.count()) == (422, 0)
    assert fault in answer.content.decode()


@pytest.mark.parametrize(("quantity", "left"), [("-3", 7), ("5", 15)])
def test_petra_adjusts_what_is_on_hand(petra: Client, quantity: str, left: int) -> None:
    row = make_stock(make_product(), 10)
    answer = petra.post("/stock/MUG-1/adjust/", typed(row, quantity, reason="Recounted"))
    assert answer.headers["Location"] == "/stock/MUG-1/"
    assert said(answer) == [("success", f"Adjusted by {int(quantity):+}.")]
    assert on_hand() == [left]
    line = StockMovement.objects.latest("id")
    assert (line.kind, line.quantity, line.by, line.reason) == ("adjust", int(quantity), "petra", "Recounted")


def test_a_double_click_books_once(petra: Client) -> None:
    row = make_stock(make_product(), 10)
    for _ in range(2):
        answer = petra.post("/stock/MUG-1/adjust/", typed(row, "-3", reason="Broken"))
        assert answer.status_code == 302
    assert on_hand() == [7]


def test_a_used_form_with_other_numbers_is_refused_and_can_be_sent_again(petra: Client) -> None:
    row = make_stock(make_product(), 10)
    petra.post("/stock/MUG-1/adjust/", typed(row, "-3", reason="Broken"))
    answer = petra.post("/stock/MUG-1/adjust/", typed(row, "-4", reason="Broken <again>"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This form was booked before with other numbers." in page
    assert "Broken &lt;again&gt;" in page
    assert on_hand() == [7]
    form = answer.context["moves"][0]
    assert form["key"].value() != KEY
    petra.post("/stock/MUG-1/adjust/", {**form.data.dict()})
    assert on_hand() == [3]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"quantity": "0"}, "Which way, and by how many units?"),
        ({"quantity": "many"}, "Enter a whole number."),
        ({"quantity": ""}, "This field is required."),
        ({"quantity": "99999999999"}, "less than or equal to 1000000"),
        ({"reason": "  "}, "This field is required."),
        ({"stock": "0"}, "Select a valid choice."),
        ({"key": "short"}, "This form has no key."),
    ],
)
def test_what_cannot_be_meant_comes_back_with_all_that_was_typed(
    petra: Client, fields: dict[str, str], fault: str
) -> None:
    row = make_stock(make_product(), 10)
    answer = petra.post("/stock/MUG-1/adjust/", {**typed(row, "-3", reason="Water damage"), **fields})
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert ("Water damage" in answer.content.decode()) is ("reason" not in fields)
    assert on_hand() == [10]


def test_a_stock_of_another_product_is_not_touched_from_here(petra: Client) -> None:
    make_stock(make_product(), 10)
    other = make_stock(make_product("JAR-1"), 10)
    assert petra.post("/stock/MUG-1/adjust/", typed(other, "-3", reason="x")).status_code == 422
    assert on_hand() == [10, 10]


def test_writing_off_more_than_there_is_is_refused(petra: Client) -> None:
    row = make_stock(make_product(), 2)
    answer = petra.post("/stock/MUG-1/write-off/", typed(row, "3", reason="Fell down"))
    assert answer.status_code == 422
    assert "Not enough stock: MUG-1 (2 left). Nothing was changed." in answer.content.decode()
    assert "Fell down" in answer.content.decode()
    assert on_hand() == [2]


def test_writing_off_what_is_promised_names_who_has_lost_it(alice: Client, noon: datetime) -> None:
    row = make_stock(make_product(), 5)
    first, second = make_order([("MUG-1", 2)]), make_order([("MUG-1", 3)])
    answer = alice.post("/stock/MUG-1/write-off/", typed(row, "4", reason="Flood"))
    assert [level for level, _ in said(answer)] == ["success", "error"]
    assert on_hand() == [1]
    losses = product_page("MUG-1").turns.lost
    assert [(loss.holder.order, loss.quantity, loss.reason) for loss in losses] == [
        (first, 1, "Flood"),
        (second, 3, "Flood"),
    ]
    assert LostPromise.objects.count() == 2
    page = alice.get("/stock/MUG-1/").content.decode()
    assert "3 units promised and not there" in page
    assert f"#{second.number}" in page


def test_free_units_move_to_another_warehouse(petra: Client, noon: datetime) -> None:
    row = make_stock(make_product(), 5)
    york = make_warehouse("YORK")
    make_order([("MUG-1", 2)])
    answer = petra.post("/stock/MUG-1/transfer/", typed(row, "3", target=york.pk))
    assert said(answer) == [("success", "3 units moved to York.")]
    assert on_hand() == [2, 3]
    refused = petra.post("/stock/MUG-1/transfer/", typed(row, "1", target=york.pk, key=KEY[::-1]))
    assert (refused.status_code, on_hand()) == (422, [2, 3])
    assert "Not enough stock: MUG-1 (0 left)." in refused.content.decode()


def test_a_transfer_to_the_same_place_is_refused(petra: Client) -> None:
    row = make_stock(make_product(), 5)
    answer = petra.post("/stock/MUG-1/transfer/", typed(row, "3", target=row.warehouse_id))
    assert answer.status_code == 422
    assert "to another warehouse. Nothing was changed." in answer.content.decode()
    assert on_hand() == [5]


def queue() -> list[tuple[int, int, int]]:
    """Whoever waits, in turn: the order's number, the units missing, the priority."""
    turns = product_page("MUG-1").turns.waiting
    return [(turn.holder.order.number, turn.waiting, turn.priority) for turn in turns if turn.holder.order]


def test_those_who_wait_stand_in_turn_and_can_be_served_first(bob: Client, noon: datetime) -> None:
    make_stock(make_product(), 5, backorder_limit=10)
    first, second, third = (make_order([("MUG-1", 3)]) for _ in range(3))
    assert queue() == [(second.number, 1, 0), (third.number, 3, 0)]
    priority = product_page("MUG-1").turns.first
    answer = bob.post("/stock/MUG-1/serve/", {"order": third.number, "priority": priority})
    assert said(answer) == [("success", f"Order #{third.number} is served earlier now.")]
    assert queue() == [(first.number, 1, 0), (second.number, 3, 0)]
    bob.post("/stock/MUG-1/serve/", {"order": third.number, "priority": 0})
    assert queue() == [(second.number, 1, 0), (third.number, 3, 0)]
    assert product_page("MUG-1").turns.first == priority == 1


def test_petra_may_not_change_whose_turn_it_is(petra: Client, noon: datetime) -> None:
    make_stock(make_product(), 1, backorder_limit=10)
    order = make_order([("MUG-1", 3)])
    assert "Serve first" not in petra.get("/stock/MUG-1/").content.decode()
    assert petra.post("/stock/MUG-1/serve/", {"order": order.number, "priority": 1}).status_code == 403
    assert Order.objects.get().priority == 0


@pytest.mark.parametrize("priority", ["", "x", "1001", "-1001", "99999999999999999999"])
def test_a_turn_out_of_range_changes_nothing(bob: Client, noon: datetime, priority: str) -> None:
    make_stock(make_product(), 1, backorder_limit=10)
    order = make_order([("MUG-1", 3)])
    answer = bob.post("/stock/MUG-1/serve/", {"order": order.number, "priority": priority})
    assert [level for level, _ in said(answer)] == ["error"]
    assert Order.objects.get().priority == 0


def test_an_order_that_left_needs_no_turn(bob: Client, noon: datetime) -> None:
    order = make_order(state="shipped")
    answer = bob.post("/stock/MUG-1/serve/", {"order": order.number, "priority": 1})
    assert [level for level, _ in said(answer)] == ["error"]
    assert Order.objects.get().priority == 0


def test_an_order_that_does_not_exist_is_not_found(bob: Client) -> None:
    make_stock(make_product())
    assert bob.post("/stock/MUG-1/serve/", {"order": "1", "priority": "1"}).status_code == 404
