"""From the overview to exactly the orders behind a bar, and an upload that is followed without a reload."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from inventory import clock
from kpis import windows
from kpis.history_import import run
from kpis.tasks import take_in_histories
from ordermgmt.feedback.finding import find_improvements
from tests.kpis.past import as_file, invented
from tests.ordermgmt.feedback_facts import make_facts
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = "?from=2025-03-01&last=2025-03-31"


@pytest.fixture
def alice(page: Page) -> Page:
    make_alice()
    page.goto("/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_a_click_on_a_bar_shows_exactly_its_orders(alice: Page) -> None:
    run(io.BytesIO(as_file(invented(250))), name="past.csv", by="test")
    alice.goto(f"/kpis/{MARCH}")
    alice.get_by_role("link", name="Rate of return").click()
    bar = alice.locator("#reasons .chart a").first
    orders = int(re.search(r"of (\d+) order", bar.locator("title").text_content() or "")[1])  # type: ignore[index]
    bar.click()
    expect(alice.locator("#count")).to_have_text(f"{orders} orders")
    assert alice.locator("table.behind tbody tr").count() == orders
    assert orders > 1


def test_charts_are_said_to_those_who_cannot_see_them(alice: Page) -> None:
    run(io.BytesIO(as_file(invented(250))), name="past.csv", by="test")
    alice.goto(f"/kpis/lead_time/{MARCH}")
    chart = alice.get_by_role("group", name="Order lead time, p50 / p90 over time")
    expect(chart).to_be_visible()
    assert "p50 from" in (chart.locator("desc").text_content() or "")
    alice.locator("#over-time summary").click()
    expect(alice.locator("#over-time table")).to_be_visible()


def test_an_upload_is_followed_until_it_is_done(alice: Page, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(as_file(invented(30)))
    alice.goto("/kpis/imports/")
    alice.get_by_label("CSV file").set_input_files(file)
    alice.get_by_role("button", name="Upload").click()
    expect(alice.get_by_text("Waiting for a worker")).to_be_visible()
    take_in_histories()
    expect(alice.get_by_text("30 orders with")).to_be_visible()


def test_a_finding_is_acted_on_and_the_figure_is_measured_before_and_after(alice: Page) -> None:
    now = clock.now()
    for days_ago, late in ((15, 40), (5, 4)):
        moment = now - timedelta(days=days_ago)
        make_facts(late, carrier="Slowly", country="FR", late=True, delivered_at=moment)
        make_facts(100 - late, carrier="Slowly", country="FR", delivered_at=moment)
        make_facts(100, carrier="Swiftly", country="GB", delivered_at=moment)
    find_improvements()
    alice.goto("/improve/")
    alice.get_by_role("link", name="Carrier Slowly is late in FR: 22 % against").first.click()
    alice.get_by_role("link", name="Plan something").click()
    alice.get_by_label("What will be done?").fill("Talk to Slowly")
    alice.get_by_label("Owner").select_option("alice")
    alice.get_by_label("Due").fill(str(windows.today() + timedelta(days=30)))
    alice.get_by_label("To (in %, or in days for the lead time)").fill("95")
    alice.get_by_role("button", name="Plan it").click()
    action = alice.locator(".action", has_text="Talk to Slowly")
    expect(action).to_contain_text("78.0 %")  # of all 200, nothing is in force yet
    action.get_by_label("In force since").fill(str(windows.today() - timedelta(days=10)))
    action.get_by_role("button", name="It is in force").click()
    expect(action).to_contain_text("60.0 %")
    expect(action).to_contain_text("96.0 %")
    expect(action).to_contain_text("Better")
    expect(action).to_contain_text("+36.0 points")
