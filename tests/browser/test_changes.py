"""Changing an order in a real browser: the pages work, and are accessible in both themes and widths."""

from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from orders.changes.operations import SetAddress, SetQuantity
from orders.changes.proposals import propose
from orders.models import Order
from tests.browser.axe import violations
from tests.factories import LONDON, make_order, make_product, make_stock, make_warehouse
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = list(product(["light", "dark"], [390, 1440]))


def sign_in(page: Page, *, to: str) -> None:
    page.goto(to)
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def gathered() -> Order:
    """Picked by hand in York, so that a change takes the goods back."""
    make_stock(make_product("JAR-1", name="Jam jar"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    make_stock(make_product("TEA-1", name="Green tea", price="4.00"), 5)
    return make_order([("JAR-1", 3)], state="picked")


def test_a_person_finds_a_product_adds_it_and_applies_the_change(page: Page) -> None:
    make_alice()
    order = gathered()
    sign_in(page, to=f"/orders/{order.number}/")
    page.get_by_role("link", name="Change…").click()
    page.get_by_label("Units of JAR-1").fill("2")
    page.get_by_label("Find by name, SKU or barcode").fill("green")
    page.get_by_label("Green tea").fill("2")
    page.get_by_label("Why?").fill("They called")
    page.get_by_role("button", name="Show what it comes to").click()
    expect(page.get_by_text("The customer pays £2.00 less; nothing of it was taken yet.")).to_be_visible()
    expect(page.get_by_text("2 × TEA-1 promised from Leeds")).to_be_visible()
    page.get_by_label("The picked goods go back on the shelf: 3 units.").check()
    page.get_by_role("button", name="Apply the change").click()
    expect(page.get_by_text("The order is changed.")).to_be_visible()
    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.total) == ("approved", 28)


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_every_page_of_a_change_is_accessible(browser: Browser, live_server: object, theme: str, width: int) -> None:
    make_alice()
    first, second, third = gathered(), make_order([("MUG-1", 2)]), make_order([("MUG-1", 1)])
    moved = SetAddress("shipping", {**LONDON, "line1": "2 Low Road"})
    change = propose(first.pk, [SetQuantity(1, 2), moved], reason="Too many", by="alice")
    context = browser.new_context(
        base_url=str(live_server), color_scheme=theme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    sign_in(page, to=f"/orders/{first.number}/")
    here, there = f"/orders/{first.number}", f"/orders/{second.number}"
    pages = [f"{here}/change/{change.pk}/", f"{here}/cancel-units/", f"{there}/change/", f"{there}/split/"]
    for address in [*pages, f"/orders/{third.number}/merge/", f"{here}/"]:
        page.goto(address)
        assert [(address, fault) for fault in violations(page)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()
