"""A warehouse holds a shipment over the API and lets it go; the list of work says what has to wait."""

import pytest

from fulfillment.models import Shipment, ShipmentHold
from orders.services import hold
from tests.api import SHIPMENTS, Api, problem
from tests.factories import make_order

pytestmark = pytest.mark.django_db
BODY = {"reason": "damaged", "note": "Box 3"}


def test_a_shipment_is_held_and_let_go():
    api, order = Api("fulfillment:write"), make_order(state="picked")
    code = f"{order.number}-1"
    answers = [api.post(f"{SHIPMENTS}{code}/holds/", BODY) for _ in range(2)]
    assert [(answer.status_code, answer.json()["held"]) for answer in answers] == [(200, True)] * 2
    assert (ShipmentHold.objects.get().by, Shipment.objects.get().open_holds) == ("API: Storefront", 1)
    problem(api.post(f"{SHIPMENTS}{code}/packed/"), 409, "not_allowed_now")
    released = api.post(f"{SHIPMENTS}{code}/release/", {"reason": "damaged"})
    assert (released.status_code, released.json()["held"], Shipment.objects.get().open_holds) == (200, False, 0)
    assert api.post(f"{SHIPMENTS}{code}/release/", {"reason": "damaged"}).status_code == 200
    assert api.post(f"{SHIPMENTS}{code}/packed/").status_code == 200


def test_work_of_a_held_order_is_shown_as_held():
    order = make_order(state="picked")
    hold(order.pk, reason="look", note="", by="sam")
    (work,) = Api("fulfillment:write").get(SHIPMENTS).json()["results"]
    assert (work["held"], Shipment.objects.get().open_holds) == (True, 0)


def test_what_has_left_or_does_not_fit_is_refused():
    api, order = Api("fulfillment:write"), make_order(state="shipped")
    problem(api.post(f"{SHIPMENTS}{order.number}-1/holds/", BODY), 409, "not_allowed_now")
    problem(api.post(f"{SHIPMENTS}{order.number}-1/holds/", {"reason": "two words"}), 400, "validation_failed")
    problem(api.post(f"{SHIPMENTS}{order.number}-9/holds/", BODY), 404, "not_found")
    refused = Api("orders:approve").post(f"{SHIPMENTS}{order.number}-1/holds/", BODY)
    assert (refused.status_code, ShipmentHold.objects.count()) == (403, 0)
