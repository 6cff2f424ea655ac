"""The pages of the figures: every mark leads to exactly its orders, numbers are the report's, queries are few."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Min
from django.test import Client
from django.utils.timezone import localtime

from kpis.figures import FIGURES, report
from kpis.history_import import run
from kpis.models import LineFact, OrderFact, Target
from kpis.services import CampaignEntry, IncidentEntry, enter
from ordermgmt.charts import curve
from ordermgmt.kpis.figure_page import FigurePage
from ordermgmt.kpis.tables import Cell, Table, as_csv
from ordermgmt.kpis.words import MEANINGS
from tests.factories import make_product
from tests.kpis.past import LONDON, as_file, invented

pytestmark = pytest.mark.django_db
MARCH = "from=2025-03-01&last=2025-03-31"
FIRST, LAST = date(2025, 3, 1), date(2025, 4, 1)
COUNTED = re.compile(r'<b id="count">([\d,]+) orders?</b>')


@pytest.fixture
def past(db: None) -> None:
    run(io.BytesIO(as_file(invented(260))), name="past.csv", by="test")
    enter(CampaignEntry("Mailing", date(2025, 3, 3), date(2025, 3, 9)), by="alice")
    enter(IncidentEntry("Strike", date(2025, 3, 20), date(2025, 3, 21)), by="alice")


def page_of(client: Client, figure: str, query: str = MARCH) -> FigurePage:
    answer = client.get(f"/kpis/{figure}/?{query}")
    assert answer.status_code == 200
    page: FigurePage = answer.context["page"]
    return page


def assert_same_in_brief(shown: dict[str, Any], told: dict[str, Any]) -> None:
    """Whatever a tile knows is as in the report; the stages of the lead time it does not look into."""
    assert len(shown) > 1
    assert {name: value for name, value in shown.items() if name != "stages"} == {
        name: told[name] for name in shown if name != "stages"
    }


def listed(client: Client, address: str) -> int:
    """How many orders the list says, after counting them over its pages."""
    said, seen, place = -1, 0, address
    while place:
        body = unescape(client.get(place).content.decode())
        said = int(COUNTED.search(body)[1].replace(",", ""))  # type: ignore[index]
        seen += len(re.findall(r'<td class="keep at-no"[^>]*><(?:a|span) class="no"', body))
        older = re.search(r'rel="next" href="([^"]+)"', body)
        place = older[1] if older else ""
    assert seen == said
    return said


@pytest.mark.parametrize("address", ["/kpis/", "/kpis/lead_time/", "/kpis/quiet/", "/kpis/calendar/", "/kpis/imports/"])
def test_strangers_are_sent_to_the_sign_in_and_charlie_sees_nothing(
    client: Client, charlie: Client, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert charlie.get(address).status_code == 403


def test_the_overview_shows_the_reports_numbers_with_sample_formula_and_target(alice: Client, past: None) -> None:
    Target.objects.create(kpi="lead_time", value=4.0, by="alice")
    page = alice.get(f"/kpis/?{MARCH}").context["page"]
    told = report(FIRST, LAST)
    shown = [tile.now for tile in page.tiles]
    assert [now.meaning.slug for now in shown] == list(FIGURES) == list(MEANINGS)
    for now in shown:
        assert_same_in_brief(now.told, told[now.meaning.slug])
    lead = next(now for now in shown if now.meaning.slug == "lead_time")
    assert (lead.target_shown, lead.reached) == ("4.0 days", told["lead_time"]["p50"] <= 4.0)
    assert lead.sample.startswith(f"{told['lead_time']['orders']:,} orders delivered")


def test_the_overview_draws_ten_steps_of_as_many_days(alice: Client, past: None) -> None:
    page = alice.get(f"/kpis/?{MARCH}").context["page"]
    lead = next(tile for tile in page.tiles if tile.now.meaning.slug == "lead_time")
    edges = [LAST - timedelta(days=3 * back) for back in range(10, -1, -1)]
    steps = [report(since, until)["lead_time"]["p50"] for since, until in pairwise(edges)]
    assert lead.curve == curve(steps)
    assert lead.curve.line


def test_without_an_order_everything_says_no_data(alice: Client) -> None:
    body = alice.get("/kpis/").content.decode()
    assert body.count("no data") == len(FIGURES)
    for figure in FIGURES:
        assert alice.get(f"/kpis/{figure}/").status_code == 200


@pytest.mark.parametrize("figure", FIGURES)
def test_every_number_that_leads_to_orders_leads_to_as_many(alice: Client, past: None, figure: str) -> None:
    cells = [
        cell
        for section in page_of(alice, figure).sections
        for row in section.table.rows
        for cell in row
        if "/orders/" in cell.address and isinstance(cell.value, int)
    ]
    assert cells or figure == "automation"  # of imported orders nobody knows who did what
    for cell in cells[:: max(len(cells) // 25, 1)]:
        assert listed(alice, cell.address) == cell.value, cell.address


@pytest.mark.parametrize("figure", [name for name in FIGURES if name != "automation"])
def test_every_mark_of_a_chart_leads_to_orders(alice: Client, past: None, figure: str) -> None:
    for section in page_of(alice, figure).sections:
        if section.drawing is None:
            continue
        drawn = (*section.drawing.bars, *section.drawing.dots, *section.drawing.rows)
        marks = [mark for mark in drawn if mark.address]
        assert marks, section.slug
        assert all(mark.title for mark in marks)
        assert section.drawing.desc.endswith(".")
        for mark in marks[:2]:
            assert alice.get(mark.address).status_code == 200


def test_a_cell_of_the_cohort_grid_leads_to_its_orders_whatever_the_page_is_narrowed_to(
    alice: Client, past: None
) -> None:
    page = page_of(alice, "purchase_frequency", f"{MARCH}&channel=web")
    section = next(part for part in page.sections if part.slug == "cohorts")
    march = next(row for row in section.table.rows if row[0].value == FIRST)
    first = OrderFact.objects.filter(cancelled_at=None).values("customer").annotate(first=Min("placed_at"))
    cohort = [row["customer"] for row in first if localtime(row["first"], LONDON).date().replace(day=1) == FIRST]
    mine = [row for row in OrderFact.objects.filter(customer__in=cohort, cancelled_at=None)]
    march_days = [row for row in mine if localtime(row.placed_at, LONDON).month == 3]
    assert (march[1].value, listed(alice, march[2].address)) == (len(cohort), len(march_days))


def test_products_are_called_by_their_names(alice: Client, past: None) -> None:
    LineFact.objects.filter(sku="S1").update(name="Blue mug")
    make_product("S2", name="Red jar")
    page = page_of(alice, "return_rate", f"{MARCH}&by=product")
    table = next(part for part in page.sections if part.slug == "by-product").table
    shown = {row[0].value: row[0].shown for row in table.rows}
    assert (shown["S1"], shown["S2"], shown["S3"]) == ("S1 Blue mug", "S2 Red jar", "S3")


def test_a_bar_of_the_pareto_names_its_orders(alice: Client, past: None) -> None:
    section = next(part for part in page_of(alice, "return_rate").sections if part.slug == "reasons")
    told = report(FIRST, LAST)["return_rate"]
    shares = {row[0].value: row[2].value for row in section.table.rows}
    assert shares == told["by_reason"]
    assert sum(row[1].value for row in section.table.rows) == told["units_returned"]
    for bar, row in zip(section.drawing.bars, section.table.rows, strict=True):  # type: ignore[union-attr]
        assert f"{listed(alice, bar.address)} order" in bar.title
        assert bar.address == row[3].address


def test_campaigns_and_incidents_stand_on_the_time_axis(alice: Client, past: None) -> None:
    drawing = page_of(alice, "lead_time").sections[0].drawing
    assert drawing is not None
    assert [(band.tone, band.title) for band in drawing.bands] == [
        ("campaign", "Campaign: Mailing, 3 Mar to 9 Mar 2025"),
        ("incident", "Incident: Strike, 20 Mar to 21 Mar 2025"),
    ]


def test_a_name_of_a_cut_narrows_the_page(alice: Client, past: None) -> None:
    page = page_of(alice, "lead_time", f"{MARCH}&by=channel")
    section = next(part for part in page.sections if part.slug == "by-channel")
    (web,) = [row[0] for row in section.table.rows if row[0].value == "web"]
    narrowed = page_of(alice, "lead_time", web.address.removeprefix("?"))
    assert_same_in_brief(narrowed.now.told, report(FIRST, LAST, only={"channel": "web"})["lead_time"])
    assert [chip.label for chip in narrowed.narrowed] == ["channel: web"]


def test_one_customer_is_shown_with_all_their_orders(alice: Client, past: None) -> None:
    section = page_of(alice, "purchase_frequency", f"{MARCH}&customer=h:c1").sections[1]
    mine = {row["order_number"] for row in invented(260) if row["customer_id"] == "c1"}
    assert {row[1].value for row in section.table.rows} == mine


def test_the_past_of_somebody_who_is_gone_for_long_is_shown_all_the_same(alice: Client) -> None:
    text = "order_number,customer_id,sku,quantity,unit_price,placed_at\nA1,gone,CD,1,2,1997-02-03\n"
    run(io.BytesIO(text.encode()), name="past.csv", by="test")
    drawing = page_of(alice, "purchase_frequency", "customer=h:gone").sections[1].drawing
    assert drawing is not None
    titles = [bar.title for bar in drawing.bars]
    assert (titles[0], titles[-1], len(titles)) == ("Feb 1997: 1 order", "Feb 1998: 0 orders", 13)


def test_a_customers_days_are_the_shops_wherever_the_reader_sits(alice: Client, past: None) -> None:
    def rows() -> Sequence[Sequence[Cell]]:
        section = page_of(alice, "purchase_frequency", f"{MARCH}&customer=h:c1").sections[1]
        return section.table.rows

    at_home = rows()
    alice.post("/preferences/", {"time_zone": "Pacific/Kiritimati", "next": "/"})
    assert rows() == at_home


@pytest.mark.parametrize("part", ["moon", "delivered; DROP"])
def test_an_unknown_part_is_not_found(alice: Client, part: str) -> None:
    assert alice.get("/kpis/lead_time/orders/", {"part": part}).status_code == 404
    assert alice.get("/kpis/luck/").status_code == 404


def test_a_table_comes_as_csv_with_plain_numbers(alice: Client, past: None) -> None:
    answer = alice.get(f"/kpis/lead_time/by-channel.csv?{MARCH}&by=channel")
    assert answer["Content-Disposition"] == ('attachment; filename="lead_time-by-channel-2025-03-01-2025-03-31.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    groups = report(FIRST, LAST, by="channel")["groups"]
    assert {row["Channel"]: float(row["Order lead time, p50 / p90"]) for row in rows} == {
        name: told["lead_time"]["p50"] for name, told in groups.items()
    }
    assert alice.get("/kpis/lead_time/moon.csv").status_code == 404


def test_no_cell_of_a_csv_is_a_formula() -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain"]
    table = Table(("Name", "=Head"), [(Cell("x", text), Cell("-1.5", -1.5)) for text in dangerous])
    rows = list(csv.reader(io.StringIO("".join(as_csv(table)), newline="")))
    assert rows[0] == ["Name", "'=Head"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "plain"]
    assert {row[1] for row in rows[1:]} == {"-1.5"}


def test_a_target_is_set_in_the_unit_that_is_shown(alice: Client, bob: Client) -> None:
    assert bob.post("/kpis/on_time/target/", {"value": "95"}).status_code == 403
    alice.post("/kpis/on_time/target/", {"value": "95"})
    alice.post("/kpis/lead_time/target/", {"value": "2.5"})
    assert list(Target.objects.values_list("kpi", "value", "by")) == [
        ("lead_time", 2.5, "alice"),
        ("on_time", 0.95, "alice"),
    ]
    answer = alice.post("/kpis/on_time/target/", {"value": "120"}, follow=True)
    assert "That is more than it can be." in answer.content.decode()
    assert Target.objects.count() == 2


@pytest.mark.parametrize(
    ("figure", "kept", "typed"),
    [("on_time", 0.955, "95.5"), ("on_time", 0.29, "29"), ("lead_time", 2.5, "2.5"), ("on_time", None, "")],
)
def test_the_field_of_the_target_holds_what_is_set(alice: Client, figure: str, kept: float | None, typed: str) -> None:
    if kept is not None:
        Target.objects.create(kpi=figure, value=kept, by="alice")
    body = alice.get(f"/kpis/{figure}/").content.decode()
    assert re.findall(r'<input type="number" name="value"[^>]* value="([^"]*)"', body) == [typed]


@pytest.mark.parametrize(
    ("target", "query", "told"),
    [(0.0, MARCH, "Target reached"), (1.0, MARCH, "Target missed"), (1.0, "days=7", "Target")],
)
def test_whether_a_target_is_reached_or_missed_is_said_in_words(
    alice: Client, past: None, target: float, query: str, told: str
) -> None:
    Target.objects.create(kpi="perfect_order", value=target, by="alice")
    body = alice.get(f"/kpis/perfect_order/?{query}").content.decode()
    assert re.findall(r'<span class="tag [a-z]*">(Target[a-z ]*) \d', body) == [told]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/kpis/", 24),
        *((f"/kpis/{figure}/", 24) for figure in FIGURES),
        ("/kpis/lead_time/orders/", 5),
        ("/kpis/return_rate/orders/", 8),
        ("/kpis/quiet/", 3),
        ("/kpis/calendar/", 4),
        ("/kpis/imports/", 3),
    ],
)
def test_pages_cost_few_queries(
    alice: Client, past: None, django_assert_max_num_queries: Any, address: str, most: int
) -> None:
    with django_assert_max_num_queries(most):
        assert alice.get(f"{address}?{MARCH}").status_code == 200


def test_the_navigation_leads_to_the_pages_of_the_figures(alice: Client) -> None:
    body = alice.get("/").content.decode()
    addresses = set(re.findall(r'href="(/kpis/[a-z]*/?)"', body))
    assert {"/kpis/", "/kpis/quiet/", "/kpis/calendar/", "/kpis/imports/"} <= addresses


def test_the_orders_behind_returns_say_which_lines_and_units_came_back(alice: Client, past: None) -> None:
    told = report(FIRST, LAST)["return_rate"]
    page = alice.get(f"/kpis/return_rate/orders/?{MARCH}&part=returned").context["page"]
    assert (page.count, page.units) == (told["orders_returned"], told["units_returned"])
    for row in page.rows:
        lines = list(row.fact.lines.filter(returned__gt=0).order_by("position"))
        assert (list(row.lines), row.returned) == (lines, sum(line.returned for line in lines))
        assert row.returned > 0
    whole = alice.get(f"/kpis/return_rate/orders/?{MARCH}&part=delivered").context["page"]
    assert whole.units == told["units_delivered"]
    assert not alice.get(f"/kpis/lead_time/orders/?{MARCH}").context["page"].has_lines


def test_of_what_was_delivered_only_the_goods_that_came_back_are_named(alice: Client, past: None) -> None:
    answer = alice.get(f"/kpis/return_rate/orders/?{MARCH}&part=delivered")
    rows = answer.context["page"].rows
    kept = [row for row in rows if not row.returned]
    assert 0 < len(kept) < len(rows)
    for row in rows:
        assert list(row.told) == [line for line in row.lines if line.returned]
    body = answer.content.decode()
    assert body.count('<span class="faint">Nothing yet</span>') == len(kept)
    assert body.count("<small>") - body.count("<small>imported</small>") == sum(len(row.shown) for row in rows)
    wrong = alice.get(f"/kpis/picking_accuracy/orders/?{MARCH}").context["page"].rows
    assert all(row.told == row.lines for row in wrong)


@pytest.mark.parametrize("address", ["/kpis/return_rate/orders/", "/kpis/purchase_frequency/"])
def test_cells_of_wide_tables_carry_their_heads_for_narrow_screens(alice: Client, past: None, address: str) -> None:
    body = alice.get(f"{address}?{MARCH}").content.decode()
    table = next(part for part in body.split("<table ")[1:] if "data-head" in part).split("</table>")[0]
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", table)
    first = table.split("<tbody>")[1].split("</tr>")[0]
    assert re.findall(r'data-head="([^"]+)"', first) == heads
