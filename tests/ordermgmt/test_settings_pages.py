"""Settings: each has a page and a form that keeps what is typed; users are signed out when they are disabled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import translation

from fulfillment.mails.writing import write_messages
from fulfillment.models import Message
from inventory import clock
from inventory.models import Product, TaxClass, Warehouse
from ordermgmt.attention import of_delay
from ordermgmt.board import board
from ordermgmt.models import DemoShop, Preference, Workplace
from ordermgmt.radar.stuck import stuck
from ordermgmt.roles import role_title
from ordermgmt.setup.subjects import SUBJECTS
from ordermgmt.tasks import load_demo
from orders.bounds import DEFAULTS, bound_of
from orders.keys import authenticate
from orders.models import ApiKey, BoundChange, Channel, Order
from tests.factories import make_channel, make_order, make_product, make_warehouse
from tests.kpis.settling import settle
from tests.people import signed_in

pytestmark = pytest.mark.django_db
WAREHOUSE = {"code": "YORK", "name": "York", "mode": "manual", "country": "GB", "time_zone": "Europe/London"}


def test_the_index_leads_to_every_setting_and_says_what_it_does(alice: Client, noon, django_assert_num_queries):
    make_order()
    with django_assert_num_queries(2):
        parts = alice.get("/settings/").context["sections"]
    entries = [entry for _, part in parts for entry in part]
    assert all(str(entry.sentence).endswith(".") for entry in entries)
    assert {f"/settings/{slug}/" for slug in SUBJECTS} < {entry.address for entry in entries}
    assert {alice.get(entry.address, follow=True).status_code for entry in entries} == {200}


@pytest.mark.parametrize("slug", SUBJECTS)
def test_every_subject_has_a_form_that_refuses_nothing_typed(alice: Client, slug):
    page = alice.get(f"/settings/{slug}/new/")
    assert list(page.context["form"].fields) == list(SUBJECTS[slug].fields)
    assert "DatabaseDefault" not in page.content.decode()
    assert alice.post(f"/settings/{slug}/new/", {}).status_code == 422
    assert not SUBJECTS[slug].model._default_manager.filter(pk=999).exists()
    assert alice.get(f"/settings/{slug}/999/").status_code == 404


def test_a_row_is_added_and_changed(alice: Client):
    alice.post("/settings/warehouses/new/", {**WAREHOUSE, "cut_off": "14:00", "priority": "5", "active": "on"})
    row = Warehouse.objects.get(code="YORK")
    alice.post(
        f"/settings/warehouses/{row.pk}/", {**WAREHOUSE, "name": "York North", "cut_off": "14:00", "priority": 5}
    )
    row = Warehouse.objects.get()
    assert (row.name, row.active, row.priority) == ("York North", False, 5)
    assert "York North" in alice.get("/settings/warehouses/").content.decode()


def test_a_key_is_shown_once_and_revoked(alice: Client, noon):
    channel = make_order().channel
    ApiKey.objects.all().delete()
    typed = {"name": "Web", "channel": channel.pk, "scopes": ["orders:read"]}
    key = alice.post("/settings/keys/", typed).context["key"]
    row = ApiKey.objects.get()
    assert authenticate(key) == row
    assert key not in alice.get("/settings/keys/").content.decode()
    alice.post(f"/settings/keys/{row.pk}/revoke/")
    assert authenticate(key) is None
    assert alice.post("/settings/keys/", {"name": "Web"}).status_code == 422


def test_a_user_gets_roles_and_workplaces_and_is_signed_out_when_disabled(alice: Client):
    york = make_warehouse("YORK")
    typed = {"username": "petra", "email": "", "roles": ["packer"], "workplaces": [york.pk], "is_active": "on"}
    assert alice.post("/settings/users/new/", {**typed, "password": ""}).status_code == 422
    assert alice.post("/settings/users/new/", {**typed, "password": "12345"}).status_code == 422
    alice.post("/settings/users/new/", {**typed, "password": "correct horse battery"})
    petra = User.objects.get(username="petra")
    assert (petra.is_staff, petra.is_superuser, petra.check_password("correct horse battery")) == (True, False, True)
    assert [group.name for group in petra.groups.all()] == ["packer"]
    assert Workplace.objects.get().warehouse == york
    client, sessions = signed_in(petra), Session.objects.count()
    alice.post(f"/settings/users/{petra.pk}/", {**typed, "password": "", "is_active": ""})
    assert Session.objects.count() == sessions - 1
    User.objects.filter(pk=petra.pk).update(is_active=True)
    assert client.get("/").status_code == 302
    alice_id = User.objects.get(username="alice").pk
    assert alice.post(f"/settings/users/{alice_id}/", {"username": "alice", "email": ""}).status_code == 422
    assert User.objects.get(pk=alice_id).is_active


def test_somebody_without_a_role_is_kept_and_it_is_said(alice: Client):
    typed = {"username": "zoe", "password": "a-long-pass-phrase-9", "is_active": "on"}
    said = alice.post("/settings/users/new/", typed, follow=True).content.decode()
    assert "zoe has no role: they may look at orders, and do nothing." in said
    typed = {**typed, "username": "yan", "roles": ["picker"]}
    assert "has no role" not in alice.post("/settings/users/new/", typed, follow=True).content.decode()
    with translation.override("de"):
        assert [role_title(name) for name in ("picker", "our own")] == ["Kommissionierung", "our own"]


def test_an_owner_does_not_touch_the_superuser(alice: Client):
    owner = User.objects.create_user("olga", password="x", is_staff=True)
    owner.groups.add(Group.objects.get(name="owner"))
    client, root = signed_in(owner), User.objects.get(username="alice")
    assert client.get("/settings/users/").status_code == 200
    assert client.post(f"/settings/users/{root.pk}/", {"username": "alice", "password": "x"}).status_code == 403
    assert client.post(f"/settings/users/{root.pk}/reset-factor/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [*(f"/settings/{slug}/new/" for slug in SUBJECTS), "/ship/rules/new/", "/warehouse/inserts/new/"],
)
def test_each_form_is_there_in_german_too_and_no_choice_is_a_dash(alice: Client, address: str):
    Preference.objects.create(user=User.objects.get(username="alice"), language="de")
    answer = alice.get(address)
    assert answer.status_code == 200
    assert "------" not in answer.content.decode()


def test_a_price_below_nothing_is_refused_at_its_field_in_words(alice: Client):
    answer = alice.post("/settings/shipping-methods/new/", {"code": "post", "name": "Post", "price": "-5"})
    assert answer.context["form"].errors["price"] == ["Ensure this value is greater than or equal to 0."]


def test_products_are_found_by_words(alice: Client):
    make_product("MUG-1", name="Blue mug")
    make_product("JAR-1", name="Honey jar")
    page = alice.get("/settings/products/?q=hon").content.decode()
    assert ("Honey jar" in page, "Blue mug" in page) == (True, False)
    assert "No product matches" in alice.get("/settings/products/?q=zzz").content.decode()


def test_the_checklist_follows_the_shop(alice: Client, noon, django_assert_max_num_queries):
    page = alice.get("/settings/start/").context
    assert ([step.is_done for step in page["steps"]], page["is_empty"]) == ([False] * 9, True)
    make_order()
    with django_assert_max_num_queries(13):
        page = alice.get("/settings/start/").context
    assert [step.is_done for step in page["steps"]] == [True, True, True, True, False, True, False, True, False]
    assert (page["following"], page["is_empty"]) == (page["steps"][4], False)


def test_a_shop_with_data_of_its_own_takes_no_demo_and_loses_nothing(alice: Client, noon):
    make_order()
    alice.post("/settings/start/demo/")
    alice.post("/settings/start/demo/remove/", {"name": "Northwind Gifts"})
    load_demo()
    assert (DemoShop.objects.count(), Order.objects.count(), Product.objects.exists()) == (0, 1, True)


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_loaded_by_one_worker_and_removed_by_name(alice: Client, monkeypatch):
    loads = []
    monkeypatch.setattr("ordermgmt.simulation.history.load_history", lambda **terms: loads.append(terms["orders"]))
    alice.post("/settings/start/demo/")
    load_demo()
    load_demo()
    assert loads == [120]
    demos = make_order()
    alice.post("/settings/start/demo/remove/", {"name": "Northwind Gifts"})  # it is not loaded yet
    make_order(email="own@example.org")
    second = make_order().pk
    DemoShop.objects.update(loaded_at=clock.now(), marks={"orders_order": [[0, demos.pk], [second - 1, second]]})
    told = alice.get("/settings/start/demo/remove/").content.decode()
    assert "takes 2 orders and 0 products with it" in told
    assert "Your own stay: 1 order and 1 product" in told
    alice.post("/settings/start/demo/remove/", {"name": "Other"})
    assert Order.objects.count() == 3
    alice.post("/settings/start/demo/remove/", {"name": "Northwind Gifts"})
    assert list(Order.objects.values_list("customer__email", flat=True)) == ["own@example.org"]
    assert not DemoShop.objects.exists()


def test_a_demo_that_somebody_else_removes_meanwhile_is_no_fault(alice: Client, noon, monkeypatch):
    DemoShop.objects.create(loaded_at=clock.now(), marks={"orders_order": [[0, 1]]})
    removing = "ordermgmt.setup.demo.removing.remove_demo"
    monkeypatch.setattr(removing, lambda: DemoShop.objects.all().delete() and DemoShop.objects.get())
    page = alice.post("/settings/start/demo/remove/", {"name": "Northwind Gifts"}, follow=True)
    assert "This is no demo shop" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_demo_load_that_fails_may_be_asked_for_again_and_sends_no_mail_about_the_past(alice: Client, monkeypatch):
    monkeypatch.setattr("ordermgmt.simulation.history.load_history", lambda **terms: make_order() and 1 / 0)
    alice.post("/settings/start/demo/")
    with pytest.raises(ZeroDivisionError):
        load_demo()
    assert (DemoShop.objects.count(), Order.objects.count()) == (0, 0)
    monkeypatch.setattr("ordermgmt.simulation.history.load_history", lambda **terms: make_order())
    alice.post("/settings/start/demo/")
    write_messages()
    load_demo()
    settle()
    write_messages()
    assert (Order.objects.count(), Message.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_an_order_of_the_shop_that_comes_while_the_demo_is_loaded_is_confirmed(alice: Client, monkeypatch):
    def load(**terms: object) -> None:
        DemoShop.objects.update(marks={})  # it is the older transaction of the two
        with ThreadPoolExecutor(1) as other:
            other.submit(make_order, email="own@example.org").result()
            other.submit(connections.close_all).result()
        make_order(email="demo@example.org")

    monkeypatch.setattr("ordermgmt.simulation.history.load_history", load)
    write_messages()
    alice.post("/settings/start/demo/")
    load_demo()
    settle()
    write_messages()
    assert list(Message.objects.values_list("recipient", flat=True)) == ["own@example.org"]


def test_a_load_whose_worker_is_gone_may_be_asked_for_again(alice: Client, noon):
    DemoShop.objects.create(pk=1, begun_at=noon - timedelta(minutes=14))
    assert "A worker loads the demo shop." in alice.get("/settings/start/").content.decode()
    DemoShop.objects.update(begun_at=noon - timedelta(minutes=16))
    assert 'action="/settings/start/demo/"' in alice.get("/settings/start/").content.decode()
    alice.post("/settings/start/demo/")
    assert DemoShop.objects.get().begun_at is None


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_was_not_marked_goes_with_everything(alice: Client, noon):
    make_order()
    DemoShop.objects.create(loaded_at=clock.now())
    assert (
        "also of what you added since (1 order and 1 product in all)"
        in alice.get("/settings/start/demo/remove/").content.decode()
    )
    alice.post("/settings/start/demo/remove/", {"name": "Northwind Gifts"})
    assert (Order.objects.count(), DemoShop.objects.count(), User.objects.count()) == (0, 0, 1)


def test_a_bound_is_changed_for_all_who_look_and_written_down(alice: Client, noon, monkeypatch):
    order = make_order(state="approved")
    Order.objects.update(due_at=None)  # it waits for people
    with clock.at(clock.now() + timedelta(hours=5)):
        assert (stuck(), of_delay(order), board().tiles[2].tone) == ([], None, "")
        typed = {f"{name}_unit": "60" for name in DEFAULTS} | {"approved": "4", "silent": "9600"}
        assert alice.post("/settings/bounds/", typed).status_code == 422
        alice.post("/settings/bounds/", {**typed, "silent": ""})
        assert [(row.number, row.state) for row in stuck()] == [(order.number, "approved")]
        assert of_delay(order).what.endswith("longer than 4 h")
        assert board().tiles[2].tone == "bad"
        assert "4 h" in alice.get("/stages/approved/").content.decode()
    (row,) = BoundChange.objects.all()
    assert (row.name, row.before, row.minutes, row.by) == ("approved", 480, 240, "alice")
    alice.post("/settings/bounds/", {**typed, "approved": "", "silent": ""})
    assert (bound_of("approved"), BoundChange.objects.count()) == (timedelta(hours=8), 2)
    assert "8 h" in alice.get("/settings/bounds/").content.decode()
    monkeypatch.setattr("orders.bounds._known", (0.0, DEFAULTS))
    assert bound_of("approved") == timedelta(hours=8)


def test_a_new_channel_shows_what_it_would_be_by_itself(alice: Client):
    form = alice.get("/settings/channels/new/").context["form"]
    assert (form["gateway"].value(), form["capture_at"].value(), form["invoice_days"].value()) == (
        *("manual", "shipping"),
        14,
    )


def test_a_tax_is_typed_in_per_cent(alice: Client):
    tax = {"code": "standard", "name": "Standard"}
    assert alice.post("/settings/tax-classes/new/", {**tax, "rate": "100"}).status_code == 422
    alice.post("/settings/tax-classes/new/", {**tax, "rate": "5.5"})
    row = TaxClass.objects.get()
    assert (row.rate, row.percent) == (Decimal("0.055"), "5.50 %")
    assert alice.get(f"/settings/tax-classes/{row.pk}/").context["form"]["rate"].value() == "5.5"
    assert "5.50 %" in alice.get("/settings/tax-classes/").content.decode()


def test_a_channel_takes_small_letters_for_a_currency_and_minutes_for_cards(alice: Client):
    typed = {"code": "web", "name": "Web", "currency": "gbp", "first_order_limit": "500", "unpaid_minutes": "30"}
    typed |= {"gateway": "manual", "capture_at": "shipping", "invoice_days": "14"}
    assert alice.post("/settings/channels/new/", {**typed, "currency": "£££"}).status_code == 422
    alice.post("/settings/channels/new/", typed)
    row = Channel.objects.get()
    assert (row.currency, row.unpaid_minutes) == ("GBP", {"card": 30})
    form = alice.get(f"/settings/channels/{row.pk}/").context["form"]
    assert form["unpaid_minutes"].value() == 30
    assert "500.00" in str(form["first_order_limit"])
    alice.post(f"/settings/channels/{row.pk}/", {**typed, "unpaid_minutes": ""})
    assert Channel.objects.get().unpaid_minutes == {}
    assert alice.get("/settings/products/new/").context["form"]["currency"].value() == "GBP"


def test_a_test_order_says_what_it_still_needs(alice: Client):
    address = "/settings/start/test-order/"
    assert "Open one first." in alice.get(address).context["missing"]
    make_channel()
    assert "take it in first." in alice.get(address).context["missing"]


def test_forms_lead_back_to_the_first_steps(alice: Client):
    back = "/settings/start/"
    carton = {"name": "Box", "price": "0.4", "low_mark": 0, "length_mm": 300, "width_mm": 200, "height_mm": 100}
    carton |= {"outer_length_mm": 0, "outer_width_mm": 0, "outer_height_mm": 0, "tare_g": 80, "max_gross_g": 9000}
    assert alice.post("/stock/cartons/new/", {**carton, "next": back}).headers["Location"] == back
    assert alice.post("/stock/cartons/new/", {**carton, "name": "Bag", "next": "https://a.example/"}).headers[
        "Location"
    ] == ("/stock/cartons/")
