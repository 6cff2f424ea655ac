"""Following an order and sending something back on a phone, with and without script; and the desk that takes it in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from fulfillment.models import Claim, Return
from orders.models import Order
from orders.tokens import sign
from tests.browser.axe import violations
from tests.factories import make_order, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def phone(browser: Browser, live_server: object, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        base_url=str(live_server), viewport=PHONE, java_script_enabled=request.param, locale="en-GB"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def order() -> Order:
    make_stock(make_product("MUG", name="Blue mug"), 10)
    make_stock(make_product("PLATE", name="Large plate", price="25.00"), 10)
    return make_order([("MUG", 3), ("PLATE", 1)], state="delivered")


def address(order: Order, purpose: str) -> str:
    return f"/{purpose}/{sign(order.pk, purpose)}/"


def accessible(page: Page) -> bool:
    return not violations(page)


def test_a_customer_follows_an_order_and_says_what_is_missing(phone: Page, order: Order) -> None:
    phone.goto(address(order, "track"))
    expect(phone.get_by_role("heading", name="Your order has arrived")).to_be_visible()
    mug = phone.locator(".arrived-line").filter(has_text="Blue mug")
    mug.get_by_label("How many").select_option("1")
    mug.get_by_role("button", name="Missing").click()
    expect(phone.get_by_text("We are looking into it")).to_be_visible()
    claim = Claim.objects.get()
    assert (claim.kind, claim.opened_by, claim.lines.get().quantity) == ("missing", "customer", 1)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_customer_exchanges_a_mug(phone: Page, order: Order) -> None:
    phone.goto(address(order, "track"))
    phone.get_by_role("link", name="Send something back").click()
    mug = phone.get_by_role("group", name="Blue mug")
    mug.get_by_label("How many").select_option("2")
    mug.get_by_label("Why").select_option(label="Too small")
    phone.get_by_label("The same again").check(force=True)
    phone.get_by_role("button", name="See what I get").click()
    expect(phone.locator(".sums .sum").last).to_have_text("£20.00")
    assert Return.objects.count() == 0
    phone.get_by_role("button", name="Send my return").click()
    expect(phone.get_by_role("link", name="Print the label")).to_be_visible()
    row = Return.objects.get()
    assert (row.state, row.resolution, row.lines.get().reason) == ("labelled", "exchange", "size_too_small")
    phone.get_by_role("button", name="I have sent it").click()
    expect(phone.get_by_text("It is on its way to us.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_customers_pages_are_accessible_in_both_colours(
    browser: Browser, live_server: object, order: Order, scheme: str
) -> None:
    context = browser.new_context(base_url=str(live_server), viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for path in (address(order, "track"), address(order, "return"), "/track/", "/track/nonsense/"):
        page.goto(path)
        assert accessible(page), path
    context.close()
