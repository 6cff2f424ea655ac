"""Campaigns and incidents are entered by form or file; histories are uploaded, followed and undone."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kpis.models import Campaign, HistoryChunk, HistoryImport, Incident, OrderFact
from kpis.tasks import take_in_histories
from ordermgmt.kpis.imports import ImportRow
from tests.kpis.past import as_file, invented

pytestmark = pytest.mark.django_db
CALENDAR, IMPORTS = "/kpis/calendar/", "/kpis/imports/"
MAILING = {"name": "Mailing", "starts_on": "2026-05-01", "ends_on": "2026-05-07", "customers": "1, h:c2 3"}


def file(data: bytes, name: str = "past.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, data, "text/csv")}


def test_a_campaign_is_entered_replaced_and_removed(alice: Client) -> None:
    assert alice.post(f"{CALENDAR}campaigns/", MAILING).status_code == 302
    alice.post(f"{CALENDAR}campaigns/", {**MAILING, "note": "again"})
    row = Campaign.objects.get()
    assert (row.customers, row.ends_on, row.note, row.by) == (["1", "h:c2", "3"], date(2026, 5, 7), "again", "alice")
    assert "3 customers" in alice.get(CALENDAR).content.decode()
    alice.post(f"{CALENDAR}campaigns/{row.pk}/remove/")
    assert not Campaign.objects.exists()


def test_one_that_ends_before_it_starts_is_shown_again_with_the_fault(alice: Client) -> None:
    answer = alice.post(f"{CALENDAR}incidents/", {"name": "Strike", "starts_on": "2026-05-02", "ends_on": "2026-05-01"})
    assert answer.status_code == 400
    body = answer.content.decode()
    assert "This is before the first day." in body
    assert 'value="Strike"' in body
    assert not Incident.objects.exists()


def test_a_file_of_incidents_is_entered_whole(alice: Client) -> None:
    rows = ["Name,starts_on,ends_on,stage", "Strike,2026-05-01,2026-05-03,deliver", "Flood,2026-06-01,2026-06-01,"]
    data = "\n".join(["\ufeff" + rows[0], *rows[1:]]).encode()
    answer = alice.post(f"{CALENDAR}incidents/file/", file(data), follow=True)
    assert "2 rows entered, 0 replaced." in answer.content.decode()
    assert set(Incident.objects.values_list("name", "stage", "by")) == {
        ("Strike", "deliver", "alice"),
        ("Flood", "", "alice"),
    }


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"name,starts_on\n", "missing: ends_on."),
        (b"name,starts_on,ends_on,moon\n", "Unknown columns: moon."),
        (b"name,starts_on,ends_on\nA,2026-05-01,2026-05-02\nB,yesterday,2026-05-02\n", "Line 3: starts_on:"),
        (b"name,starts_on,ends_on\nA,2026-05-01,2026-05-02,x\n", "Line 2: has too many cells."),
        (b"name,starts_on,ends_on\n\xff\n", "The file is not in UTF-8."),
    ],
)
def test_a_file_with_an_error_is_refused_whole(alice: Client, data: bytes, wrong: str) -> None:
    body = alice.post(f"{CALENDAR}campaigns/file/", file(data), follow=True).content.decode()
    assert wrong in body
    assert "Nothing was entered." in body
    assert not Campaign.objects.exists()


def test_who_may_not_steer_may_look_and_nothing_else(bob: Client) -> None:
    assert [bob.get(page).status_code for page in (CALENDAR, IMPORTS)] == [200, 200]
    refused = [
        bob.post(f"{CALENDAR}campaigns/", MAILING),
        bob.post(f"{CALENDAR}campaigns/file/", file(b"")),
        bob.post(IMPORTS, file(as_file(invented(3)))),
        bob.post(f"{IMPORTS}1/undo/"),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    assert (Campaign.objects.count(), HistoryImport.objects.count()) == (0, 0)


def test_an_upload_is_followed_taken_in_and_undone(alice: Client) -> None:
    data = as_file(invented(20)) + b"broken\n"
    alice.post(IMPORTS, file(data, "old shop.csv"))
    row = HistoryImport.objects.get()
    assert (row.status, row.bytes_total, row.by) == ("waiting", len(data), "alice")
    waiting = alice.get(IMPORTS, HTTP_HX_REQUEST="true").content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in waiting
    take_in_histories()
    done = alice.get(IMPORTS).content.decode()
    assert "hx-trigger" not in done
    assert "20 orders" in done
    assert "1 refused" in done
    assert (OrderFact.objects.count(), HistoryChunk.objects.count()) == (20, 0)
    errors = alice.get(f"{IMPORTS}{row.pk}/errors.csv").content.decode().splitlines()
    assert errors[0] == "Line,Order,What is wrong"
    assert len(errors) == 2
    assert "broken" in errors[1]
    assert "20 orders" in alice.get(f"{IMPORTS}{row.pk}/undo/").content.decode()
    assert OrderFact.objects.count() == 20
    assert "taken away again" in alice.post(f"{IMPORTS}{row.pk}/undo/", follow=True).content.decode()
    assert (OrderFact.objects.count(), HistoryImport.objects.get().status) == (0, "undone")


def test_a_file_that_is_no_history_fails_with_its_reason(alice: Client) -> None:
    alice.post(IMPORTS, file(b"colour\nred\n"))
    take_in_histories()
    body = alice.get(IMPORTS).content.decode()
    assert "Nothing was taken in." in body
    assert "missing: order_number" in body
    row = HistoryImport.objects.get()
    assert (row.status, alice.get(f"{IMPORTS}{row.pk}/undo/").status_code) == ("failed", 404)


def test_an_import_that_brought_nothing_has_nothing_to_undo() -> None:
    done = HistoryImport.Status.DONE
    assert [ImportRow(HistoryImport(status=done, orders_new=new)).can_be_undone for new in (0, 1)] == [False, True]


def test_no_file_is_no_import(alice: Client) -> None:
    assert "Choose a CSV file." in alice.post(IMPORTS, follow=True).content.decode()
    assert not HistoryImport.objects.exists()
