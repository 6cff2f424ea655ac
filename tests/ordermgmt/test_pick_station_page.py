"""The pick station's page and its JSON: who may, in how many statements, and what a refusal says."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfillment.models import PickList, Scan
from fulfillment.pickwork import giving
from tests.fulfillment.pickwork.work import leeds, list_of, released, shelve
from tests.people import make_bob, make_charlie, make_sam, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    shelve("MUG", "1-2-1")
    return list_of(released(("MUG", 2)))


def seen(**fields):
    return {"id": str(uuid4()), "action": "item", "at": "2026-05-04T12:00:00Z", "bin": "1-2-1", "code": "MUG", **fields}


def post(client, path, body):
    return client.post(path, body, content_type="application/json")


def test_bob_takes_a_list_and_scans_in_a_fixed_number_of_statements(row):
    client = signed_in(make_bob())
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/pick/").status_code == 200
        counts.append(len(queries))
        assert post(client, "/pick/next/", {"warehouse": "LEEDS"}).json()["id"] == row.pk
    assert counts == [4, 9]
    answer = post(client, f"/pick/{row.pk}/scans/", {"scans": [seen(), seen(code="JAR")]}).json()
    assert [verdict["verdict"] for verdict in answer["verdicts"]] == ["right", "unknown"]
    assert (answer["list"]["tasks"][0]["picked"], Scan.objects.filter(by="bob").count()) == (1, 2)


def test_who_may_not_pick_is_told_so(row):
    for person, status in ((make_sam(), 403), (make_charlie(), 403)):
        client = signed_in(person)
        assert client.get("/pick/").status_code == status
        assert post(client, "/pick/next/", {"warehouse": "LEEDS"}).status_code == status
    assert PickList.objects.get().picker == ""


def test_who_is_signed_out_keeps_what_they_have_not_sent(client, row):
    answer = post(client, f"/pick/{row.pk}/scans/", {"scans": [seen()]})
    assert (answer.status_code, answer.json()["said"]) == (401, "Sign in again")
    assert client.get("/pick/").status_code == 302


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("next/", {"warehouse": "MARS"}, 404),
        ("next/", [], 404),
        ("999999/scans/", {"scans": [seen()]}, 200),
        ("{}/scans/", {"scans": [{}]}, 400),
        ("{}/scans/", {"scans": [seen()], "picker": "petra"}, 400),
        ("{}/resume/", {}, 409),
        ("{}/jump/", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(row, path, body, status):
    client = signed_in(make_bob())
    assert post(client, f"/pick/{path.format(row.pk)}", body).status_code == status
    assert row.steps.count() == 0


def test_what_is_not_json_is_refused(row):
    assert post(signed_in(make_bob()), f"/pick/{row.pk}/scans/", "no").status_code == 400


def test_a_station_pauses_and_goes_on(row):
    client = signed_in(make_bob())
    giving.next_list(leeds(), picker="bob")
    assert post(client, f"/pick/{row.pk}/pause/", {}).json()["state"] == "paused"
    assert post(client, f"/pick/{row.pk}/resume/", {}).json()["state"] == "assigned"
    assert client.get(f"/pick/{row.pk}/").json()["picker"] == "bob"
