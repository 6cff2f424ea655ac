"""Handhelds over the API: a list is taken, scanned, and everything may be sent again."""

from uuid import uuid4

import pytest

from fulfillment.models import PickList, Scan, Shipment
from tests.api import Api, problem
from tests.factories import make_warehouse
from tests.fulfillment.pickwork.work import leeds, list_of, released, shelve

pytestmark = pytest.mark.django_db
LISTS = "/api/v1/pick-lists/"


@pytest.fixture
def api():
    return Api("fulfillment:write")


@pytest.fixture
def mugs():
    shelve("MUG", "1-2-1")
    return released(("MUG", 2))


def seen(action="item", **fields):
    return {"id": str(uuid4()), "action": action, "at": "2026-05-04T12:00:00Z", **fields}


def test_a_handheld_takes_a_list_and_sends_its_scans(api, mugs):
    taken = api.post(f"{LISTS}next/", {"warehouse": "LEEDS", "picker": "bob"}).json()
    (task,) = taken["tasks"]
    assert (taken["picker"], taken["state"], task["bin"], task["quantity"]) == ("bob", "assigned", "1-2-1", 2)
    scans = [seen("bin", bin="1-2-1"), seen(bin="1-2-1", code="JAR"), seen(bin="1-2-1", code="MUG", units=2)]
    for _ in range(2):
        answer = api.post(f"{LISTS}{taken['id']}/scans/", {"picker": "bob", "scans": scans})
        assert answer.status_code == 200
        assert [row["verdict"] for row in answer.json()["verdicts"]] == ["right", "unknown", "right"]
        assert answer.json()["list"]["state"] == "finished"
    assert (Scan.objects.count(), str(Shipment.objects.get().state)) == (3, "picked")
    problem(api.post(f"{LISTS}next/", {"warehouse": "LEEDS", "picker": "bob"}), 409, "nothing_to_pick")


def test_a_list_goes_from_hand_to_hand(api, mugs):
    row = list_of(mugs)
    for step, picker, state in [
        ("take-over", "bob", "assigned"),
        ("pause", "bob", "paused"),
        ("resume", "bob", "assigned"),
        ("take-over", "petra", "assigned"),
        ("give-back", "petra", "open"),
    ]:
        assert api.post(f"{LISTS}{row.pk}/{step}/", {"picker": picker}).json()["state"] == state
    problem(api.post(f"{LISTS}{row.pk}/resume/", {"picker": "bob"}), 409, "list_not_free")
    problem(api.post(f"{LISTS}{row.pk}/jump/", {"picker": "bob"}), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"picker": "bob", "scans": []},
        {"picker": "API: bob", "scans": [seen(code="MUG")]},
        {"picker": "bob", "scans": [seen(code="MUG", units=0)]},
        {"picker": "bob", "scans": [{"id": "1", "action": "item", "at": "2026-05-04T12:00:00Z"}]},
        {"picker": "bob", "scans": [seen("jump")]},
    ],
)
def test_what_is_no_scan_is_refused_and_moves_nothing(api, mugs, body):
    problem(api.post(f"{LISTS}{list_of(mugs).pk}/scans/", body), 400, "validation_failed")
    assert Scan.objects.count() == 0


def test_scans_of_one_list_are_not_scans_of_another(api, mugs):
    one = seen(code="MUG", bin="1-2-1")
    other = list_of(released(("MUG", 1)))
    for row, status in ((list_of(mugs), 200), (other, 409)):
        assert api.post(f"{LISTS}{row.pk}/scans/", {"picker": "bob", "scans": [one]}).status_code == status
    assert PickList.objects.filter(state="open").count() == 2


def test_a_key_without_the_scope_sees_no_list(mugs):
    stranger = Api("orders:read")
    problem(stranger.get(f"{LISTS}{list_of(mugs).pk}/"), 403, "scope_missing")
    assert leeds().pick_lists.get().picker == ""


def test_a_key_of_one_warehouse_sees_no_list_of_another(api, mugs):
    row = list_of(mugs)
    api.key.warehouse = make_warehouse("YORK", mode="3pl")
    api.key.save()
    for answer in (
        api.get(f"{LISTS}{row.pk}/"),
        api.get(LISTS, shipment=mugs.code),
        api.post(f"{LISTS}next/", {"warehouse": "LEEDS", "picker": "bob"}),
        api.post(f"{LISTS}{row.pk}/take-over/", {"picker": "bob"}),
        api.post(f"{LISTS}{row.pk}/scans/", {"picker": "bob", "scans": [seen(code="MUG")]}),
    ):
        problem(answer, 404, "not_found")
    assert (leeds().pick_lists.get().picker, Scan.objects.count()) == ("", 0)


def test_the_lists_of_a_shipment_are_found(api, mugs):
    assert [row["id"] for row in api.get(LISTS, shipment=mugs.code).json()["results"]] == [list_of(mugs).pk]
