"""`plan_route` and `plan_batches` read what the formats say and refuse the rest; neither needs a database."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from ordermgmt.stack.places import PROJECT_DIR, Places

SQUARE = {"edges": [[0, 1, 10], [1, 2, 5.5], [2, 3, 10], [3, 0, 5.5]], "depot": 0}
LAYOUT = {"layout": {"aisles": 2, "bays": 4, "bay_m": 1, "aisle_m": 5, "cross_aisles": 2}}


def planned(tmp_path, command, instance, *flags):
    """What it prints and tells."""
    file = tmp_path / "instance.json"
    file.write_text(instance if isinstance(instance, str) else json.dumps(instance))
    out, err = io.StringIO(), io.StringIO()
    call_command(command, str(file), *flags, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(tmp_path, command, instance):
    """Why, and that nothing was printed."""
    out = io.StringIO()
    file = tmp_path / "instance.json"
    file.write_text(instance if isinstance(instance, str) else json.dumps(instance))
    with pytest.raises(CommandError) as refusal:
        call_command(command, str(file), "--json", stdout=out)
    assert (out.getvalue(), refusal.value.returncode) == ("", 1)
    return str(refusal.value)


def test_a_route_through_a_graph(tmp_path):
    out, err = planned(tmp_path, "plan_route", {**SQUARE, "stops": [2, 1, 2]}, "--json")
    answer = json.loads(out)
    assert sorted(answer["order"]) == [1, 2]
    del answer["order"]
    assert answer == {"distance": 31.0, "s_shape": None, "proven": True, "lower_bound": 31.0}
    assert err == ""


def test_a_route_through_a_layout_by_number_or_by_address(tmp_path):
    by_number, _ = planned(tmp_path, "plan_route", {**LAYOUT, "stops": [1, 6]}, "--json")
    stops = [{"aisle": 1, "bay": 2}, {"aisle": 2, "bay": 3}]
    by_address, _ = planned(tmp_path, "plan_route", {**LAYOUT, "stops": stops}, "--json")
    assert by_number == by_address
    answer = json.loads(by_number)
    assert (answer["distance"], answer["s_shape"], answer["proven"]) == (18.0, 18.0, True)


def test_a_route_as_a_table_and_as_a_drawing(tmp_path):
    drawing = tmp_path / "route.svg"
    out, _ = planned(tmp_path, "plan_route", {**LAYOUT, "stops": [1]}, "--svg", str(drawing))
    assert out.splitlines() == [
        "   1  node 1  aisle 1, bay 2",
        "3.0 m, the shortest there is",
        "3.0 m by the S-shape, 0.0 m saved",
    ]
    assert drawing.read_text().startswith("<svg ")
    with pytest.raises(CommandError, match="Only a layout can be drawn"):
        planned(tmp_path, "plan_route", {**SQUARE, "stops": [1]}, "--svg", str(drawing))


def test_batches_as_json_and_as_a_table(tmp_path):
    orders = [{"id": "a", "stops": [1], "load": 1}, {"id": 2, "stops": [1, 2], "load": 1.5}]
    instance = {**SQUARE, "orders": orders, "capacity": 3}
    out, err = planned(tmp_path, "plan_batches", instance, "--json")
    tours = [{"orders": ["a", 2], "distance": 31.0}]
    assert json.loads(out) == {"distance": 31.0, "tours": tours, "one_order_per_tour": 51.0}
    assert err == ""
    out, _ = planned(tmp_path, "plan_batches", instance)
    assert out.splitlines() == [
        "   1        31.0 m  a, 2",
        "31.0 m in all; 51.0 m with one order per tour, 39% less",
    ]


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ([], "The instance: not a JSON object."),
        ({}, 'The instance needs either "layout", or "edges" and "depot".'),
        ({**SQUARE, **LAYOUT, "stops": []}, 'The instance needs either "layout", or "edges" and "depot".'),
        (SQUARE, "stops is missing."),
        ({**SQUARE, "stops": 3}, "stops: not a JSON list."),
        ({**SQUARE, "stops": [1, 9]}, "stops[1]: node 9 is not in this warehouse."),
        ({**SQUARE, "stops": [1.5]}, "stops[0]: 1.5 is not a whole number."),
        ({**SQUARE, "stops": [True]}, "stops[0]: true is not a whole number."),
        ({**SQUARE, "stops": [-1]}, "stops[0]: nodes are numbered from 0, so -1 is none."),
        ({"edges": [[0, 1]], "depot": 0, "stops": []}, "edges[0]: [0, 1] is not [node, node, metres]."),
        ({"edges": [[0, 1, -2]], "depot": 0, "stops": []}, "edges[0]: -2 is not a number of 0 or more."),
        ({"edges": [[0, 1, 1e400]], "depot": 0, "stops": []}, "edges[0]: Infinity is not a number of 0 or more."),
        ({"edges": [[0, 1, 2]], "stops": []}, "depot is missing."),
        ({"layout": {"aisles": 2}, "stops": []}, "layout.bays is missing."),
        ({"layout": {"rows": 2}, "stops": []}, "layout: nothing is known of rows."),
        ({**LAYOUT, "stops": [{"aisle": 3, "bay": 1}]}, "stops[0]: aisle 3, bay 1 is not in this warehouse."),
        ({**LAYOUT, "stops": [{"aisle": 3}]}, "stops[0].bay is missing."),
        ({**SQUARE, "stops": [{"aisle": 1, "bay": 1}]}, 'stops[0]: {"aisle": 1, "bay": 1} is not a whole number.'),
    ],
)
def test_a_route_that_cannot_be_read_is_refused_by_entry(tmp_path, instance, message):
    assert refused(tmp_path, "plan_route", instance) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"orders": [], "capacity": -1}, "capacity: -1 is not a number of 0 or more."),
        ({"orders": []}, "capacity is missing."),
        ({"orders": [7], "capacity": 1}, "orders[0]: not a JSON object."),
        ({"orders": [{"id": None}], "capacity": 1}, "orders[0].id: null is neither a text nor a whole number."),
        ({"orders": [{"id": "a", "stops": []}], "capacity": 1}, "orders[0].load is missing."),
        (
            {"orders": [{"id": "a", "stops": ["x"], "load": 1}], "capacity": 1},
            'orders[0].stops[0]: "x" is not a whole number.',
        ),
        (
            {"orders": [{"id": "a", "stops": [1], "load": 2}], "capacity": 1},
            "Order a: its load 2 is more than a tour's 1.",
        ),
        (
            {"orders": [{"id": "a", "stops": [9], "load": 1}], "capacity": 1},
            "Order a: stops[0]: node 9 is not in this warehouse.",
        ),
    ],
)
def test_batches_that_cannot_be_read_are_refused_by_entry(tmp_path, given, message):
    assert refused(tmp_path, "plan_batches", {**SQUARE, **given}) == message


def test_a_file_that_is_not_there_or_not_json_is_refused(tmp_path):
    assert "is not JSON: Expecting property name" in refused(tmp_path, "plan_route", "{edges}")
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("plan_route", str(tmp_path / "nowhere.json"))


def test_a_pipe_is_read_and_no_database_is_made(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "plan_route", "-", "--json"],
        cwd=PROJECT_DIR,
        env={**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""},
        input=json.dumps({**SQUARE, "stops": [1]}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["distance"] == 20.0
    assert not Places(tmp_path / "data").postgres_dir.exists()
