"""Hand-overs over the API: polled, answered, confirmed; and a key of one warehouse sees no other."""

import pytest

from fulfillment.models import HandOver, PickList, Shipment
from fulfillment.services import open_shipments
from orders.keys import issue_key
from orders.models import Order
from tests.api import ORDERS, SHIPMENTS, Api, problem
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db
HANDOVERS = "/api/v1/handovers/"
PICK_LISTS = "/api/v1/pick-lists/"


def api_of(code: str) -> Api:
    """With a key of this warehouse alone."""
    api = Api("fulfillment:write")
    secret = issue_key(
        channel=make_channel(), name=code, scopes=["fulfillment:write"], warehouse=make_warehouse(code, mode="3pl")
    )
    api.headers = {"Authorization": f"Bearer {secret}"}
    return api


def handed(code: str = "RTM", *lines: tuple[str, int]) -> Shipment:
    for sku, _ in lines or [("MUG", 2)]:
        make_stock(make_product(sku), 10, warehouse=make_warehouse(code, mode="3pl"))
    order = make_order(lines or [("MUG", 2)], state="approved")
    open_shipments(order.pk, by="test")
    return Shipment.objects.select_related("order").get(order=order)


def parcel(**changes: object) -> dict[str, object]:
    contents = [{"sku": "MUG", "quantity": 2}]
    return {"contents": contents, "weight_g": 700, "carrier": "DHL", "tracking_number": "DHL1", **changes}


def test_a_third_party_polls_accepts_and_confirms():
    shipment, api = handed(), api_of("RTM")
    (asked,) = api.get(HANDOVERS, state="requested").json()["results"]
    assert (asked["shipment"], asked["version"], asked["held"]) == (shipment.code, 1, False)
    assert asked["lines"] == [{"sku": "MUG", "name": "Mug", "quantity": 2}]
    assert asked["shipping_address"]["city"] == "London"
    address = f"{HANDOVERS}{shipment.code}/"
    accepted = api.post(f"{address}accept/", {"version": 1}).json()
    assert (accepted["state"], accepted["version"]) == ("accepted", 2)
    assert api.post(f"{address}accept/", {"version": 1}).status_code == 200  # a lost answer is asked for again
    body = {"lines": [{"sku": "MUG", "picked": 2}], "parcels": [parcel(cost="3.20", currency="EUR")]}
    confirmed = api.post(f"{address}confirm/", body).json()
    assert (confirmed["state"], confirmed["tracking"]) == ("confirmed", ["DHL1"])
    assert api.post(f"{address}confirm/", body).json() == confirmed
    assert api.get(address).json() == confirmed


def test_refusals_say_what_is_wrong_and_change_nothing():
    shipment, api = handed(), api_of("RTM")
    address = f"{HANDOVERS}{shipment.code}/"
    problem(api.post(f"{address}accept/", {"version": 7}), 409, "handover_changed")
    problem(api.post(f"{address}reject/", {"reason": "bored"}), 400, "validation_failed")
    problem(api.post(f"{address}reject/", {}), 400, "validation_failed")
    problem(api.post(f"{address}stop/"), 409, "not_allowed_now")
    short = {"lines": [{"sku": "MUG", "picked": 1}], "parcels": [parcel()]}
    problem(api.post(f"{address}confirm/", short), 409, "confirmation_refused")
    row = HandOver.objects.get()
    assert (row.state, row.version) == ("requested", 1)


def test_a_rejection_keeps_its_reason_in_both_kinds_of_words():
    shipment, api = handed(), api_of("RTM")
    body = {"reason": "address_undeliverable", "words": "No lorries there"}
    shown = api.post(f"{HANDOVERS}{shipment.code}/reject/", body).json()
    assert (shown["state"], shown["reason"], shown["words"]) == ("rejected", *body.values())
    assert shown["held"] is True


def test_a_request_to_stop_is_done_or_refused():
    shipment, api = handed(), api_of("RTM")
    address = f"{HANDOVERS}{shipment.code}/"
    api.post(f"{address}accept/")
    HandOver.objects.update(state="cancel_requested")
    assert api.post(f"{address}refuse-stop/", {"words": "On the lorry"}).json()["state"] == "accepted"
    HandOver.objects.update(state="cancel_requested")
    assert api.post(f"{address}stop/").json()["state"] == "cancelled"


def test_what_belongs_to_another_warehouse_is_not_there():
    shipment, stranger = handed("RTM"), api_of("OSLO")
    code = shipment.code
    assert stranger.get(HANDOVERS).json()["results"] == []
    assert stranger.get(SHIPMENTS).json()["results"] == []
    assert stranger.get(HANDOVERS, warehouse="RTM").json()["results"] == []
    problem(stranger.get(f"{HANDOVERS}{code}/"), 404, "not_found")
    for act in ("accept", "reject", "stop", "refuse-stop", "confirm"):
        problem(stranger.post(f"{HANDOVERS}{code}/{act}/", {}), 404, "not_found")
    for act in ("picked", "packed", "shipped"):
        problem(stranger.post(f"{SHIPMENTS}{code}/{act}/"), 404, "not_found")
    hold = {"reason": "wait", "note": ""}
    problem(stranger.post(f"{SHIPMENTS}{code}/holds/", hold), 404, "not_found")
    problem(stranger.post(f"{SHIPMENTS}{code}/release/", {"reason": "wait"}), 404, "not_found")
    problem(stranger.get(f"{PICK_LISTS}{PickList.objects.get().pk}/"), 404, "not_found")
    problem(stranger.post(f"{PICK_LISTS}next/", {"warehouse": "RTM", "picker": "eve"}), 404, "not_found")
    problem(stranger.get(f"{ORDERS}{shipment.order.number}/"), 403, "scope_missing")
    assert Shipment.objects.get().state == "approved"


def test_whoever_runs_a_warehouse_lets_go_only_what_they_stopped():
    shipment, api = handed(), api_of("RTM")
    shop = Api("fulfillment:write")
    shop.post(f"{SHIPMENTS}{shipment.code}/holds/", {"reason": "fraud", "note": ""})
    api.post(f"{SHIPMENTS}{shipment.code}/release/", {"reason": "fraud"})
    assert Shipment.objects.get().open_holds == 1
    api.post(f"{SHIPMENTS}{shipment.code}/holds/", {"reason": "count", "note": ""})
    api.post(f"{SHIPMENTS}{shipment.code}/release/", {"reason": "count"})
    assert Shipment.objects.get().open_holds == 1


def test_a_key_of_a_warehouse_opens_nothing_of_a_channel():
    with pytest.raises(ValueError, match="does not open orders:read"):
        issue_key(channel=make_channel(), name="3PL", scopes=["orders:read"], warehouse=make_warehouse("RTM"))
    assert Order.objects.count() == 0
