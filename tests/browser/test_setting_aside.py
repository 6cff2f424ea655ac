"""The storefront's checkout over a slow line: what is set aside is set aside once, and the order gets all of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from inventory.models import Stock, StockHold
from orders.models import Order
from orders.services import cancel
from orders.tokens import sign
from tests.browser.test_storefront import checked_out, fill_basket, fill_in, open_basket
from tests.factories import make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
HOLDS = "**/api/v1/holds/"
LONGER_THAN_THE_PAUSE = 700  # milliseconds; so long after a change the checkout asks


@pytest.fixture
def shop(page: Page) -> Iterator[Page]:
    """Ten mugs and three jars."""
    make_channel()
    make_stock(make_product("MUG-1", name="Blue mug"), 10)
    make_stock(make_product("JAR-1", name="Honey jar", price="4.50"), 3)
    return page


def checkout_without_an_answer(page: Page) -> list[Route]:
    """The first requests to set things aside, none of which has been let through."""
    stuck: list[Route] = []
    page.route(HOLDS, lambda route: stuck.append(route))
    open_basket(page)
    with page.expect_request(HOLDS):
        page.get_by_role("link", name="Go to checkout").click()
    return stuck


def test_a_tap_before_the_answer_waits_for_it(shop: Page) -> None:
    fill_basket(shop)
    stuck = checkout_without_an_answer(shop)
    shop.get_by_role("button", name="One more of Blue mug").click()
    shop.wait_for_timeout(LONGER_THAN_THE_PAUSE)
    assert len(stuck) == 1
    stuck[0].continue_()
    expect(shop.get_by_role("button", name="Order and pay £24.50")).to_be_visible()
    expect(shop.get_by_role("timer")).to_be_visible()
    assert StockHold.objects.count() == 1
    assert dict(Stock.objects.values_list("product__sku", "reserved")) == {"MUG-1": 2, "JAR-1": 1}


def test_an_order_waits_for_what_is_just_being_set_aside(shop: Page) -> None:
    shop.goto("/shop/")
    for _ in range(3):
        shop.get_by_role("button", name="Add Honey jar to the basket").click()
    stuck = checkout_without_an_answer(shop)
    fill_in(shop)
    shop.evaluate("document.forms.checkout.requestSubmit()")
    shop.wait_for_timeout(LONGER_THAN_THE_PAUSE)
    assert Order.objects.count() == 0
    stuck[0].continue_()
    shop.wait_for_url("**/shop/pay/**")
    assert list(Order.objects.get().lines.values_list("sku", "quantity")) == [("JAR-1", 3)]
    assert (StockHold.objects.count(), Stock.objects.get(product__sku="JAR-1").reserved) == (0, 3)


def test_the_thank_you_page_tells_that_the_order_was_called_off_meanwhile(shop: Page) -> None:
    checked_out(shop).click()
    shop.wait_for_url("**/shop/pay/**")
    order = Order.objects.get()
    shop.goto(f"/shop/thanks/{sign(order.pk, 'shop/thanks')}/")
    expect(shop.get_by_role("heading", name="Almost there")).to_be_visible()
    cancel(order.pk, reason="Not paid", by="test")
    expect(shop.get_by_role("heading", name="This order was called off")).to_be_visible()
    expect(shop.get_by_role("link", name="Pay £14.50")).to_be_hidden()
    expect(shop.get_by_role("status")).to_have_text("This order was called off. Nothing is charged.")
