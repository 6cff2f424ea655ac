"""Pages have cookies, forms and a policy for scripts; programs have a key, and pass all that by."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import ORDERS, Api, order_body
from tests.factories import make_product, make_stock

pytestmark = pytest.mark.django_db


def test_a_form_from_elsewhere_is_refused_on_pages():
    assert Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "alice"}).status_code == 403


def test_a_page_has_its_policy_and_cannot_be_framed():
    headers = Client().get(reverse("login")).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


def test_a_program_needs_no_form_token_and_gets_neither_cookie_nor_policy():
    make_stock(make_product())
    api = Api()
    api.client = Client(enforce_csrf_checks=True)
    placed = api.place(order_body())
    assert placed.status_code == 201
    assert not placed.cookies
    assert "Content-Security-Policy" not in placed.headers
    assert placed.headers["X-Content-Type-Options"] == "nosniff"


def test_a_signed_in_browser_is_nobody_to_the_api(admin_client):
    assert admin_client.get(ORDERS).status_code == 401


def test_the_pages_of_the_api_s_documentation_are_pages():
    assert "Content-Security-Policy" in Client().get("/api/docs/").headers


def test_what_is_not_there_has_the_shop_s_page_in_development_too(admin_client, settings):
    settings.DEBUG = True
    missing = "ordermgmt.middleware.MissingOfDevelopment"
    settings.MIDDLEWARE = [*(name for name in settings.MIDDLEWARE if name != missing), missing]
    answer = admin_client.get("/orders/999999/")
    assert (answer.status_code, answer.templates[0].name) == (404, "404.html")
    assert "URLconf" in admin_client.get("/nowhere/").content.decode()
