"""The API's documentation is a page that works: drawn by our own files, allowed by our own security policy."""

from itertools import product

import pytest

from tests.api import Api
from tests.browser.axe import violations
from tests.factories import make_product

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_documentation_is_drawn_and_a_request_can_be_tried(page, live_server):
    make_product()
    api, said, asked = Api("products:read"), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("Value").fill(api.secret)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator("#operations-products-products_list").get_by_role("button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.get_by_label("The answer: GET /api/v1/products/")
    answer.get_by_text('"sku": "MUG-1"').first.wait_for()
    assert [text for text in said if "Content Security Policy" in text or "rror" in text] == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []


def test_the_documentation_is_accessible_shut_and_open(page):
    page.goto("/api/docs/")
    page.locator(".opblock").first.wait_for()
    for tag in page.locator("h3[data-tag]:not([data-tag='holds']) button").all():
        tag.click()  # a hundred operations are alike
    assert seen(page, 360, 820, 1440) == []
    place = page.locator("#operations-holds-holds_take")
    place.get_by_role("button").first.click()
    place.get_by_role("button", name="Try it out").click()
    page.get_by_role("textbox", name="Request body").wait_for()
    assert page.url.endswith("#/holds/holds_take")  # which opens it again
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("dialog", name="Key").wait_for()
    assert seen(page, 360) == []


def seen(page, *widths):
    """What axe finds in both themes; nothing is wider than the screen."""
    found = []
    for theme, width in product(["light", "dark"], widths):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(600)  # until colours have changed
        found += [(theme, width, fault) for fault in violations(page)]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    return found
