"""`manage.py reconcile_stock` says what contradicts what, and with --repair leaves books that agree."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from inventory import clock
from inventory import services as stock
from inventory.models import LostPromise, Reservation, Stock, StockHold
from ordermgmt.verify import verify
from orders.models import OrderLine
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
AGREE = "Stock, ledger and promises agree.\n"


def run(*flags):
    """What it prints, and its exit code."""
    out = StringIO()
    try:
        call_command("reconcile_stock", *flags, stdout=out)
    except CommandError as failure:
        return out.getvalue(), failure.returncode
    return out.getvalue(), 0


def past_the_services(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


def orphaned(row, key, units):
    """A promise that is reserved for, as if whoever ended its purpose had forgotten it."""
    Reservation.objects.create(stock=row, key=key, quantity=units)
    past_the_services("UPDATE inventory_stock SET reserved = reserved + %s WHERE id = %s", units, row.pk)


def balance():
    return Stock.objects.values_list("on_hand", "reserved").get()


def breaches():
    return [breach for check in verify().checks for breach in check.breaches]


def key_of(order):
    return order.lines.get().reservation_key


def test_books_that_agree_are_left_alone():
    make_order([("MUG-1", 2)], state="approved")
    make_order([("MUG-1", 1)], state="shipped")
    assert run() == run("--repair") == (AGREE, 0)
    assert balance() == (9, 2)


def test_a_basket_that_is_held_is_no_drift():
    mug = make_stock(make_product(), 10).product
    hold = StockHold.objects.create(token="abc", channel="web", expires_at=clock.now())
    stock.promise([stock.Want(hold.reservation_key, mug.pk, mug.sku, 2), stock.Want("cart:1", mug.pk, mug.sku, 1)])
    assert run("--repair") == (AGREE, 0)
    assert balance() == (10, 3)


@pytest.mark.parametrize(
    ("sql", "sentence", "done"),
    [
        ("on_hand = 12", "12 on hand, the ledger says 10", "10 on hand, was 12"),
        ("on_hand = 7", "7 on hand, the ledger says 10", "10 on hand, was 7"),
        ("reserved = 5", "5 reserved, the promises say 2", "2 reserved, was 5"),
        ("reserved = 0", "0 reserved, the promises say 2", "2 reserved, was 0"),
    ],
)
def test_a_balance_follows_what_stands_behind_it(sql, sentence, done):
    make_order([("MUG-1", 2)], state="approved")
    past_the_services(f"UPDATE inventory_stock SET {sql}")
    assert run() == (f"Differs:\n  MUG-1 in LEEDS: {sentence}\n", 1)
    assert breaches() == [f"MUG-1 in LEEDS: {sentence}"]
    assert run("--repair") == (
        f"Differs:\n  MUG-1 in LEEDS: {sentence}\nRepaired:\n  MUG-1 in LEEDS: {done}\n{AGREE}",
        0,
    )
    assert (balance(), breaches(), LostPromise.objects.count()) == ((10, 2), [], 0)


def test_without_repair_nothing_is_changed():
    make_order([("MUG-1", 2)], state="approved")
    past_the_services("UPDATE inventory_stock SET on_hand = 12, reserved = 4")
    assert run()[1] == run()[1] == 1
    assert balance() == (12, 4)


@pytest.mark.parametrize("state", ["shipped", "delivered", "reviewed"])
def test_what_was_sent_is_not_promised_any_more(state):
    order = make_order([("MUG-1", 2)], state=state)
    orphaned(Stock.objects.get(), key_of(order), 2)
    told = f"2 promised to {key_of(order)}, whose order {order.number} is {state}"
    assert run() == (f"Differs:\n  MUG-1 in LEEDS: {told}\n", 1)
    assert run("--repair") == (
        f"Differs:\n  MUG-1 in LEEDS: {told}\n"
        f"Repaired:\n  MUG-1 in LEEDS: 2 given back from {key_of(order)}\n  MUG-1 in LEEDS: 0 reserved, was 2\n{AGREE}",
        0,
    )
    assert (balance(), Reservation.objects.count(), breaches()) == ((8, 0), 0, [])


@pytest.mark.parametrize("state", ["cancelled", "rejected"])
def test_what_was_called_off_is_not_promised_any_more(state):
    order = make_order([("MUG-1", 2)], state="received")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    past_the_services("UPDATE orders_order SET state = %s", state)
    told = f"2 promised to {key_of(order)}, whose order {order.number} is {state}"
    assert run() == (f"Differs:\n  MUG-1 in LEEDS: {told}\n", 1)
    assert run("--repair")[1] == 0
    assert (balance(), Reservation.objects.count()) == ((10, 0), 0)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("line:987654", "which is of no order"),
        ("line:abc", "which is of no order"),
        ("line:99999999999999999999999", "which is of no order"),
        ("hold:gone", "which no basket holds"),
    ],
)
def test_a_promise_for_nobody_is_given_back_and_others_are_kept(key, told):
    make_order([("MUG-1", 2)], state="approved")
    orphaned(Stock.objects.get(), key, 3)
    assert run() == (f"Differs:\n  MUG-1 in LEEDS: 3 promised to {key}, {told}\n", 1)
    assert run("--repair")[1] == 0
    assert (balance(), breaches()) == ((10, 2), [])
    assert Reservation.objects.get().key == OrderLine.objects.get().reservation_key


def test_a_forgotten_promise_that_was_never_reserved_breaks_no_constraint():
    make_order([("MUG-1", 2)], state="approved")
    Reservation.objects.create(stock=Stock.objects.get(), key="hold:gone", quantity=9)
    told, code = run("--repair")
    assert (code, balance(), breaches()) == (0, (10, 2), [])
    assert "9 given back from hold:gone" in told
    assert "2 reserved" not in told.split("Repaired:")[1]


def test_promises_beyond_the_true_stock_are_lost_last_in_turn_first():
    first, second = (make_order([("MUG-1", units)], state="approved") for units in (7, 3))
    past_the_services("UPDATE inventory_stock SET on_hand = 14")
    orphaned(Stock.objects.get(), "line:987654", 1)
    Reservation.objects.filter(key=key_of(second)).update(quantity=6)
    told, code = run("--repair")
    assert (code, balance()) == (0, (10, 10))
    assert dict(Reservation.objects.values_list("key", "quantity")) == {key_of(first): 7, key_of(second): 3}
    (loss,) = LostPromise.objects.all()
    assert (loss.key, loss.quantity, loss.reason) == (key_of(second), 3, "The books were reconciled")
    assert f"MUG-1 in LEEDS: 3 taken from {key_of(second)}, for which there are no goods\n" in told
    assert run() == (AGREE, 0)


def test_every_stock_is_repaired_on_its_own():
    for sku in ("MUG-1", "PLATE"):
        make_stock(make_product(sku), 5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stock SET on_hand = on_hand + 1")
    assert run()[0] == (
        "Differs:\n  MUG-1 in LEEDS: 6 on hand, the ledger says 5\n  PLATE in LEEDS: 6 on hand, the ledger says 5\n"
    )
    assert run("--repair")[1] == 0
    assert list(Stock.objects.values_list("on_hand", flat=True)) == [5, 5]


def test_a_ledger_below_zero_is_left_to_a_person():
    make_stock(make_product(), 5)
    past_the_services(
        "INSERT INTO inventory_stockmovement (stock_id, kind, quantity, key, by, reason, at) "
        "SELECT id, 'adjust', -8, 'x', 'x', '', now() FROM inventory_stock"
    )
    told, code = run("--repair")
    assert (code, balance()) == (1, (0, 0))
    assert told.endswith("Still differs:\n  MUG-1 in LEEDS: 0 on hand, the ledger says -3\n")


def test_a_program_reads_the_same_as_json():
    make_order([("MUG-1", 2)], state="approved")
    past_the_services("UPDATE inventory_stock SET on_hand = 12")
    drift = ["MUG-1 in LEEDS: 12 on hand, the ledger says 10"]
    told, code = run("--json")
    assert (json.loads(told), code) == ({"ok": False, "drift": drift, "repaired": [], "left": drift}, 1)
    told, code = run("--json", "--repair")
    done = ["MUG-1 in LEEDS: 10 on hand, was 12"]
    assert (json.loads(told), code) == ({"ok": True, "drift": drift, "repaired": done, "left": []}, 0)
    assert json.loads(run("--json")[0]) == {"ok": True, "drift": [], "repaired": [], "left": []}
