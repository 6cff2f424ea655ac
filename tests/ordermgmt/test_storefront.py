"""The storefront: what its pages give to a stranger's browser, and the two pages that speak for the provider."""

import re
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from inventory import clock
from ordermgmt.storefront.channel import publishable_key
from ordermgmt.storefront.countries import countries, home_country
from orders.customers.credit import give_credit
from orders.keys import digest, revoke_key
from orders.models import ApiKey, Order, OrderEvent, Payment
from orders.queue import held
from orders.services import cancel, pledge, receive_payment
from orders.tokens import CREDIT, sign
from tests.api import Api, order_body, problem, random_name
from tests.factories import carry, make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db
NAME = "shop-" + "0123456789abcdef" * 2
PAGES = ("/shop/", "/shop/checkout/", f"/shop/placed/{NAME}/", "/shop/pay/x/", "/shop/thanks/x/")


def headers() -> dict[str, str]:
    return {"Authorization": f"Bearer {publishable_key(make_channel())}"}


def send(path: str, body: object, **more: str) -> object:
    return Client().post(f"/api/v1/{path}", body, content_type="application/json", headers={**headers(), **more})


def buy(name: str = NAME, *, method: str = "card") -> Order:
    """As the browser does it: 2 mugs of 10.00 for the publishable key."""
    make_stock(make_product(), 10)
    body = order_body(external_id=None, payment={"method": method})
    answer = send("orders/", body, **{"Idempotency-Key": name})
    assert answer.status_code == 201, answer.content
    return Order.objects.get(number=answer.json()["number"])


def pay_address(order: Order) -> str:
    return f"/shop/pay/{sign(order.pk, 'shop/pay')}/"


def thanks_address(order: Order) -> str:
    return f"/shop/thanks/{sign(order.pk, 'shop/thanks')}/"


@pytest.mark.parametrize("address", PAGES)
def test_without_a_channel_there_is_no_storefront(address, settings):
    make_channel()
    settings.STOREFRONT_CHANNEL = ""
    assert Client().get(address).status_code == 404
    settings.STOREFRONT_CHANNEL = "nobody"
    assert Client().get(address).status_code == 404
    assert ApiKey.objects.count() == 0


def test_the_page_carries_a_key_that_is_stored_as_a_hash_only_and_made_once():
    make_channel()
    pages = [Client().get("/shop/").content.decode() for _ in range(2)]
    keys = {re.search(r'<meta name="shop-key" content="(omk_[\w-]{43})">', page).group(1) for page in pages}
    (key,) = keys
    row = ApiKey.objects.get()
    assert (row.digest, row.prefix, row.scopes) == (digest(key), key[:12], ["orders:place", "products:read"])
    assert key == publishable_key(make_channel())
    assert row.channel.code == "web"


def test_each_channel_and_each_installation_has_a_key_of_its_own(settings):
    web = publishable_key(make_channel())
    assert publishable_key(make_channel("desk")) != web
    settings.SECRET_KEY = "another" * 10
    assert publishable_key(make_channel()) != web


def test_the_key_opens_buying_and_nothing_else():
    order = buy()
    api = Client(headers=headers())
    assert api.get("/api/v1/products/").status_code == 200
    assert send("quotes/", {"currency": "GBP", "lines": [{"sku": "MUG-1", "quantity": 1}]}).status_code == 200
    for path in ("orders/", f"orders/{order.number}/", "shipments/", "events/"):
        problem(api.get(f"/api/v1/{path}"), 403, "scope_missing")
    problem(send(f"orders/{order.number}/cancel/", {"reason": "no"}), 403, "scope_missing")
    problem(send(f"orders/{order.number}/payments/", {"amount": "20.00", "reference": "x"}), 403, "scope_missing")
    paid = order_body(payment={"method": "card", "authorised": "20.00"})
    problem(send("orders/", paid, **{"Idempotency-Key": random_name("k")}), 403, "price_not_allowed")
    assert (Order.objects.count(), Payment.objects.get().authorised) == (1, 0)


def test_whoever_revokes_the_key_closes_the_shop():
    make_channel()
    assert Client().get("/shop/").status_code == 200
    revoke_key(ApiKey.objects.get().pk)
    assert Client().get("/shop/").status_code == 404
    assert ApiKey.objects.count() == 1


def test_a_page_takes_two_queries_however_large_the_shop_is():
    make_channel()
    Client().get("/shop/")
    for address in ("/shop/", "/shop/checkout/"):
        with CaptureQueriesContext(connection) as queries:
            Client().get(address)
        assert len(queries) == 2


def test_no_page_has_a_script_or_style_inside():
    order = buy()
    for address in ("/shop/", "/shop/checkout/", pay_address(order), thanks_address(order)):
        response = Client().get(address)
        page = response.content.decode()
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []


def test_the_form_knows_every_country_and_starts_at_home(settings):
    make_channel()
    names = {country.code: country.name for country in countries()}
    assert len(names) > 240
    assert names["GB"] == "United Kingdom"
    assert not {"ZZ", "EU"} & names.keys()
    assert list(names)[:3] == ["AF", "AX", "AL"]
    needs = {country.code: country.needs for country in countries()}
    assert (needs["GB"], needs["US"], needs["HK"]) == ("postal_code", "postal_code region", "region")
    assert home_country() == "GB"
    with translation.override("de"):
        assert [country.name for country in countries()][:3] == ["Afghanistan", "Ägypten", "Ålandinseln"]
    page = Client().get("/shop/checkout/").content.decode()
    assert '<option value="GB" data-needs="postal_code" selected>United Kingdom</option>' in page
    settings.SHOP_TIME_ZONE = "UTC"
    assert home_country() == ""


def test_the_example_address_is_offered_in_development_only(settings):
    make_channel()
    settings.DEBUG = True
    assert "Fill in an example" in Client().get("/shop/checkout/").content.decode()
    settings.DEBUG = False
    assert "Fill in an example" not in Client().get("/shop/checkout/").content.decode()


def test_the_random_name_of_an_order_leads_to_its_payment():
    order = buy()
    response = Client().get(f"/shop/placed/{NAME}/")
    assert response.status_code == 302
    page = Client().get(response.headers["Location"]).content.decode()
    assert f"Pay for order {order.number}" in page
    assert "£20.00" in page


def test_a_name_that_could_be_guessed_leads_nowhere():
    make_stock(make_product(), 10)
    Api(channel=make_channel()).place(order_body(external_id="web-2041"))
    for name in ("web-2041", NAME):
        assert Client().get(f"/shop/placed/{name}/").status_code == 404


def test_an_order_of_another_channel_is_not_found_by_its_name():
    order = buy()
    Order.objects.filter(pk=order.pk).update(channel=make_channel("desk"))
    assert Client().get(f"/shop/placed/{NAME}/").status_code == 404


def test_paying_pledges_the_total_once_as_a_provider_would():
    order = buy()
    assert (Payment.objects.get().authorised, order.expires_at is None) == (0, False)
    for _ in range(2):
        response = Client().post(pay_address(order), {"answer": "pay"})
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/shop/thanks/")
    payment = Payment.objects.get()
    assert (payment.authorised, payment.reference) == (Decimal(20), f"demo-{order.number}")
    event = OrderEvent.objects.get(name="payment.authorised")
    assert (event.by, event.data["amount"]) == ("payment:demo", "20.00")
    assert Order.objects.get().expires_at is None


@pytest.mark.parametrize(("at", "said"), [("21:30", "23:30"), ("22:30", "Sat 2 May 00:30")])
def test_the_end_of_the_wait_has_its_day_when_that_is_not_today(at, said):
    with clock.at(datetime.fromisoformat(f"2026-05-01T{at}Z")):
        page = Client().get(pay_address(buy())).content.decode()
    assert f"We keep everything aside for you until {said}." in page


def test_declining_changes_nothing_and_the_page_can_be_used_again():
    order = buy()
    response = Client().post(pay_address(order), {"answer": "decline"}, follow=True)
    assert "The card was declined." in response.content.decode()
    assert "Pay £20.00" in response.content.decode()
    assert Payment.objects.get().authorised == 0
    assert list(OrderEvent.objects.values_list("name", flat=True)) == ["order.placed"]


def test_a_customers_link_offers_their_credit_in_this_browsers_checkout_and_pays_with_it():
    order = buy()
    with held(order.pk) as row:
        give_credit(row, Decimal("12.50"), key="gift", why="Sorry", by="sam")
    link, browser = f"/shop/credit/{sign(order.pk, CREDIT)}/", Client()
    assert "store_credit" not in browser.get("/shop/checkout/").content.decode()
    assert browser.get(link).headers["Location"] == "/shop/"
    page = browser.get("/shop/checkout/").content.decode()
    assert "£12.50" in page
    (token,) = re.findall(r'name="store_credit_token" value="([^"]+)"', page)
    body = order_body(external_id=None, store_credit="all", store_credit_token=token, payment={"method": "card"})
    answer = send("orders/", body, **{"Idempotency-Key": random_name("shop")})
    assert answer.status_code == 201, answer.content
    paid = {row["method"]: row["captured"] for row in answer.json()["payments"]}
    assert paid["credit"] == "12.50"
    assert "store_credit" not in browser.get("/shop/checkout/").content.decode()  # nothing is left of it
    assert browser.get(f"{link[:-5]}/").status_code == 404


def test_what_the_desk_refuses_is_said_and_changes_nothing():
    order = buy()
    pledge(order.pk, amount=Decimal(5), reference=f"demo-{order.number}", by="test")
    response = Client().post(pay_address(order), {"answer": "pay"})
    assert response.status_code == 409
    assert "£5.00" in response.content.decode()
    assert Payment.objects.get().authorised == 5


def test_a_form_of_another_site_cannot_pay():
    order = buy()
    assert Client(enforce_csrf_checks=True).post(pay_address(order), {"answer": "pay"}).status_code == 403
    assert Payment.objects.get().authorised == 0


def test_an_altered_token_or_one_for_another_purpose_opens_nothing():
    order = buy()
    token = sign(order.pk, "shop/thanks")
    for address in (f"/shop/pay/{token}/", f"/shop/thanks/{token}x/", f"/shop/thanks/{sign(order.pk, 'survey')}/"):
        response = Client().get(address)
        assert response.status_code == 404
        assert "We do not know this link" in response.content.decode()
    assert Client().post(f"/shop/pay/{token}/", {"answer": "pay"}).status_code == 404
    assert Payment.objects.get().authorised == 0


def test_an_invoice_needs_no_payment_page():
    order = buy(method="invoice")
    response = Client().get(pay_address(order), follow=True)
    page = response.content.decode()
    assert response.redirect_chain[0][0].startswith("/shop/thanks/")
    assert "Thank you!" in page
    assert "by invoice" in page
    receive_payment(order.pk, amount=Decimal(20), method="transfer", reference="SEPA-1", by="test")
    page = Client().get(thanks_address(order)).content.decode()
    assert "<dt>Payment</dt><dd>received</dd>" in page


def test_an_unpaid_order_says_so_and_shows_the_way_to_pay():
    order = buy()
    page = Client().get(thanks_address(order)).content.decode()
    assert "Almost there" in page
    assert re.search(r'href="/shop/pay/[^"]+/">Pay £20.00<', page)


def test_an_order_that_was_called_off_cannot_be_paid_any_more():
    order = buy()
    cancel(order.pk, reason="Not paid", by="test")
    response = Client().post(pay_address(order), {"answer": "pay"}, follow=True)
    page = response.content.decode()
    assert "This order was called off" in page
    assert "Pay £20.00" not in page
    assert Payment.objects.get().authorised == 0


def test_the_thank_you_page_follows_the_order_and_is_told_to_nobody():
    order = buy()
    Client().post(pay_address(order), {"answer": "pay"})
    carry(order, to="picked")
    response = Client().get(thanks_address(order))
    page = response.content.decode()
    steps = re.findall(r'<li class="(\w*)"[^>]*><b>(\w+)</b>', page)
    names = ["Placed", "Received", "Approved", "Picked", "Packed", "Shipped", "Delivered", "Surveyed", "Reviewed"]
    assert steps == list(zip(["done"] * 3 + ["now"] + [""] * 5, names, strict=True))
    assert "<dt>Payment</dt><dd>received</dd>" in page
    assert "Your things have been gathered from the shelves." in page
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_a_real_shop_offers_no_played_payment(settings):
    settings.DEMO_PAYMENTS = False
    order = buy()
    assert Client().post(pay_address(order), {"answer": "pay"}).status_code == 404
    assert Client().get(f"/shop/placed/{NAME}/").headers["Location"].startswith("/shop/thanks/")
    assert "/shop/pay/" not in Client().get(thanks_address(order)).content.decode()
    page = Client().get("/shop/checkout/").content.decode()
    assert 'value="card"' not in page
    assert 'value="invoice" checked' in page
