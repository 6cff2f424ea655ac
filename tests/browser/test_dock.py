"""The dock as a shipper uses it: parcels are scanned for the carrier, the manifest is closed and printed."""

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from fulfillment.carriers.buying import buy_labels
from fulfillment.models import Label, Manifest
from tests.browser.conftest import watched
from tests.browser.test_pick_station import WEDGE
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
CHANGED = "was => getComputedStyle(document.getElementById('dock-verdict')).backgroundColor !== was"
APART_MS = 50


@pytest.fixture
def numbers() -> list[str]:
    """Two labelled parcels in York."""
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    for shipment in [make_order(state="packed").shipments.get() for _ in range(2)]:
        buy_labels(shipment, by="petra")
    return list(Label.objects.order_by("pk").values_list("tracking_number", flat=True))


def colour(page: Page) -> str:
    """Of what the shipper sees from a step away."""
    return str(page.locator("#dock-verdict").evaluate("part => getComputedStyle(part).backgroundColor"))


def test_a_carrier_is_loaded_by_scanner_and_its_manifest_printed(page: Page, numbers: list[str]) -> None:
    shipper = User.objects.create_user("wanda", password=PASSWORD, is_staff=True)
    shipper.user_permissions.set(Permission.objects.filter(codename="ship_shipment"))
    at_rest = watched(page)
    page.goto("/login/?next=/dock/")
    page.get_by_label("User name").fill("wanda")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Parcelwing").click()
    expect(page.locator("#dock-verdict")).to_contain_text("Ready")
    page.wait_for_load_state()  # until then nobody hears a scan
    verdict, scanned = page.locator("#dock-verdict"), page.locator("#scanned")

    page.evaluate(WEDGE, [["PW99999999999999GB"], APART_MS])
    expect(verdict).to_contain_text("Keep it here")
    expect(verdict).to_contain_text("PW99999999999999GB is no parcel of this shop")
    refused = colour(page)

    page.evaluate(WEDGE, [[numbers[0]], APART_MS])
    expect(verdict).to_contain_text("Load it")
    expect(scanned).to_contain_text("1 scanned")
    page.wait_for_function(CHANGED, arg=refused)

    page.evaluate(WEDGE, [[numbers[0]], APART_MS])
    expect(verdict).to_contain_text("it was scanned before")
    expect(scanned).to_contain_text("1 scanned")
    page.evaluate(WEDGE, [[numbers[1]], APART_MS])
    expect(scanned).to_contain_text("2 scanned")

    page.get_by_role("button", name="Close the manifest").click()
    code = Manifest.objects.get().code
    expect(page.get_by_text(f"{code} is closed: 2 parcels handed over.")).to_be_visible()
    address = page.get_by_role("link", name="Print it").get_attribute("href")
    assert page.request.get(str(address)).body().startswith(b"%PDF")
    at_rest()
