"""The life of one order by nothing but the keyboard: what has the focus is always seen, and it moves down the page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from feedback.models import Answer
from feedback.services import invite
from feedback.stages.review import review
from feedback.stages.survey import survey
from orders.models import Order
from orders.tokens import sign
from tests.browser.test_pages import waiting_in_york
from tests.factories import carry
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STOPS = 90
# Where the focus is, whether its outline is seen (a radio's on its label), and whether it lies after the stop before.
STOP = """() => {
  const at = document.activeElement, before = window.stopBefore;
  window.stopBefore = at;
  const outlined = (part) => {
    const look = part && getComputedStyle(part);
    return Boolean(look) && look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0;
  };
  return {
    what: at.outerHTML.slice(0, 120),
    isLost: at === document.body,
    isSeen: outlined(at) || outlined(at.closest("label")),
    isOnward: !before?.isConnected || Boolean(before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


def tab_to(page: Page, place: Locator) -> None:
    """Tab by tab until it has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert not stop["isLost"], "the focus is nowhere"
        assert stop["isSeen"], f"no outline on {stop['what']}"
        assert stop["isOnward"], f"the focus jumps back to {stop['what']}"
        if place.evaluate("(part) => part === document.activeElement"):
            return
    raise AssertionError(f"{place} cannot be reached")


def press(page: Page, place: Locator) -> None:
    expect(place).to_be_visible()
    tab_to(page, place)
    page.keyboard.press("Enter")


def sign_in(page: Page) -> None:
    page.goto("/login/")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_an_order_from_the_sign_in_to_its_review(page: Page) -> None:
    make_alice()
    order = waiting_in_york()
    sign_in(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.partition('#')[0]}#main")
    page.keyboard.press("/")
    page.keyboard.type(f"#{order.number}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"#{order.number}")
    for done in ("picked", "packed", "handed to the carrier"):
        press(page, page.get_by_role("region", name="Next").locator("button.main.wide"))
        expect(page.get_by_role("status").first).to_contain_text(f"Shipment {order.number}-1 is {done}")
    carry(Order.objects.get(pk=order.pk), to="delivered")  # the carrier's part
    answer_by_keyboard(page, order)
    survey(order.pk, by="test")  # the workers' part
    review(order.pk, by="test")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("9")
    press(page, page.get_by_role("link", name=f"#{order.number}"))
    expect(page.locator(".page-head .tag").first).to_have_text("Reviewed")


def answer_by_keyboard(page: Page, order: Order) -> None:
    """The customer's part: two scales, chosen by arrows, and the button."""
    invite(order.pk, by="test")
    page.goto(f"/survey/{sign(order.pk, 'survey')}/")
    for scale, presses in (("csat", 4), ("nps", 9)):
        tab_to(page, page.locator(f"[name={scale}]").first)
        page.keyboard.press("Space")
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
    press(page, page.get_by_role("button", name="Send my answer"))
    expect(page.get_by_role("heading", name="Thank you, Marta")).to_be_visible()
    assert Answer.objects.values_list("csat", "nps").get() == (5, 9)
