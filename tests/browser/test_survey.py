"""The survey on a phone, with and without script, and the shop's side of it in a browser: it works for everybody."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback.models import Answer, FollowUp
from feedback.question_sets import Questionnaire, save_questionnaire
from feedback.services import answer, invite
from orders.models import Order
from orders.tokens import sign
from tests.browser.axe import violations
from tests.factories import make_channel, make_order
from tests.people import PASSWORD, make_alice

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def phone(browser: Browser, live_server: object, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        base_url=str(live_server), viewport=PHONE, java_script_enabled=request.param, locale="en-GB"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def invited(**fields: object) -> Order:
    order = make_order([("MUG-1", 1), ("JAR-1", 2)], state="delivered", **fields)
    invite(order.pk, by="test")
    return order


def address(order: Order) -> str:
    return f"/survey/{sign(order.pk, 'survey')}/"


def test_a_customer_answers_from_the_mail_and_changes_their_mind(phone: Page) -> None:
    make_channel()
    order = invited()
    phone.goto(f"{address(order)}?csat=2")
    assert Answer.objects.count() == 0
    expect(phone.locator("[name=csat][value='2']")).to_be_checked()
    jar = phone.get_by_role("group", name="2 × Jar-1")
    jar.get_by_label("Damaged").check(force=True)
    phone.get_by_role("group", name="How was the packaging?").get_by_label("1 Poor").check(force=True)
    phone.get_by_label("What went well").fill("The jar was in pieces.")
    phone.get_by_role("group", name="May we call you").get_by_label("Yes").check(force=True)
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_role("heading", name="Thank you, Marta")).to_be_visible()
    expect(phone.get_by_text("Somebody of us will look into it")).to_be_visible()
    row = Answer.objects.get()
    assert (row.csat, row.stages, row.comment, row.may_call) == (2, {"pack": 1}, "The jar was in pieces.", True)
    assert [line.faults for line in row.lines.all()] == [{"condition"}]
    assert FollowUp.objects.get().done_at is None
    phone.get_by_role("link", name="Change my answer").click()
    phone.get_by_role("group", name="How satisfied").get_by_label("5 Very happy").check(force=True)
    jar.get_by_label("Damaged").uncheck(force=True)
    phone.get_by_role("button", name="Change my answer").click()
    expect(phone.get_by_text("5 of 5")).to_be_visible()
    assert (Answer.objects.get().csat, FollowUp.objects.get().done_by) == (5, "customer")


def test_a_question_that_is_missing_is_pointed_at(phone: Page) -> None:
    phone.goto(address(invited()))
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_text("Please choose how satisfied you are.")).to_be_visible()
    assert Answer.objects.count() == 0


def test_who_is_happy_is_led_to_the_public_review(phone: Page) -> None:
    order = make_order(state="delivered")
    save_questionnaire(order.channel, Questionnaire(review_link="https://reviews.example/"), note="", by="alice")
    invite(order.pk, by="test")
    phone.goto(f"{address(order)}?csat=5")
    phone.get_by_role("button", name="Send my answer").click()
    link = phone.get_by_role("link", name="Write a public review")
    assert link.get_attribute("href") == "https://reviews.example/"


@pytest.mark.parametrize(("scheme", "screen"), list(product(["light", "dark"], [PHONE, DESK])))
def test_the_pages_are_accessible(browser: Browser, live_server: object, scheme: str, screen: dict[str, int]) -> None:
    order = invited()
    answer(order.pk, csat=1, nps=0, comment="Broken")
    make_alice()
    context = browser.new_context(base_url=str(live_server), color_scheme=scheme, viewport=screen)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    own = ["", "findings/", "actions/", "actions/new/", "stages/pack/", "follow-ups/", "questions/web/"]
    for path in [address(order), f"{address(order)}?thanks", *(f"/improve/{path}" for path in own)]:
        page.goto(path)
        assert [(path, fault) for fault in violations(page)] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
