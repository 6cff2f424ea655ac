"""The checkout's form asks for what addresses of the chosen country have, and for nothing else."""

import pytest
from playwright.sync_api import Page, expect

from orders.models import Order
from tests.browser.test_storefront import fill_basket, fill_in, go_to_checkout
from tests.factories import make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def checkout(page: Page) -> Page:
    """Filled in for a street in London."""
    make_channel()
    make_stock(make_product("MUG-1", name="Blue mug"), 10)
    fill_basket(page, "Blue mug")
    go_to_checkout(page)
    fill_in(page)
    return page


def test_a_british_order_is_not_sent_without_its_postal_code(checkout: Page) -> None:
    code = checkout.get_by_role("textbox", name="Postal code", exact=True)
    code.fill("")
    checkout.get_by_role("button", name="Order and pay").click()
    expect(code.and_(checkout.locator(":focus"))).to_have_attribute("aria-invalid", "true")
    assert Order.objects.count() == 0
    code.fill("SW1Y 4JH")
    checkout.get_by_role("button", name="Order and pay").click()
    checkout.wait_for_url("**/shop/pay/**")


def test_each_country_asks_for_its_own(checkout: Page) -> None:
    country, region = checkout.get_by_label("Country", exact=True), checkout.get_by_label("County, state or region")
    expect(region).not_to_have_attribute("required", "")
    country.select_option("US")
    asked = checkout.get_by_role("textbox", name="County, state or region", exact=True)
    expect(asked).to_have_attribute("required", "")
    country.select_option("HK")
    expect(checkout.get_by_role("textbox", name="Postal code (optional)")).not_to_have_attribute("required", "")
    checkout.reload()
    expect(checkout.get_by_role("textbox", name="Postal code (optional)")).to_be_visible()
