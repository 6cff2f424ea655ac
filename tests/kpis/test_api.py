"""Programs read the numbers of the command, of the shop or of their own channel, and enter campaigns and incidents."""

import io
import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from kpis import windows
from kpis.figures.report import FIGURES
from kpis.history_import import run
from kpis.models import Campaign, Incident
from tests.api import Api, problem
from tests.factories import make_channel
from tests.kpis.past import as_file, invented

pytestmark = pytest.mark.django_db
KPIS, CAMPAIGNS, INCIDENTS = "/api/v1/kpis/", "/api/v1/campaigns/", "/api/v1/incidents/"
MARCH = {"from": "2025-03-01", "to": "2025-04-01"}
SPRING = {"name": "Spring", "starts_on": "2025-03-01", "ends_on": "2025-03-14", "customers": ["7", "h:c1", "7"]}


@pytest.fixture
def past(db: None) -> None:
    run(io.BytesIO(as_file(invented(300))), name="past.csv", by="test")


def printed(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("kpis", "--from", "2025-03-01", "--to", "2025-04-01", "--json", *arguments, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_the_numbers_are_the_commands_to_the_last_digit(past: None) -> None:
    assert Api("kpis:read").get(KPIS, **MARCH).json() == printed()


@pytest.mark.parametrize("by", ["channel", "product", "cohort"])
def test_so_are_the_groups_of_a_cut(past: None, by: str) -> None:
    assert Api("kpis:read").get(KPIS, **MARCH, by=by).json() == printed("--by", by)


@pytest.mark.parametrize("figure", FIGURES)
def test_one_figure_is_as_in_the_report(past: None, figure: str) -> None:
    body = Api("kpis:read").get(f"{KPIS}{figure}/", **MARCH).json()
    assert body == {name: value for name, value in printed().items() if name in ("from", "to", "timezone", figure)}


def test_a_channel_narrows_and_a_partner_sees_its_own_channel_only(past: None) -> None:
    whole = Api("kpis:read").get(KPIS, **MARCH, by="channel").json()
    narrowed = Api("kpis:read").get(KPIS, **MARCH, channel="phone").json()
    partner = Api("kpis:own", channel=make_channel("phone"))
    assert narrowed["lead_time"] == whole["groups"]["phone"]["lead_time"] != whole["lead_time"]
    assert partner.get(KPIS, **MARCH).json() == partner.get(KPIS, **MARCH, channel="phone").json() == narrowed
    assert problem(partner.get(KPIS, **MARCH, channel="web"), 403, "scope_missing")["scope"] == "kpis:read"


def test_without_a_window_it_is_the_last_thirty_days() -> None:
    body = Api("kpis:read").get(KPIS).json()
    tomorrow = windows.today() + timedelta(days=1)
    assert (body["from"], body["to"]) == (str(tomorrow - timedelta(days=30)), str(tomorrow))
    assert body["return_rate"]["units"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2025-04-01", "to": "2025-04-01"}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"by": "moon"}, "by"),
        ({"figure": "lead_time"}, "figure"),
    ],
)
def test_a_query_that_is_wrong_is_refused(query: dict[str, str], field: str) -> None:
    errors = problem(Api("kpis:read").get(KPIS, **query), 400, "validation_failed")["errors"]
    assert [error["field"] for error in errors] == [field]


def test_keys_need_the_scopes() -> None:
    for path in (KPIS, f"{KPIS}lead_time/"):
        problem(Api("orders:read").get(path), 403, "scope_missing")
    for path in (CAMPAIGNS, INCIDENTS):
        problem(Api("kpis:read").post(path, SPRING), 403, "scope_missing")
    assert not Campaign.objects.exists()
    problem(Api("kpis:read").get(f"{KPIS}luck/"), 404, "not_found")


def test_a_campaign_is_entered_once_and_replaced() -> None:
    api = Api("kpis:write")
    first, again = api.post(CAMPAIGNS, SPRING), api.post(CAMPAIGNS, {**SPRING, "kind": "e-mail"})
    assert (first.status_code, again.status_code) == (201, 200)
    row = Campaign.objects.get()
    assert (row.kind, row.customers, row.ends_on, row.by) == (
        "e-mail",
        ["7", "h:c1"],
        date(2025, 3, 14),
        "API: Storefront",
    )
    assert api.get(CAMPAIGNS).json()["results"] == [again.json()]


def test_an_incident_is_entered_and_one_that_ends_too_early_is_not() -> None:
    api = Api("kpis:write")
    strike = {"name": "Strike", "starts_on": "2025-03-02", "ends_on": "2025-03-03", "stage": "deliver"}
    assert api.post(INCIDENTS, strike).status_code == 201
    assert api.get(INCIDENTS).json()["results"] == [{**strike, "note": ""}]
    problem(api.post(INCIDENTS, {**strike, "ends_on": "2025-03-01"}), 400, "validation_failed")
    problem(api.post(INCIDENTS, {**strike, "stage": "moon"}), 400, "validation_failed")
    assert Incident.objects.get().ends_on == date(2025, 3, 3)


@pytest.mark.parametrize("query", [{"to": "0001-01-01"}, {"from": "1899-12-31"}, {"to": "9999-12-31"}])
def test_days_beyond_reckoning_are_refused(db: None, query: dict[str, str]) -> None:
    answer = Api("kpis:read").get(KPIS, **query)
    assert answer.status_code == 400
    assert "This is not from 1900-01-01 to 2200-01-01." in answer.content.decode()
