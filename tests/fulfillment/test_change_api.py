"""Changes over the API: proposed, looked at, applied once; units called off, orders split and merged."""

from typing import Any

import pytest
from django.http import HttpResponse

from orders.models import ChangeSet, Order
from tests.api import ORDERS, Api, problem
from tests.dumps import dump
from tests.factories import LONDON, make_channel, make_order, make_product, make_stock

pytestmark = pytest.mark.django_db
ALL_BUT_PRICE = ("orders:read", "orders:write", "orders:edit")


def change(api: Api, order: Order, *operations: dict[str, Any], key: str = "k-1") -> HttpResponse:
    body = {"operations": list(operations), "reason": "They called"}
    return api.post(f"{ORDERS}{order.number}/changes/", body, **{"Idempotency-Key": key})


def test_a_change_is_proposed_shown_and_applied() -> None:
    api, order = Api(), make_order([("MUG-1", 3)], state="received")
    proposed = change(api, order, {"op": "set_quantity", "line": 1, "quantity": 2})
    body = proposed.json()
    assert (proposed.status_code, body["status"], body["preview"]["after"]["total"]) == (201, "open", "20.00")
    assert body["operations"] == [{"op": "set_quantity", "line": 1, "quantity": 2}]
    here = f"{ORDERS}{order.number}/changes/{body['id']}/"
    assert api.get(here).json()["preview"]["stock"] == ["1 × MUG-1 given back in Leeds"]
    applied = api.post(f"{here}apply/", {"seen": body["preview"]["mark"]})
    assert (applied.status_code, applied.json()["status"]) == (200, "applied")
    shown = api.get(f"{ORDERS}{order.number}/").json()
    assert (shown["total"], [row["quantity"] for row in shown["lines"]]) == ("20.00", [2])
    assert [row["status"] for row in api.get(f"{ORDERS}{order.number}/changes/").json()] == ["applied"]
    problem(api.post(f"{here}apply/", {}), 409, "change_ended")


def test_the_same_request_proposes_once() -> None:
    api, order = Api(), make_order([("MUG-1", 3)])
    first, again = (change(api, order, {"op": "set_quantity", "line": 1, "quantity": 2}) for _ in range(2))
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    other = change(api, order, {"op": "set_quantity", "line": 1, "quantity": 1}, key="k-2")
    assert problem(other, 409, "change_open")["change"] == first.json()["id"]
    discarded = api.post(f"{ORDERS}{order.number}/changes/{first.json()['id']}/discard/")
    assert (discarded.status_code, discarded.json()["status"]) == (200, "discarded")


def test_only_some_keys_may_name_amounts() -> None:
    order = make_order([("MUG-1", 3)])
    free = {"op": "add_line", "sku": "MUG-1", "quantity": 1, "unit_price": "0.00"}
    for operation in (
        free,
        {"op": "set_shipping", "method": "", "total": "0.00"},
        {"op": "set_discounts", "discounts": [{"title": "Sorry", "amount": "1.00"}]},
    ):
        problem(change(Api(*ALL_BUT_PRICE), order, operation, key=f"k-{operation['op']}"), 403, "price_not_allowed")
    assert change(Api(*ALL_BUT_PRICE, "orders:price"), order, free, key="k-2").status_code == 201


@pytest.mark.parametrize(
    ("operation", "field", "code"),
    [
        ({"op": "fly"}, "operations.0.op", "invalid_choice"),
        ({"op": "add_line", "sku": "MUG-1"}, "operations.0.quantity", "required"),
        ({"op": "add_line", "sku": "MUG-1", "quantity": 0}, "operations.0.quantity", "min_value"),
        ({"op": "set_quantity", "line": 1, "quantity": 1, "sku": "X"}, "operations.0.sku", "unknown_field"),
        ({"op": "set_shipping", "method": "", "total": "0.001"}, "operations.0.total", "too_precise"),
        ({"op": "set_address", "kind": "shipping", "address": {}}, "operations.0.address.city", "required"),
    ],
)
def test_what_does_not_fit_is_named(operation: dict[str, Any], field: str, code: str) -> None:
    order = make_order([("MUG-1", 3)])
    before = dump()
    body = problem(change(Api(), order, operation), 400, "validation_failed")
    assert (field, code) in [(row["field"], row["code"]) for row in body["errors"]]
    assert dump() == before


def test_a_stale_change_answers_with_what_it_would_do_now() -> None:
    api, order = Api(), make_order([("MUG-1", 3)])
    id_ = change(api, order, {"op": "set_quantity", "line": 1, "quantity": 2}).json()["id"]
    stale = api.post(f"{ORDERS}{order.number}/changes/{id_}/apply/", {"seen": "0-1.00-2.00"})
    assert problem(stale, 409, "change_stale")["preview"]["after"]["total"] == "20.00"
    assert Order.objects.get(pk=order.pk).total == 30


def test_gathered_goods_go_back_only_when_it_is_said() -> None:
    api, order = Api(), make_order([("MUG-1", 3)], state="picked")
    id_ = change(api, order, {"op": "set_quantity", "line": 1, "quantity": 2}).json()["id"]
    here = f"{ORDERS}{order.number}/changes/{id_}/apply/"
    refused = problem(api.post(here, {}), 409, "no_way")
    assert (refused["put_back"], refused["way_out"][:33]) == (True, "They can go back on the shelf fir")
    assert api.post(here, {"put_back": True}).json()["status"] == "applied"
    assert api.get(f"{ORDERS}{order.number}/").json()["state"] == "approved"


def test_units_are_called_off_once_and_without_lines_all_of_the_order() -> None:
    api, order = Api(), make_order([("MUG-1", 3)], state="received")
    body = {"reason": "Too many", "lines": [{"line": 1, "quantity": 1}]}
    here = f"{ORDERS}{order.number}/cancel/"
    first, again = (api.post(here, body, **{"Idempotency-Key": "c-1"}) for _ in range(2))
    assert (first.json()["total"], again.json()["total"]) == ("20.00", "20.00")
    problem(api.post(here, body), 400, "idempotency_key_missing")
    problem(Api("orders:write").post(here, body, **{"Idempotency-Key": "c-2"}), 403, "scope_missing")
    whole = Api("orders:write").post(here, {"reason": "All of it"})
    assert (whole.status_code, whole.json()["state"]) == (200, "cancelled")


def test_an_order_is_split_and_merged() -> None:
    api, order = Api(), make_order([("MUG-1", 3)], state="received")
    body = {"reason": "Half now", "lines": [{"line": 1, "quantity": 1}]}
    made = api.post(f"{ORDERS}{order.number}/split/", body, **{"Idempotency-Key": "s-1"})
    new = made.json()
    assert (made.status_code, new["total"], new["external_id"]) == (201, "10.00", f"{order.external_id}-2")
    merged = api.post(f"{ORDERS}{order.number}/merge/", {"reason": "Together", "other": new["number"]})
    assert (merged.status_code, merged.json()["total"]) == (200, "30.00")
    itself = api.post(f"{ORDERS}{order.number}/merge/", {"reason": "x", "other": order.number})
    assert problem(itself, 409, "no_way")["way_out"] == "Name another one."


def test_a_key_changes_orders_of_its_own_channel_only() -> None:
    make_stock(make_product("MUG-1"), 10)
    order, api = make_order([("MUG-1", 3)]), Api(channel=make_channel("other"))
    mine = make_order([("MUG-1", 1)], channel=api.channel, shipping_address=LONDON)
    operation = {"op": "set_quantity", "line": 1, "quantity": 1}
    problem(change(api, order, operation), 404, "not_found")
    id_ = change(Api(), order, operation, key="k-2").json()["id"]
    for path in (f"changes/{id_}/", "changes/"):
        problem(api.get(f"{ORDERS}{order.number}/{path}"), 404, "not_found")
    problem(api.get(f"{ORDERS}{mine.number}/changes/{id_}/"), 404, "not_found")
    problem(api.post(f"{ORDERS}{order.number}/changes/{id_}/apply/", {}), 404, "not_found")
    problem(api.post(f"{ORDERS}{mine.number}/merge/", {"reason": "x", "other": order.number}), 404, "not_found")
    assert ChangeSet.objects.get().status == "open"


@pytest.mark.parametrize("path", ["changes/", "split/", "merge/"])
def test_changing_takes_its_own_scope(path: str) -> None:
    order = make_order()
    answer = Api("orders:read", "orders:write").post(f"{ORDERS}{order.number}/{path}", {})
    assert problem(answer, 403, "scope_missing")["scope"] == "orders:edit"
