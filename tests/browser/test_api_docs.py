"""The API's documentation is a page that works: drawn by our own files, allowed by our own security policy."""

import pytest

from tests.api import Api
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
    page.get_by_text('"sku": "MUG-1"').first.wait_for()
    assert [text for text in said if "Content Security Policy" in text or "rror" in text] == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
