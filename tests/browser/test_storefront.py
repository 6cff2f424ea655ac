"""The storefront in a real browser, on a phone: from the search to a paid order, whatever goes wrong on the way."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import product as pairs

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect

from inventory import services as stock
from inventory.models import BundleComponent, ProductFamily, Stock, StockHold, StockMovement
from orders.models import Order, OrderEvent, Payment, ShippingMethod
from tests.browser.axe import violations
from tests.factories import carry, make_channel, make_product, make_stock

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = list(pairs(["light", "dark"], [360, 1440]))
PLACE = re.compile(r"/api/v1/orders/$")


@pytest.fixture
def phone(browser: Browser, live_server: object) -> Iterator[Page]:
    """A small touch screen in a shop that is open. Scripts must not fail; an answer may well be a refusal."""
    make_channel()
    make_stock(make_product("MUG-1", name="Blue mug"), 10)
    make_stock(make_product("JAR-1", name="Honey jar", price="4.50"), 10)
    screen = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=str(live_server), viewport=screen, has_touch=True, locale="en-GB")
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if is_fault(said.type, said.text) else None)
    yield opened
    context.close()
    assert complaints == []


def is_fault(kind: str, text: str) -> bool:
    """A refused request stands in every browser's console; all else that stands there as an error is one."""
    return kind == "error" and not text.startswith("Failed to load resource")


def fill_basket(page: Page, *names: str) -> None:
    page.goto("/shop/")
    for name in names or ("Blue mug", "Honey jar"):
        page.get_by_role("button", name=f"Add {name} to the basket").click()


def open_basket(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Basket, ")).click()


def go_to_checkout(page: Page) -> None:
    open_basket(page)
    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_text("We have set everything aside for you.")).to_be_visible()


def fill_in(page: Page) -> None:
    for label, value in {
        "E-mail": "ada@example.org",
        "Name": "Ada Byron",
        "Street and number": "12 St James's Square",
        "Postal code": "SW1Y 4JH",
        "Town or city": "London",
    }.items():
        page.get_by_label(label).fill(value)


def checked_out(page: Page) -> Locator:
    """Everything up to the last button, which is returned."""
    fill_basket(page)
    go_to_checkout(page)
    fill_in(page)
    return page.get_by_role("button", name="Order and pay £14.50")


def pay(page: Page) -> None:
    page.get_by_role("button", name="Pay £").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()


def sell(sku: str, units: int) -> None:
    row = Stock.objects.get(product__sku=sku)
    stock.move_stock(row.pk, -units, kind=StockMovement.Kind.ADJUST, key=f"gone:{sku}", by="test")


def test_a_newcomer_searches_and_buys_two_things_by_card(phone: Page) -> None:
    phone.goto("/shop/")
    phone.get_by_role("searchbox").fill("mug")
    expect(phone.get_by_role("status").filter(has_text="1 found for “mug”")).to_be_visible()
    phone.get_by_role("button", name="Blue mug", exact=True).click()
    phone.get_by_label("Quantity", exact=True).fill("2")
    phone.get_by_role("button", name="Add to basket").click()
    phone.get_by_role("searchbox").fill("jar")
    phone.get_by_role("button", name="Add Honey jar to the basket").click()
    expect(phone.get_by_text("Honey jar is in your basket.")).to_be_attached()
    phone.get_by_role("button", name="Basket, 3 items").click()
    expect(phone.locator("#totals .total").last).to_have_text("£24.50")
    phone.get_by_role("link", name="Go to checkout").click()
    fill_in(phone)
    phone.get_by_text("Is it a present?").click()
    phone.get_by_label("A note that goes into the parcel").fill("Happy birthday!")
    phone.get_by_role("button", name="Order and pay £24.50").click()
    pay(phone)
    order = Order.objects.get()
    expect(phone.get_by_text(f"Your order number is {order.number}.")).to_be_visible()
    expect(phone.get_by_role("listitem").filter(has_text="Placed")).to_have_attribute("aria-current", "step")
    assert sorted(order.lines.values_list("sku", "quantity")) == [("JAR-1", 1), ("MUG-1", 2)]
    assert (order.total, order.gift_note, order.expires_at) == (Decimal("24.5"), "Happy birthday!", None)
    assert Payment.objects.get().authorised == Decimal("24.5")
    assert (order.customer.name, order.shipping_address["name"]) == ("Ada Byron", "Ada Byron")
    assert OrderEvent.objects.filter(name="payment.authorised").count() == 1
    carry(order, to="received")
    received = phone.get_by_role("listitem").filter(has_text="Received")
    expect(received).to_have_attribute("aria-current", "step", timeout=8000)
    phone.goto("/shop/")
    expect(phone.get_by_role("button", name="Basket, 0 items")).to_be_visible()


def test_a_second_tap_orders_nothing_more(phone: Page) -> None:
    checked_out(phone)
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.url) if PLACE.search(request.url) else None)
    phone.evaluate(
        "const form = document.forms.checkout; form.requestSubmit(); form.requestSubmit(); form.requestSubmit()"
    )
    pay(phone)
    assert (Order.objects.count(), len(sent)) == (1, 1)


def test_an_answer_that_is_lost_or_put_off_is_asked_for_again(phone: Page) -> None:
    button, lost = checked_out(phone), []

    def spoil_the_first_two(route: Route) -> None:
        answer = route.fetch()
        lost.append(answer.status)
        spoilt = (route.abort, partial(route.fulfill, status=429, json={"code": "throttled"}))
        (*spoilt, partial(route.fulfill, response=answer))[len(lost) - 1]()

    phone.route(PLACE, spoil_the_first_two)
    button.click()
    pay(phone)
    assert (Order.objects.count(), lost) == (1, [201, 201, 201])


def test_a_reload_before_the_answer_still_makes_one_order(phone: Page) -> None:
    button, answers = checked_out(phone), []
    phone.route(PLACE, lambda route: answers.append(route.fetch().status), times=1)  # and never passed on
    button.click()
    expect(phone.get_by_role("button", name="Placing your order")).to_be_disabled()
    while not answers:
        phone.wait_for_timeout(50)
    assert (Order.objects.count(), answers) == (1, [201])
    phone.reload()
    pay(phone)
    assert Order.objects.count() == 1


def test_while_nobody_answers_the_customer_is_told_and_may_try_again(phone: Page) -> None:
    button = checked_out(phone)
    phone.route(PLACE, lambda route: route.abort())
    button.click()
    expect(phone.get_by_text("it will never be placed twice")).to_be_visible(timeout=15_000)
    assert Order.objects.count() == 0
    phone.unroute(PLACE)
    phone.get_by_label("Town or city").fill("Westminster")
    phone.get_by_role("button", name="Order and pay £14.50").click()
    pay(phone)
    # The first attempt is settled first: what was asked then is what is ordered.
    assert Order.objects.get().shipping_address["city"] == "London"


def test_what_the_api_refuses_stands_at_its_field_and_can_be_mended(phone: Page) -> None:
    button = checked_out(phone)
    phone.get_by_label("E-mail").fill("ada@example")
    button.click()
    email = phone.get_by_label("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(phone.get_by_text("Enter a valid email address.")).to_be_visible()
    assert Order.objects.count() == 0
    email.fill("ada@example.org")
    expect(phone.get_by_text("Enter a valid email address.")).to_be_hidden()
    phone.get_by_role("button", name="Order and pay £14.50").click()
    pay(phone)
    assert Order.objects.get().customer.email == "ada@example.org"


def test_what_is_missing_in_the_form_never_reaches_the_api(phone: Page) -> None:
    button, city = checked_out(phone), phone.get_by_label("Town or city")
    city.fill("")
    button.click()
    expect(city.and_(phone.locator(":focus"))).to_have_attribute("aria-invalid", "true")
    assert Order.objects.count() == 0


def test_an_address_that_looks_wrong_is_told_and_does_not_stop_the_order(phone: Page) -> None:
    checked_out(phone)
    phone.get_by_label("Postal code").fill("12345")
    expect(phone.get_by_text("12345 is not a postal code of GB. If it is right, just go on.")).to_be_visible()
    phone.get_by_role("button", name="Order and pay £14.50").click()
    pay(phone)
    assert Order.objects.get().shipping_address["postal_code"] == "12345"


def test_too_little_stock_is_told_at_its_line_with_what_is_left(phone: Page) -> None:
    fill_basket(phone)
    open_basket(phone)
    phone.get_by_label("Quantity of Blue mug").fill("12")
    phone.keyboard.press("Tab")
    expect(phone.get_by_text("Only 10 left.")).to_be_visible()
    phone.get_by_role("link", name="Go to checkout").click()
    expect(phone.get_by_text("There is not enough of something")).to_be_visible()
    expect(phone.get_by_text("Only 10 left.")).to_be_visible()
    assert StockHold.objects.count() == 0
    phone.get_by_role("button", name="Take 10").click()
    expect(phone.get_by_text("Only 10 left.")).to_be_hidden()
    expect(phone.get_by_text("We have set everything aside for you.")).to_be_visible()
    fill_in(phone)
    phone.get_by_role("button", name="Order and pay £104.50").click()
    pay(phone)
    assert Stock.objects.get(product__sku="MUG-1").reserved == 10


def test_what_sold_out_while_the_form_was_filled_in_is_told_and_nothing_is_ordered(phone: Page) -> None:
    button = checked_out(phone)
    token = StockHold.objects.get().token
    stock.drop_hold(token, channel="web")  # as if the time were over
    sell("MUG-1", 10)
    button.click()
    expect(phone.get_by_text("Sold out.")).to_be_visible()
    expect(phone.get_by_role("alert").filter(has_text="Nothing was ordered.")).to_be_visible()
    assert Order.objects.count() == 0
    phone.get_by_role("button", name="Take it out").click()
    phone.get_by_role("button", name="Order and pay £4.50").click()
    pay(phone)
    assert list(Order.objects.get().lines.values_list("sku", flat=True)) == ["JAR-1"]


def test_stock_is_set_aside_at_the_checkout_and_given_back_on_leaving_it(phone: Page) -> None:
    fill_basket(phone)
    go_to_checkout(phone)
    expect(phone.get_by_role("timer")).to_have_text(re.compile(r"^14:\d\d left to order$"))
    assert dict(Stock.objects.values_list("product__sku", "reserved")) == {"MUG-1": 1, "JAR-1": 1}
    phone.get_by_role("button", name="One more of Blue mug").click()
    expect(phone.get_by_role("button", name="Order and pay £24.50")).to_be_visible()
    phone.get_by_label("Quantity of Blue mug").fill("3")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Order and pay £34.50")).to_be_visible()
    assert dict(Stock.objects.values_list("product__sku", "reserved")) == {"MUG-1": 3, "JAR-1": 1}
    assert Order.objects.count() == 0
    phone.reload()
    expect(phone.get_by_role("timer")).to_be_visible()
    assert StockHold.objects.count() == 1
    phone.get_by_role("link", name="Back to shop").click()
    expect(phone.get_by_role("button", name="Add Blue mug to the basket")).to_be_visible()
    assert (StockHold.objects.count(), set(Stock.objects.values_list("reserved", flat=True))) == (0, {0})


def test_the_end_of_the_time_is_told_and_the_goods_can_be_set_aside_again(phone: Page) -> None:
    fill_basket(phone)
    phone.clock.install()
    go_to_checkout(phone)
    phone.clock.run_for("15:01")
    expect(phone.get_by_text("your things are back on the shelf")).to_be_visible()
    phone.get_by_role("button", name="Set it aside again").click()
    phone.clock.run_for(1500)
    expect(phone.get_by_text("We have set everything aside for you.")).to_be_visible()


def test_shipping_is_chosen_and_its_price_is_part_of_the_total(phone: Page) -> None:
    for code, price, countries in (("standard", "3.95", []), ("courier", "9.00", ["GB"])):
        ShippingMethod.objects.create(code=code, name=code.title(), currency="GBP", price=price, countries=countries)
    fill_basket(phone)
    go_to_checkout(phone)
    fill_in(phone)
    expect(phone.get_by_role("button", name="Order and pay £18.45")).to_be_visible()
    phone.get_by_role("radio", name="Courier").check()
    expect(phone.get_by_role("button", name="Order and pay £23.50")).to_be_visible()
    phone.get_by_label("Country").select_option("FR")
    expect(phone.get_by_role("radio", name="Courier")).to_be_hidden()
    expect(phone.get_by_role("radio", name="Standard")).to_be_checked()
    phone.get_by_role("radio", name="Invoice").check()
    phone.get_by_role("button", name="Place the order").click()
    expect(phone.get_by_role("heading", name="Thank you!")).to_be_visible()
    order = Order.objects.get()
    assert (order.shipping_method, order.total) == ("standard", Decimal("18.45"))
    assert order.payments.get().method == "invoice"


def test_a_declined_card_can_be_tried_again_even_in_another_window(phone: Page) -> None:
    checked_out(phone).click()
    phone.get_by_role("button", name="Decline").click()
    expect(phone.get_by_role("alert")).to_have_text("The card was declined. Nothing was charged; please try again.")
    (later := phone.context.new_page()).goto("/shop/")  # without the session of the closed window
    later.get_by_role("link", name="Go to your last order").click()
    pay(later)
    assert Payment.objects.get().authorised == Decimal("14.5")


def test_variants_share_a_card_and_are_told_apart_by_a_picker(phone: Page) -> None:
    family = ProductFamily.objects.create(code="scarf", name="Woollen scarf")
    for colour, units in (("Red", 3), ("Green", 0)):
        scarf = make_product(f"SCARF-{colour}", name=f"Scarf, {colour}", family=family, options={"colour": colour})
        make_stock(scarf, units)
    phone.goto("/shop/")
    card = phone.get_by_role("listitem").filter(has_text="Woollen scarf")
    card.get_by_role("combobox").select_option("Red")
    expect(card.get_by_text("Only 3 left")).to_be_visible()
    card.get_by_role("combobox").select_option("Green (sold out)")
    expect(card.get_by_role("button", name="Add Scarf, Green to the basket")).to_be_disabled()
    phone.goto("/shop/#product=SCARF-Red")
    dialog = phone.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Scarf, Red")).to_be_visible()
    dialog.get_by_role("combobox").select_option("Green (sold out)")
    expect(dialog.get_by_role("button", name="Add to basket")).to_be_disabled()
    phone.go_back()
    expect(dialog.get_by_role("heading", name="Scarf, Red")).to_be_visible()


def test_a_set_costs_and_lasts_as_its_parts_do(phone: Page) -> None:
    gift = make_product("SET-1", name="Breakfast set", price="12.00")
    for sku, units in (("MUG-1", 2), ("JAR-1", 1)):
        BundleComponent.objects.create(bundle=gift, component=make_product(sku), quantity=units)
    phone.goto("/shop/#product=SET-1")
    expect(phone.get_by_role("list", name="In this set").get_by_role("listitem")).to_have_text(
        ["2 × Blue mug", "1 × Honey jar"]
    )
    phone.get_by_role("button", name="Add to basket").click()
    open_basket(phone)
    phone.get_by_label("Quantity of Breakfast set").fill("6")
    phone.keyboard.press("Tab")
    expect(phone.locator("#lines .sum")).to_have_text("£72.00")
    expect(phone.get_by_text("Only 5 left.")).to_be_visible()


def test_more_is_shown_on_request_and_a_search_without_hits_says_so(phone: Page) -> None:
    for number in range(30):
        make_stock(make_product(f"TOY-{number:02}"), 1)
    phone.goto("/shop/")
    cards = phone.get_by_role("list", name="Products").get_by_role("article")
    expect(cards).to_have_count(24)
    phone.get_by_role("button", name="Show more").click()
    expect(cards).to_have_count(32)
    expect(phone.get_by_role("button", name="Show more")).to_be_hidden()
    phone.get_by_role("searchbox").fill("unicorn")
    expect(phone.get_by_text("Nothing found for “unicorn”.")).to_be_visible()


def test_what_the_catalogue_says_is_text_and_never_markup(phone: Page) -> None:
    name = '<img src=x onerror="document.title=1"><b>Bold</b>'
    make_stock(make_product("BAD-1", name=name), 5)
    fill_basket(phone, name)
    open_basket(phone)
    expect(phone.get_by_role("list", name="In your basket").get_by_text(name, exact=True).first).to_be_visible()
    assert phone.locator("main img").count() == 0


def test_the_shop_is_accessible_in_both_themes_from_360_pixels_on(phone: Page) -> None:
    fill_basket(phone)
    expect(phone.get_by_text("Added").first).to_be_hidden()
    check(phone, "shelf")
    phone.get_by_role("button", name="Blue mug", exact=True).click()
    expect(phone.get_by_role("dialog")).to_be_visible()
    check(phone, "product")
    phone.get_by_role("button", name="Close").click()
    open_basket(phone)
    phone.get_by_label("Quantity of Blue mug").fill("12")
    phone.keyboard.press("Tab")
    expect(phone.get_by_text("Only 10 left.")).to_be_visible()
    check(phone, "basket")
    phone.get_by_role("button", name="Take 10").click()
    phone.get_by_role("link", name="Go to checkout").click()
    phone.get_by_label("Postal code").fill("1")
    phone.get_by_role("button", name="Order and pay").click()
    expect(phone.get_by_label("E-mail")).to_be_focused()
    check(phone, "checkout")
    fill_in(phone)
    phone.get_by_role("button", name="Order and pay").click()
    phone.get_by_role("button", name="Decline").click()
    check(phone, "pay")
    pay(phone)
    check(phone, "thanks")


def check(page: Page, where: str) -> None:
    """No fault that axe knows, and nothing wider than the screen."""
    found = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{theme} {width} {fault}" for fault in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{theme} {width}: wider than the screen")
    assert found == [], where
