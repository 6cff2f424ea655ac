"""`manage.py plan_cartons`: what it reads, what it prints, what it refuses."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

ROOT = Path(__file__).resolve().parents[3]
CARTON = {
    "name": "M",
    "inner": [300, 200, 100],
    "outer": [310, 210, 110],
    "tare_g": 100,
    "max_gross_g": 2000,
    "price": 0.31,
}
ITEM = {"sku": "BOOK", "quantity": 2, "size": [200, 100, 40], "weight_g": 700, "upright": True}


def instance(*, carton=None, item=None, order=None, **fields):
    """A file with one carton, one order and one item, some of it as the test wants."""
    orders = [{"id": "A-1", "items": [{**ITEM, **(item or {})}], **(order or {})}]
    given = {"cartons": [{**CARTON, **(carton or {})}], "rates": None, "objective": "cost", "orders": orders}
    return {**given, **fields}


def run(tmp_path, given, *options):
    path = tmp_path / "instance.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given))
    out, err = StringIO(), StringIO()
    call_command("plan_cartons", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_answer_is_one_json_document(tmp_path):
    out, err = run(tmp_path, instance(), "--json")
    assert err == ""
    assert json.loads(out) == {
        "orders": [
            {
                "id": "A-1",
                "cartons": [
                    {
                        "name": "M",
                        "items": [
                            {"sku": "BOOK", "at": [0, 0, 0], "size": [100, 200, 40]},
                            {"sku": "BOOK", "at": [100, 0, 0], "size": [100, 200, 40]},
                        ],
                        "gross_g": 1500,
                    }
                ],
                "cost": 0.31,
                "unpacked": [],
            }
        ],
        "cartons": 1,
    }


def test_without_json_it_is_read_by_people(tmp_path):
    large = {**ITEM, "sku": "DESK", "quantity": 1, "size": [900, 900, 900]}
    out, _ = run(tmp_path, instance(order={"items": [ITEM, large]}))
    assert out.splitlines() == [
        "Order A-1: 1 carton, cost 0.31",
        "  M    2 units    1,500 g",
        "  no carton     1 unit  of DESK",
        "1 carton in all",
    ]


def test_money_is_added_as_decimals(tmp_path):
    given = instance(carton={"price": 0.1, "max_gross_g": 800}, item={"quantity": 3})
    assert '"cost": 0.3,' in run(tmp_path, given, "--json")[0]  # 0.1 + 0.1 + 0.1 of floats is 0.30000000000000004


def test_what_one_order_takes_is_not_there_for_the_next(tmp_path):
    orders = [{"id": number, "items": [{**ITEM, "quantity": 1}]} for number in (1, 2, 3)]
    out, _ = run(tmp_path, instance(carton={"stock": 2}, orders=orders), "--json")
    answers = json.loads(out)["orders"]
    assert [(row["id"], len(row["cartons"]), row["unpacked"]) for row in answers] == [
        (1, 1, []),
        (2, 1, []),
        (3, 0, ["BOOK"]),
    ]


def test_rates_bill_the_outer_volume(tmp_path):
    # 310 × 210 × 110 mm are 7,161,000 mm³ or 1,433 g at 5,000; gross it is 800 g.
    rates = {"dim_divisor": 5000, "currency": "GBP", "breaks": [[1432, 2], [1433, 3], [5000, 4]]}
    out, _ = run(tmp_path, instance(rates=rates, item={"quantity": 1}), "--json")
    assert json.loads(out)["orders"][0]["cost"] == 3.31


def test_what_is_fragile_keeps_its_distance(tmp_path):
    out, _ = run(tmp_path, instance(item={"quantity": 1, "fragile": True}), "--json")
    (placed,) = json.loads(out)["orders"][0]["cartons"][0]["items"]
    assert (placed["at"], placed["size"]) == ([20, 20, 20], [200, 100, 40])


def test_long_work_tells_how_far_it_is_but_not_in_the_answer(tmp_path):
    orders = [{"id": number, "items": [ITEM]} for number in range(200)]
    out, err = run(tmp_path, instance(orders=orders), "--json")
    assert json.loads(out)["cartons"] == 200
    assert err.splitlines() == ["100 orders planned", "200 orders planned"]


REFUSED = [
    ("{", "the file is not JSON: "),
    ("[]", "the file is no object"),
    (instance(orders=None), "the file: orders is no list"),
    (instance(objective="speed"), "the file: objective is neither cost nor count"),
    (instance(support=2), "the file: support is more than 1"),
    (instance(cartons=[CARTON, CARTON]), "the file: cartons has M twice"),
    (instance(orders=[{"id": 1, "items": []}] * 2), "the file: orders has 1 twice"),
    (instance(orders=[{"items": []}]), "orders[0]: id is neither a text nor a whole number"),
    (instance(carton={"inner": [300, -1, 100]}), "cartons[0]: inner is less than 1: -1"),
    (instance(carton={"inner": [300, 200]}), "cartons[0]: inner is not three sides in mm"),
    (instance(carton={"outer": [300, 200, 99]}), "cartons[0]: outer is less than inner"),
    (instance(carton={"price": "dear"}), "cartons[0]: price is no amount: dear"),
    (instance(carton={"price": -1}), "cartons[0]: price is no amount: -1"),
    (instance(carton={"price": float("nan")}), "the file has NaN, which is no number"),
    (instance(carton={"max_gross_g": 99}), "cartons[0]: max_gross_g is less than 100: 99"),
    (instance(carton={"colour": "red"}), "cartons[0]: colour is not known"),
    (instance(item={"uprigth": True}), "orders[0].items[0]: uprigth is not known"),
    (instance(item={"upright": 1}), "orders[0].items[0]: upright is neither true nor false"),
    (instance(item={"quantity": 0}), "orders[0].items[0]: quantity is less than 1: 0"),
    (instance(item={"quantity": 10_001}), "orders[0]: items are more than 10000 units"),
    (instance(item={"size": [1, 2.5, 3]}), "orders[0].items[0]: size is no whole number: 2.5"),
    (instance(item={"weight_g": True}), "orders[0].items[0]: weight_g is no whole number: True"),
    (instance(item={"sku": ""}), "orders[0].items[0]: sku is no text"),
    (instance(order={"items": [{"sku": "X"}]}), "orders[0].items[0]: quantity is missing"),
    (instance(order={"items": [ITEM, {**ITEM, "weight_g": 1}]}), "orders[0]: items have BOOK in two ways"),
    (instance(rates={"breaks": []}), "rates: breaks do not ascend"),
    (instance(rates={"breaks": [[2, 1], [2, 3]]}), "rates: breaks do not ascend"),
    (instance(rates={"breaks": [[2]]}), "rates: breaks is no list of pairs [g, price]"),
    (instance(rates={"breaks": [[2, 1]], "dim_divisor": 0}), "rates: dim_divisor is less than 1: 0"),
]


@pytest.mark.parametrize(("given", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_right_is_refused_by_name(tmp_path, given, said):
    with pytest.raises(CommandError) as refused:
        run(tmp_path, given, "--json")
    assert str(refused.value).startswith(said)


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="^nowhere.json cannot be read: "):
        call_command("plan_cartons", "nowhere.json")


def test_it_runs_without_a_database_on_what_is_piped_in(tmp_path):
    nowhere = {**os.environ, "DATA_DIR": str(tmp_path / "data")}
    nowhere.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "manage.py", "plan_cartons", "-", "--json"],
        cwd=ROOT,
        env=nowhere,
        input=json.dumps(instance()),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["cartons"] == 1
    assert list(tmp_path.rglob("PG_VERSION")) == []
