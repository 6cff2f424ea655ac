"""The pack station as a packer uses it: a scanner and a keyboard, no mouse; and when the network is gone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from fulfillment.models import InsertRule, Parcel, Scan, Shipment
from tests.browser.conftest import watched
from tests.browser.test_pages import LOOKS, faults
from tests.browser.test_pick_station import WEDGE, kept_on_the_device
from tests.fulfillment.packwork.bench import on_bench
from tests.people import PASSWORD, make_bob

pytestmark = pytest.mark.django_db(transaction=True)
APART_MS = 200  # between two codes, as a person moves


def scan(page: Page, *codes: str) -> None:
    """As a keyboard wedge types: all keys at once, then Enter."""
    page.evaluate(WEDGE, [codes, APART_MS])


@pytest.fixture
def page(browser: Browser, live_server: object) -> Iterator[Page]:
    """A tablet; a lost network is no complaint here."""
    context = browser.new_context(base_url=str(live_server), viewport=ViewportSize(width=820, height=1180))
    context.set_default_timeout(10_000)
    opened = context.new_page()
    at_rest = watched(opened)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield opened
    at_rest()
    context.close()
    assert complaints == []


@pytest.fixture
def shipment(page: Page) -> Shipment:
    """Bob is signed in and has opened it by scanning its code in the queue."""
    make_bob()
    row = on_bench()
    page.goto("/login/?next=/pack/")
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=row.code)).to_be_visible()
    expect(page.get_by_label("Scan or type a shipment")).to_be_focused()  # the page listens
    scan(page, row.code)
    listening(page)
    return row


def listening(page: Page) -> None:
    """Its script has started: nothing is verified, so nothing can be finished."""
    expect(page.get_by_role("button", name="Packed")).to_be_disabled()


def test_one_shipment_by_scanner_and_keyboard_alone(page: Page, shipment: Shipment) -> None:
    finish = page.get_by_role("button", name="Packed")
    expect(finish).to_be_disabled()
    scan(page, "MUG-1", "MUG-1", "JAR-1")
    expect(page.locator("#verdict")).to_contain_text("1 × Jar-1, done")
    expect(finish).to_be_enabled()
    expect(page.get_by_label("Scale, in grams")).to_be_focused()
    page.keyboard.type("1155", delay=150)
    page.keyboard.press("Enter")
    expect(finish).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_role("radio", name="Large")).to_be_checked()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Small")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{shipment.code} is packed.")).to_be_visible()
    assert [(row.carton.name, row.weight_g) for row in Parcel.objects.select_related("carton")] == [("Small", 1155)]


def test_a_wrong_item_is_refused_and_nothing_advances(page: Page, shipment: Shipment) -> None:
    scan(page, "CUP-9")
    expect(page.locator("#verdict")).to_have_attribute("data-kind", "bad")
    expect(page.locator("#verdict")).to_contain_text("Nothing is known by CUP-9")  # the shop knows better, and later
    expect(page.locator("#count")).to_have_text("0")
    scan(page, "JAR-1", "JAR-1")
    expect(page.locator("#verdict")).to_contain_text("Already complete")
    expect(page.locator("#count")).to_have_text("1")
    expect(page.get_by_role("button", name="Packed")).to_be_disabled()


def test_a_weight_that_cannot_be_says_what_it_may_be_and_takes_a_reason(page: Page, shipment: Shipment) -> None:
    scan(page, "MUG-1", "MUG-1", "JAR-1")
    page.get_by_label("Scale, in grams").fill("850")
    expect(page.get_by_text("300 g too light", exact=True)).to_be_visible()
    page.get_by_role("button", name="Packed").click()
    expect(page.locator("#verdict")).to_contain_text("Perhaps 1 × Mug-1 missing")
    assert Shipment.objects.get(pk=shipment.pk).state == "picked"
    page.get_by_label("Pack it all the same, because").fill("filled with air")
    page.get_by_role("button", name="Packed").click()
    expect(page.get_by_text(f"{shipment.code} is packed.")).to_be_visible()


def test_scans_without_a_network_outlive_a_reload_and_are_sent_once_it_is_back(page: Page, shipment: Shipment) -> None:
    scan(page, "MUG-1")
    expect(page.locator("#net")).to_have_text("Online")
    kept_on_the_device(page)
    page.context.set_offline(True)
    scan(page, "MUG-1")
    page.reload()
    expect(page.locator("#count")).to_have_text("2")
    scan(page, "JAR-1")
    expect(page.locator("#net")).to_contain_text("Offline, 2 to send")
    expect(page.locator("#count")).to_have_text("3")
    assert Scan.objects.filter(station="pack").count() == 1
    page.context.set_offline(False)
    expect(page.locator("#net")).to_have_text("Online")
    assert Scan.objects.filter(station="pack", verdict="right").count() == 3


def test_what_is_added_is_scanned_as_done(page: Page, shipment: Shipment) -> None:
    InsertRule.objects.create(name="Thank-you card", kind="card", occasion="always", code="CARD-1", cost="0.10")
    page.reload()
    listening(page)
    scan(page, "CARD-1")
    expect(page.get_by_role("checkbox", name="Thank-you card")).to_be_checked()


def test_what_cannot_be_scanned_is_confirmed_with_a_reason(page: Page, shipment: Shipment) -> None:
    page.locator(".verify", has_text="Jar-1").get_by_role("button").click()
    page.get_by_label("Why it cannot be scanned").fill("label torn")
    page.get_by_role("button", name="It is right").click()
    expect(page.locator("#count")).to_have_text("1")
    expect(page.locator("#net")).to_have_text("Online")
    assert Scan.objects.get(action="confirm", station="pack").reason == "label torn"


def test_the_station_is_accessible(page: Page, shipment: Shipment) -> None:
    InsertRule.objects.create(name="Card", kind="card", occasion="always", text="Thank you", cost="0.10")
    for address in (f"/pack/{shipment.code}/", "/pack/"):
        page.goto(address)
        assert [(*look, fault) for look in LOOKS for fault in faults(page, *look)] == []
