"""The pages in a real browser: they work, they are accessible in both themes and widths, and nothing complains.

The fixture `page` fails a test on any error in the console; a breach of the content security policy is one.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, ViewportSize, expect

from feedback.models import Answer
from feedback.services import invite
from fulfillment.returns.receiving import receive_return
from fulfillment.services import open_shipments
from inventory import clock
from inventory.models import BundleComponent, ExpectedDelivery, SafetyStock, Stock
from inventory.services.counts import enter_count, open_count, submit_count
from inventory.services.deliveries import Receipt, add_line, close_delivery, expect_delivery, receive_delivery
from inventory.services.shortfall import adjust
from orders.models import Order
from orders.services import add_note, hold
from orders.tokens import sign
from tests.browser.axe import violations
from tests.factories import make_channel, make_order, make_product, make_stock, make_warehouse
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = list(product(["light", "dark"], [360, 820, 1440]))
MOST_SHIFTED = 0.01  # of the score for layout shift that browsers give; 0.1 is called good
SHIFTS = """() => new Promise((done) => {
  const found = { score: 0, moved: [] };
  const watch = new PerformanceObserver((list) => list.getEntries().forEach((shift) => {
    found.score += shift.value;
    found.moved.push(...shift.sources.map((source) => source.node?.outerHTML?.slice(0, 120) ?? "text"));
  }));
  watch.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(found), 150);
})"""
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff von und zu Hohenzollern-Sigmaringen"
Address = Callable[[], str]


@pytest.fixture
def phone(browser: Browser, live_server: object) -> Iterator[Page]:
    """A small screen without script."""
    screen = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=str(live_server), java_script_enabled=False, viewport=screen)
    yield context.new_page()
    context.close()


def sign_in(page: Page, *, to: str = "/") -> None:
    page.goto(to)
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def waiting_in_york() -> Order:
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 2)], state="approved")
    open_shipments(order.pk, by="test")
    return Order.objects.get(pk=order.pk)


def invited() -> str:
    order = make_order(state="delivered")
    invite(order.pk, by="test")
    return f"/survey/{sign(order.pk, 'survey')}/"


def finished() -> str:
    """An order with everything a page can show: evidence, parcels, a return, a verdict, a note, a hold's history."""
    order = make_order([("MUG-1", 2)], state="reviewed", name=LONG_NAME)
    receive_return(order.pk, lines={"MUG-1": 1}, reason="wrong_item", key="r1", by="sam")
    add_note(order.pk, text="Rang twice", by="sam")
    return f"/orders/{order.number}/"


def held() -> str:
    order = waiting_in_york()
    hold(order.pk, reason="other", note="Ask first", by="sam")
    return f"/orders/{order.number}/"


def busy_today() -> str:
    held()
    finished()
    return "/"


def nothing_found() -> str:
    return "/orders/?q=nothing-like-this"


def orders() -> str:
    busy_today()
    return "/orders/"


def board() -> str:
    waiting_in_york()
    held()
    return "/stages/approved/"


def searched() -> str:
    finished()
    return "/search/?q=w"


def awaited() -> ExpectedDelivery:
    """Ten mugs for York; one came broken, and a jar that nobody expected."""
    york, mug = make_warehouse("YORK", mode="manual"), make_product()
    due = clock.now().date() - timedelta(days=2)
    row = expect_delivery(york, reference="PO-1", supplier=LONG_NAME, due_on=due, units={mug.pk: 10}, by="alice")
    jar = add_line(row.pk, product_id=make_product("JAR-1").pk, by="alice")
    came = {row.lines.get(expected=10).pk: Receipt(2, 1), jar.pk: Receipt(1, 0)}
    receive_delivery(row.pk, received=came, key="first", by="alice")
    return row


def counted(*, difference: int | None) -> str:
    """A count of twenty jars in York by Bob: without a number, or submitted with this difference."""
    shelf = make_stock(make_product("JAR-1"), 20, warehouse=make_warehouse("YORK", mode="manual"))
    count = open_count(shelf.warehouse, name="Monday", stock_ids=[shelf.pk], by="bob")
    if difference is not None:
        enter_count(count.lines.get().pk, counted=shelf.on_hand + difference, by="bob")
        submit_count(count.pk, by="bob")
    return f"/stock/counts/{count.pk}/"


def product_owed() -> str:
    """A product with everything its page can show: promises kept and owed, one lost, a delivery, safety stock."""
    shelf = make_stock(make_product(), 5, backorder_limit=5)
    SafetyStock.objects.create(stock=shelf, channel="marketplace", quantity=1)
    for name in ("Marta Silva", LONG_NAME):
        make_order([("MUG-1", 4)], name=name)
    adjust(shelf.pk, -4, key="flood", by="alice", reason="Flood")
    awaited()
    return "/stock/MUG-1/"


def bundle() -> str:
    box = make_product("BOX-1")
    make_stock(make_product(), 5)
    BundleComponent.objects.create(bundle=box, component=make_product(), quantity=2)
    return "/stock/BOX-1/"


def product_list() -> str:
    product_owed()
    bundle()
    return "/products/"


def delivery() -> str:
    return f"/stock/deliveries/{awaited().pk}/?all=1"


def closed_delivery() -> str:
    row = awaited()
    close_delivery(row.pk, by="alice")
    return f"/stock/deliveries/{row.pk}/"


def deliveries() -> str:
    closed_delivery()
    return "/stock/deliveries/"


def new_delivery() -> str:
    make_warehouse()
    return "/stock/deliveries/new/"


def count_sheet() -> str:
    return counted(difference=None)


def count_waiting() -> str:
    return counted(difference=-12)


def counts() -> str:
    count_waiting()
    return "/stock/counts/"


def new_count() -> str:
    make_warehouse()
    return "/stock/counts/new/"


STOCK_PAGES = (
    *(product_list, product_owed, bundle, deliveries, delivery, closed_delivery, new_delivery),
    *(counts, count_sheet, count_waiting, new_count),
)


def test_today_renews_itself(page: Page) -> None:
    make_alice()
    sign_in(page)
    expect(page.get_by_text("No orders yet")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    make_order()
    expect(page.locator("#stage-1 .much")).to_have_text("1", timeout=8000)


def test_names_are_offered_while_somebody_types_at(page: Page) -> None:
    make_alice()
    User.objects.create_user("petra", first_name="Petra", last_name="Lind", is_staff=True)
    User.objects.create_user("pia", is_staff=True, is_active=False)
    sign_in(page, to=f"/orders/{waiting_in_york().number}/")
    page.get_by_text("Note…", exact=True).click()
    note = page.get_by_role("textbox", name="Note for the timeline")
    names = page.get_by_role("listbox").get_by_role("option")
    note.press_sequentially("Ask sam@example.org or @")
    expect(names).to_have_text(["@alice ", "@petra Petra Lind"])
    assert faults(page, "light", 390) == []
    note.press("ArrowDown")
    note.press("Enter")
    expect(note).to_have_value("Ask sam@example.org or @petra ")
    note.press_sequentially("and @li")
    expect(names).to_have_text(["@petra Petra Lind"])
    note.press("Escape")
    expect(names).to_have_count(0)
    page.get_by_role("button", name="Add the note").focus()
    expect(note).to_have_value("Ask sam@example.org or @petra and @li")


def test_what_was_done_is_said_in_a_corner_and_goes_unless_it_is_read(page: Page) -> None:
    make_alice()
    page.clock.install()
    sign_in(page, to=f"/orders/{waiting_in_york().number}/")
    for is_put_away in (True, False):
        page.get_by_text("Note…", exact=True).click()
        page.get_by_role("textbox", name="Note for the timeline").fill("Rang twice")
        page.get_by_role("button", name="Add the note").click()
        toast = page.get_by_role("status").filter(has_text="The note is written down.")
        toast.hover()
        page.clock.fast_forward(60_000)
        expect(toast).to_be_visible()
        if is_put_away:
            page.get_by_role("button", name="Close").click()
        else:
            assert faults(page, "dark", 390) == []
            page.mouse.move(0, 0)
            page.clock.fast_forward(9_000)
        expect(toast).to_have_count(0)


def test_on_a_phone_what_can_be_done_lies_at_the_foot_once_a_row_is_ticked(phone: Page) -> None:
    make_alice()
    for _ in range(3):
        make_order()
    sign_in(phone, to="/orders/")
    hold_them, last = phone.get_by_role("button", name="Hold…"), phone.locator("tbody tr").last
    expect(hold_them).to_be_hidden()
    before = last.bounding_box()
    phone.get_by_role("checkbox").first.check()
    expect(hold_them).to_be_in_viewport()
    assert (hold_them.bounding_box() or {})["height"] >= 44
    assert last.bounding_box() == before
    hold_them.click()
    expect(phone.get_by_role("heading", name="Hold: 1")).to_be_visible()


def test_everything_but_the_renewal_works_without_script(phone: Page) -> None:
    make_alice()
    order = waiting_in_york()
    sign_in(phone)
    phone.get_by_role("button", name="Menu").click()
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    phone.get_by_role("link", name=f"#{order.number}").click()
    phone.get_by_text("Hold…", exact=True).first.click()
    phone.get_by_role("textbox", name="What should the next person know?").first.fill("Ask first")
    phone.get_by_role("button", name="Hold the order").click()
    expect(phone.get_by_text("Ask first (held by alice)")).to_be_visible()
    phone.get_by_role("button", name="Release").click()
    expect(phone.get_by_role("status")).to_have_text("The hold is released.")
    phone.get_by_role("button", name="Your account").click()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_delivery_is_taken_in_and_a_shelf_counted_without_script_on_a_phone(phone: Page) -> None:
    make_alice()
    row = awaited()
    sign_in(phone, to="/stock/deliveries/")
    phone.get_by_role("link", name="PO-1").click()
    phone.get_by_label("Good units of MUG-1").fill("-6")
    phone.get_by_label("Damaged units of MUG-1").fill("1")
    phone.get_by_role("button", name="Take it in").click()
    expect(phone.get_by_text("0 or more.")).to_be_visible()
    expect(phone.get_by_label("Damaged units of MUG-1")).to_have_value("1")
    phone.get_by_label("Good units of MUG-1").fill("6")
    phone.get_by_role("button", name="Take it in").click()
    expect(phone.get_by_role("status")).to_have_text("6 units taken in, 1 damaged unit set apart.")
    assert Stock.objects.get(product__sku="MUG-1").on_hand == 8
    phone.goto("/stock/counts/new/?warehouse=YORK")
    phone.get_by_label("Or only these products").fill("MUG-1")
    phone.get_by_role("button", name="Make the sheet").click()
    phone.get_by_label("Units of MUG-1").fill("7")
    phone.get_by_role("button", name="Submit the count").click()
    expect(phone.get_by_role("status")).to_have_text("The count is booked: its differences were small.")
    assert Stock.objects.get(product__sku="MUG-1").on_hand == 7
    assert row.lines.get(expected=10).outstanding == 0


def test_a_customer_answers_without_script_on_a_phone(phone: Page) -> None:
    address = invited()
    phone.goto(address)
    phone.get_by_label("What went well").fill("Lovely wrapping")
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_text("Please choose how satisfied you are.")).to_be_visible()
    expect(phone.get_by_label("What went well")).to_have_value("Lovely wrapping")
    phone.get_by_role("radio", name="5 Very happy").check()
    phone.get_by_role("radio", name="10", exact=True).check()
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_role("heading", name="Thank you, Marta")).to_be_visible()
    row = Answer.objects.get()
    assert (row.csat, row.nps, row.comment) == (5, 10, "Lovely wrapping")


@pytest.mark.parametrize("where", [busy_today, board, searched, orders, nothing_found, finished, held, *STOCK_PAGES])
def test_staff_pages_are_accessible(page: Page, where: Address) -> None:
    make_alice()
    sign_in(page, to=where())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert shifted(page) == []
    assert [(*look, fault) for look in LOOKS for fault in faults(page, *look)] == []


def test_a_page_that_arrives_slowly_does_not_move_while_it_grows(page: Page) -> None:
    make_alice()
    make_channel()
    sign_in(page, to="/approvals/policy/web/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    slow = {"offline": False, "latency": 0, "downloadThroughput": 30_000, "uploadThroughput": -1}  # bytes a second
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.reload()
    assert page.evaluate(SHIFTS) == {"score": 0, "moved": []}


def test_the_sign_in_and_the_survey_are_accessible(page: Page) -> None:
    for address in ("/login/", invited()):
        page.goto(address)
        assert [(*look, fault) for look in LOOKS for fault in faults(page, *look)] == []


def shifted(page: Page) -> list[str]:
    """What moved while the page was loaded again, when it was more than nobody sees."""
    page.reload()
    found = page.evaluate(SHIFTS)
    return [str(found["score"]), *found["moved"]] if found["score"] > MOST_SHIFTED else []


def faults(page: Page, theme: str, width: int) -> list[str]:
    """What axe finds with everything unfolded, and whether the page is wider than the screen."""
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth") > width
    return [*found, *(["wider than the screen"] if wide else [])]
