"""The pick station on a handheld: a scan anywhere on the page counts, each has its verdict, and the network may fail.

`WEDGE_SCANS` says how many scans are fired at 30 a second, `OFFLINE_SECONDS` how long nobody answers; less by default
than the levels of 1,000 and 10.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from fulfillment.models import PickList, PickTask, Scan, Shipment
from fulfillment.pickwork.planning import plan_work
from inventory.models import Stock
from ordermgmt.verify import verify
from orders.models import OrderEvent
from orders.services import cancel
from tests.browser.conftest import watched
from tests.browser.test_pages import LOOKS, faults, sign_in
from tests.factories import make_product, make_stock, make_warehouse
from tests.fulfillment.pickwork.work import leeds, list_of, picks_by, released, shelve
from tests.people import make_alice

pytestmark = pytest.mark.django_db(transaction=True)
WEDGE_SCANS = int(os.environ.get("WEDGE_SCANS", "150"))
OFFLINE_SECONDS = float(os.environ.get("OFFLINE_SECONDS", "1.5"))
VERDICTS = json.loads((Path(__file__).parents[1] / "fulfillment/pickwork/verdicts.json").read_text())
# Types like a wedge scanner: 300 keys a second, an Enter after each code; how long each took to be on the screen.
WEDGE = """async ([codes, every]) => {
  const key = (name) => document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const took = [], start = performance.now();
  for (const [place, code] of codes.entries()) {
    const rest = start + place * every - performance.now();
    if (rest > 0) await new Promise((done) => setTimeout(done, rest));
    for (const letter of code) key(letter);
    const at = performance.now();
    key("Enter");
    painted().then(() => took.push(performance.now() - at));
  }
  await painted();
  return took;
}"""


@pytest.fixture
def handheld(browser: Browser, live_server: object) -> Iterator[Page]:
    """360 pixels wide; a lost network is no complaint here."""
    context = browser.new_context(
        base_url=str(live_server), viewport=ViewportSize(width=360, height=740), has_touch=True
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    at_rest = watched(page)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    at_rest()
    context.close()
    assert complaints == []


def scan(page: Page, code: str) -> None:
    """Keys two milliseconds apart by the clock of the device, however late a busy machine hands them to the page."""
    device, now = page.context.new_cdp_session(page), time.time()
    for place, key in enumerate([*code, "Enter"]):
        text = "\r" if key == "Enter" else key
        pressed = {"type": "keyDown", "key": key, "text": text, "timestamp": now + place * 0.002}
        device.send("Input.dispatchKeyEvent", pressed)
    device.detach()


def kept_on_the_device(page: Page) -> None:
    """The page could be shown again without a network."""
    page.wait_for_function(
        "async () => navigator.serviceWorker.controller && Boolean(await caches.match(location.href))"
    )


def begin(page: Page) -> None:
    sign_in(page, to="/pick/")
    page.get_by_role("button", name="Take the next list").click()
    expect(page.locator("#work")).to_be_visible()


def verdict(page: Page, words: str) -> None:
    expect(page.locator("#verdict")).to_contain_text(words)


@pytest.fixture
def two_lines() -> Shipment:
    make_alice()
    shelve("MUG", "1-2-1", name="Blue mug", barcode="4006381333931")
    shelve("JAR", "3-4-1", name="Honey jar")
    return released(("MUG", 2), ("JAR", 1))


def test_place_item_and_quantity_in_the_order_of_the_walk(handheld: Page, two_lines: Shipment) -> None:
    begin(handheld)
    first = handheld.locator("#place").text_content()
    expect(handheld.locator("#step")).to_have_text("Scan the place")
    for code in ("3-4-1", "JAR") if first == "3-4-1" else ("1-2-1", "4006381333931"):
        scan(handheld, code)
        verdict(handheld, "Right")
    for code in ("1-2-1", "4006381333931") if first == "3-4-1" else ("3-4-1", "JAR"):
        scan(handheld, code)
    if handheld.locator("#rest").is_visible():
        handheld.locator("#rest").click()
    scan(handheld, "1-2-1")
    scan(handheld, "MUG")
    expect(handheld.get_by_text("List done")).to_be_visible()
    expect(handheld.locator("#done-said")).to_have_text("3 units picked")
    assert str(Shipment.objects.get().state) == "picked"
    assert PickTask.objects.filter(scanned=True).count() == 2


def test_nothing_advances_on_a_mismatch_and_each_is_said(handheld: Page, two_lines: Shipment) -> None:
    begin(handheld)
    for code, words in [
        ("9-9-9", "Wrong place"),
        ("1-2-1", "Right place: take 2 × Blue mug"),
        ("JAR", "Wrong itemThat is Honey jar; here it is Blue mug"),
        ("NOBODY", "Nothing is known by NOBODY"),  # as the shop says, however late its answer comes
        ("MUG", "1 × Blue mug, 1 more"),
        ("MUG", "1 × Blue mug, done"),
        ("MUG", "Already complete"),
    ]:
        scan(handheld, code)
        verdict(handheld, words)
    expect(handheld.locator("#net")).to_have_text("Online")
    expect(handheld.locator("#remaining-count")).to_have_text("1 unit")
    assert OrderEvent.objects.filter(name="pick.mismatched").count() == 4
    assert sorted(PickTask.objects.values_list("picked", flat=True)) == [0, 2]


def test_a_scan_into_a_field_counts_and_leaves_the_field_alone(handheld: Page, two_lines: Shipment) -> None:
    begin(handheld)
    handheld.get_by_label("Type a code").fill("typed")
    scan(handheld, "1-2-1")
    verdict(handheld, "Right place")
    expect(handheld.get_by_label("Type a code")).to_have_value("typed")
    handheld.get_by_label("Type a code").fill("MUG")
    handheld.get_by_role("button", name="Enter").click()
    verdict(handheld, "1 × Blue mug, 1 more")


def test_what_is_not_there_is_sent_from_elsewhere_at_once(handheld: Page, two_lines: Shipment) -> None:
    make_stock(make_product("MUG"), 5, warehouse=make_warehouse("YORK", priority=90))
    begin(handheld)
    scan(handheld, "1-2-1")
    scan(handheld, "MUG")
    handheld.get_by_role("button", name="Not there, or no scan…").click()
    handheld.get_by_label("Why").select_option("Damaged")
    handheld.get_by_role("button", name="The others are not there").click()
    verdict(handheld, "1 × Blue mug not there")
    scan(handheld, "3-4-1")
    scan(handheld, "JAR")
    expect(handheld.locator("#done-said")).to_have_text("2 units picked, 1 short")
    assert [(row.warehouse.code, str(row.state)) for row in Shipment.objects.order_by("number")] == [
        ("LEEDS", "picked"),
        ("YORK", "approved"),
    ]
    assert Stock.objects.get(product__sku="MUG", warehouse=leeds()).on_hand == 1
    assert [check.name for check in verify().checks if check.breaches] == []


def test_without_a_network_even_a_reload_loses_nothing_and_nothing_counts_twice(
    handheld: Page, two_lines: Shipment
) -> None:
    begin(handheld)
    scan(handheld, "1-2-1")
    expect(handheld.locator("#net")).to_have_text("Online")
    kept_on_the_device(handheld)
    handheld.context.set_offline(True)
    for code in ("MUG", "MUG", "3-4-1"):
        scan(handheld, code)
        verdict(handheld, "Right")
    handheld.reload()
    expect(handheld.locator("#net")).to_contain_text("Offline, 3 to send")
    scan(handheld, "JAR")
    verdict(handheld, "Right")
    expect(handheld.locator("#net")).to_contain_text("Offline, 4 to send")
    expect(handheld.get_by_text("All taken. Waiting for the shop to say so.")).to_be_visible()
    handheld.wait_for_timeout(OFFLINE_SECONDS * 1000)
    assert (Scan.objects.count(), PickTask.objects.filter(picked__gt=0).count()) == (1, 0)
    handheld.context.set_offline(False)
    expect(handheld.get_by_text("List done")).to_be_visible()
    kept = list(Scan.objects.order_by("at").values_list("action", "code", "units"))
    assert kept == [("bin", "", 0), ("item", "MUG", 1), ("item", "MUG", 1), ("bin", "", 0), ("item", "JAR", 1)]
    assert sorted(PickTask.objects.values_list("picked", flat=True)) == [1, 2]


def test_a_lost_answer_costs_nothing(handheld: Page, two_lines: Shipment) -> None:
    """The shop takes the scans in, but its answer never arrives; so they are sent again."""
    begin(handheld)
    lost = []

    def swallow(route):
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    handheld.route("**/scans/", swallow)
    for code in ("1-2-1", "MUG", "MUG"):
        scan(handheld, code)
    expect(handheld.locator("#net")).to_have_text("Online")
    assert (lost, Scan.objects.count()) == ([200, 200], 3)
    assert sorted(PickTask.objects.values_list("picked", flat=True)) == [0, 2]


def test_a_thousand_scans_a_quick_hand_makes_are_all_taken_in_order(handheld: Page) -> None:
    make_alice()
    shelve("MUG", "1-2-1", units=WEDGE_SCANS + 10, price="0.01")
    released(("MUG", WEDGE_SCANS))
    begin(handheld)
    scan(handheld, "1-2-1")
    # Every tenth is a slip: it is refused and counts nothing.
    codes = ["JAR" if place % 10 == 9 else "MUG" for place in range(WEDGE_SCANS)]
    took = sorted(handheld.evaluate(WEDGE, [codes, 1000 / 30]))
    assert len(took) == len(codes)
    p95 = took[int(len(took) * 0.95)]
    print(f"{len(took)} scans, feedback p50 {took[len(took) // 2]:.1f} ms, p95 {p95:.1f} ms")
    assert p95 <= 150
    expect(handheld.locator("#net")).to_have_text("Online", timeout=120_000)
    assert list(Scan.objects.exclude(action="bin").order_by("received_at").values_list("code", flat=True)) == codes
    assert PickTask.objects.get().picked == codes.count("MUG")


def test_a_batch_says_into_which_tote(handheld: Page) -> None:
    make_alice()
    shelve("MUG", "1-2-1", name="Blue mug")
    first, second = released(("MUG", 1)), released(("MUG", 2))
    picks_by("batch")
    plan_work(leeds(), by="alice")
    begin(handheld)
    scan(handheld, "1-2-1")
    for tote in ("Tote 1", "Tote 2"):
        expect(handheld.locator("#tote")).to_have_text(tote)
        scan(handheld, "MUG")
    expect(handheld.locator("#net")).to_have_text("Online")
    cancel(second.order_id, reason="x", by="sam")
    Shipment.objects.get(pk=second.pk)
    handheld.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert str(Shipment.objects.get(pk=first.pk).state) == "picked"


def test_a_list_that_somebody_else_took_over_is_let_go(handheld: Page, two_lines: Shipment) -> None:
    begin(handheld)
    PickList.objects.update(picker="petra")
    scan(handheld, "1-2-1")
    verdict(handheld, "The list is with petra now")
    expect(handheld.get_by_role("button", name="Take the next list")).to_be_visible()
    assert Scan.objects.get().verdict == "not_on_list"


def test_pause_and_resume(handheld: Page, two_lines: Shipment) -> None:
    begin(handheld)
    handheld.get_by_role("button", name="Pause").click()
    verdict(handheld, "The list is paused")
    handheld.get_by_role("button", name="Take the next list").click()
    expect(handheld.locator("#work")).to_be_visible()
    assert list_of(two_lines).steps.values_list("action", flat=True)[1:3].count() == 2


def test_the_page_judges_as_the_shop_does(page: Page, two_lines: Shipment) -> None:
    begin(page)
    found = page.evaluate(
        """async ({ address, lines, cases }) => {
          const { judge } = await import(address);
          const all = lines.map((line) => ({ void: false, ...line }));
          return cases.map(({ seen }) => judge(all, seen));
        }""",
        {"address": "/static/js/station/verdicts.js", **VERDICTS},
    )
    expected = [
        {"verdict": row["verdict"], "said": row["said"], "task": row.get("task"), "units": row.get("units", 0)}
        for row in VERDICTS["cases"]
    ]
    assert found == expected


def test_the_station_is_accessible_and_its_targets_are_large(page: Page, two_lines: Shipment) -> None:
    begin(page)
    scan(page, "1-2-1")
    assert [(*look, fault) for look in LOOKS for fault in faults(page, *look)] == []
    small = page.evaluate(
        """[...document.querySelectorAll("button, a, select, input")].filter((part) => part.offsetParent)
           .filter((part) => part.getBoundingClientRect().height < 44).map((part) => part.outerHTML)"""
    )
    assert small == []
