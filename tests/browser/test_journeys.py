"""A day of each role: from the sign-in to the place of its work, the work done to the end, and one refusal in words."""

import io
from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Group, User
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Browser, Page, ViewportSize, expect

from feedback.models import FollowUp
from feedback.services import answer, invite
from fulfillment.models import Manifest, Parcel, PickList, Return, ReturnPolicy
from fulfillment.returns.requesting import Wish, WishLine, request_return
from fulfillment.tasks import buy_labels, drain_ship
from kpis.history_import import run
from orders.models import Hold, Order
from orders.services import hold
from tests.browser.conftest import watched
from tests.browser.test_pick_station import WEDGE
from tests.factories import make_order, make_product, make_stock, make_warehouse
from tests.fulfillment.packwork.bench import on_bench
from tests.fulfillment.pickwork.work import list_of, released, shelve
from tests.kpis.past import as_file, invented
from tests.people import PASSWORD, make_bob

pytestmark = pytest.mark.django_db(transaction=True)
ROLE_WORK = {
    "owner": "/",
    "manager": "/",
    "approver": "/approvals/",
    "picker": "/pick/",
    "packer": "/pack/",
    "shipper": "/ship/",
    "support": "/",
    "analyst": "/kpis/",
}
APART_MS = 200
Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, live_server: object) -> Iterator[Enter]:
    """Signs in as one of a role by keyboard, in a window of its own, and lands where that role works."""
    opened, complaints = [], []

    def entered(role: str, *, at: str = "") -> Page:
        if not User.objects.filter(username=role).exists():
            user = User.objects.create_user(role, password=PASSWORD, is_staff=True)
            user.groups.add(Group.objects.get(name=role))
        screen = ViewportSize(width=1280, height=860)
        context = browser.new_context(base_url=str(live_server), viewport=screen, accept_downloads=True)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        opened.append((context, watched(page)))
        page.goto("/login/")
        page.get_by_label("User name").fill(role)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server}{at or ROLE_WORK[role]}")
        return page

    yield entered
    for context, at_rest in opened:
        at_rest()
        context.close()
    assert complaints == []


def refused(page: Page, address: str) -> None:
    """It is said in words, with a way on; nothing of the page is shown."""
    page.goto(address)
    expect(page.get_by_role("heading", name="Not yours to open")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def scan(page: Page, *codes: str) -> None:
    """As a keyboard wedge types, and as a person moves between two codes; until a page is loaded nobody hears one."""
    page.wait_for_load_state()
    page.evaluate(WEDGE, [codes, APART_MS])


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_the_owner_lets_somebody_in_and_out_again(enter: Enter) -> None:
    page = enter("owner")
    page.goto("/settings/users/")
    page.get_by_role("link", name="Add a user").click()
    page.get_by_label("User name").fill("shipper")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("checkbox", name="shipper").check()
    page.get_by_role("button", name="Keep it").click()
    said(page, "shipper is kept.")
    other = enter("shipper")
    page.get_by_role("link", name="shipper", exact=True).click()
    page.get_by_role("checkbox", name="May sign in").uncheck()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("row", name="shipper").get_by_text("Disabled")).to_be_visible()
    other.goto("/ship/")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    refused(page, "/admin/auth/user/add/")


def test_the_manager_hands_out_a_list_and_moves_an_order(enter: Enter) -> None:
    shelve("MUG", "1-2-1")
    row = list_of(released(("MUG", 2)))
    make_stock(make_product("JAR-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    order = make_order([("JAR-1", 1)], state="picked")
    make_bob()
    page = enter("manager")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.goto(f"/picking/{row.pk}/")
    page.get_by_label("Picker").select_option("bob")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("bob", exact=False).first).to_be_visible()
    assert PickList.objects.get(pk=row.pk).picker == "bob"
    page.keyboard.press("g")
    page.keyboard.press("4")
    page.wait_for_url("**/stages/picked/")
    page.get_by_text("Move to", exact=False).first.click()
    page.get_by_role("button", name="Packed").click()
    said(page, f"Shipment {order.number}-1 is packed.")
    assert Order.objects.get(pk=order.pk).state == "packed"
    refused(page, "/settings/users/")


def test_the_approver_shows_a_second_factor_and_lets_an_order_go(enter: Enter, settings: LazySettings) -> None:
    settings.MFA_REQUIRED = True
    order = make_order(state="received")
    hold(order.pk, reason="other", note="Rings a bell", by="sam")
    page = enter("approver", at="/account/second-factor/?next=%2Fstart%2F")
    expect(page.get_by_role("img", name="QR code for the app")).to_be_visible()
    page.get_by_role("textbox", name="Code").fill(f"{totp(TOTPDevice.objects.get().bin_key):06}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/approvals/")
    page.get_by_text("Approve now…").click()
    page.get_by_role("textbox", name="What makes you sure?").fill("A friend of the house")
    page.get_by_role("button", name="Approve the order").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert Order.objects.get(pk=order.pk).state == "approved"
    assert Hold.objects.get().released_by == "approver"
    refused(page, "/kpis/")


def test_the_picker_scans_a_list_to_its_end(enter: Enter) -> None:
    shelve("MUG", "1-2-1", name="Blue mug")
    shipment = released(("MUG", 2))
    page = enter("picker")
    page.get_by_role("button", name="Take the next list").click()
    expect(page.locator("#work")).to_be_visible()
    scan(page, "1-2-1", "MUG", "MUG")
    expect(page.get_by_text("List done")).to_be_visible()
    assert (list_of(shipment).picker, list_of(shipment).state) == ("picker", "finished")
    refused(page, "/customers/")


def test_the_packer_verifies_weighs_and_closes(enter: Enter) -> None:
    shipment = on_bench()
    page = enter("packer")
    expect(page.get_by_label("Scan or type a shipment")).to_be_focused()
    scan(page, shipment.code)
    expect(page.get_by_role("button", name="Packed")).to_be_disabled()
    scan(page, "MUG-1", "MUG-1", "JAR-1")
    page.get_by_label("Scale, in grams").fill("1155")
    page.get_by_role("button", name="Packed").click()
    expect(page.get_by_text(f"{shipment.code} is packed.")).to_be_visible()
    assert (Parcel.objects.get().weight_g, Order.objects.get().state) == (1155, "packed")
    refused(page, "/pick/")


def test_the_shipper_buys_a_label_and_closes_the_manifest(enter: Enter) -> None:
    make_stock(make_product("MUG-1"), 50, warehouse=make_warehouse("YORK", mode="manual"))
    shipment = make_order(state="packed").shipments.get()
    page = enter("shipper")
    page.get_by_role("checkbox", name=shipment.code).check()
    page.get_by_role("button", name="Buy for the ticked ones").click()
    page.wait_for_url("**/ship/runs/*/")
    buy_labels()
    expect(page.get_by_text("1 shipment: 1 bought.")).to_be_visible()
    page.goto("/dock/YORK/parcelwing/")
    scan(page, shipment.parcels.get().label.tracking_number)
    expect(page.get_by_text("Load it", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close the manifest").click()
    said(page, "is closed: 1 parcel handed over.")
    drain_ship()
    assert (Manifest.objects.get().closed_by, Order.objects.get().state) == ("shipper", "shipped")
    refused(page, "/pack/")


def test_support_answers_a_customer_and_takes_a_return(enter: Enter) -> None:
    order = make_order(state="delivered")
    invite(order.pk, by="test")
    answer(order.pk, csat=1, nps=0, comment="Broken")
    ReturnPolicy.objects.update_or_create(channel=order.channel, defaults={"approve_at_once": False})
    wish = Wish((WishLine(order.lines.get().pk, 1, "unwanted"),))
    request_return(order.pk, wish=wish, key="r", by="customer")
    page = enter("support")
    page.goto("/improve/follow-ups/")
    page.get_by_label("What was done?").fill("Rang, and sent a new one")
    page.get_by_role("button", name="Settled").click()
    expect(page.get_by_text("Nobody waits for an answer")).to_be_visible()
    assert (FollowUp.objects.get().done_by, FollowUp.objects.get().outcome) == ("support", "Rang, and sent a new one")
    page.goto("/returns/")
    page.get_by_role("link", name=Return.objects.get().rma).click()
    page.get_by_role("button", name="Approve and send the label").click()
    page.get_by_role("button", name="It is here").click()
    assert Return.objects.get().state == "received"
    refused(page, "/approvals/")


def test_the_analyst_narrows_a_figure_and_takes_it_along(enter: Enter) -> None:
    run(io.BytesIO(as_file(invented(60))), name="past.csv", by="test")
    page = enter("analyst")
    page.get_by_label("From").fill("2025-02-01")
    page.get_by_label("to", exact=True).fill("2025-02-28")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Order lead time").click()
    page.get_by_role("link", name="channel", exact=True).click()
    part = page.get_by_role("region", name="By channel", exact=True)
    part.locator("summary").click()
    part.get_by_role("link", name="web", exact=True).click()
    expect(page.get_by_role("navigation", name="Only")).to_contain_text("web")
    with page.expect_download() as coming:
        page.get_by_role("link", name="CSV of Over time").click()
    lines = coming.value.path().read_text().splitlines()
    assert lines[0].startswith("From,p50,p90")
    refused(page, "/settings/")
