"""The demo shop: a past that could have been, and a present in which every stage has something to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from feedback.models import Answer, Finding, ImprovementAction, StageAssessment, Survey
from feedback.question_sets import questionnaire_of
from fulfillment.carriers.packages import RETURN_KEY
from fulfillment.models import (
    CarrierAccount,
    Carton,
    Claim,
    Label,
    PickList,
    PlayedLabel,
    RateQuote,
    Return,
    Shipment,
    ShippingRule,
)
from inventory import clock
from inventory.models import Count, Product, Stock, StockHold, StockMovement, Warehouse
from inventory.selectors import low_stock
from inventory.services.counts import open_count
from kpis import windows
from kpis.figures import FIGURES
from kpis.models import Campaign, Incident, Target
from ordermgmt.bench.asking import asked, owner_signed_in
from ordermgmt.bench.busy import addresses
from ordermgmt.bench.copies import copy_orders
from ordermgmt.models import DemoShop, Workplace
from ordermgmt.radar.stuck import Cause, stuck
from ordermgmt.simulation import history as demo
from ordermgmt.simulation.baskets import SAMPLE_ZONE
from ordermgmt.simulation.removing import remove_demo
from ordermgmt.simulation.shop import CHANNELS
from ordermgmt.simulation.steering import LEARNT_AGO, REVIEWS
from ordermgmt.stock.counts import count_list
from ordermgmt.stock.deliveries import delivery_list
from ordermgmt.verify import verify
from orders.customers.credit import pay_with_credit
from orders.flow import State
from orders.keys import issue_key
from orders.models import ApiKey, ApprovalPolicy, Channel, Customer, Hold, IdempotencyKey, MailText, Order, StoreCredit
from orders.queue import held
from tests.api import Api
from tests.factories import carry, make_carton, make_channel, make_order, make_product, make_stock, make_warehouse
from tests.histories import ORDERS, small_history


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """Another one than that of the other tests."""
    with small_history(django_db_blocker, seed=7) as now:
        yield now


def test_every_state_and_both_exits_have_an_order(history: datetime) -> None:
    assert Order.objects.count() == ORDERS
    assert set(Order.objects.values_list("state", flat=True)) == set(State.values)


def test_the_way_back_has_something_of_everything(history: datetime) -> None:
    reached = set(Return.objects.values_list("state", flat=True))
    assert {"requested", "in_transit", "received", "inspected", "settled"} <= reached
    assert set(Claim.objects.values_list("state", flat=True)) >= {"open", "settled"}
    assert Return.objects.filter(credit__gt=0).exists()
    assert [row.stand for row in Return.objects.exclude(arrived_at=None)] == ["Arrived"]


def test_two_carriers_share_the_parcels_and_each_is_the_others_runner_up(history: datetime) -> None:
    assert set(Label.objects.values_list("carrier", flat=True)) == {"Parcelwing", "Roadrunner"}
    found = RateQuote.objects.values_list("account__code", "runner_up__carrier").distinct()
    assert {("parcelwing", "roadrunner"), ("roadrunner", "parcelwing")} <= set(found)


def test_the_books_are_right(history: datetime) -> None:
    with clock.at(history):
        report = verify()
    assert [breach for check in report.checks for breach in check.breaches] == []


def test_no_order_is_from_the_future_and_its_events_are_in_order(history: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FILTER (WHERE at > %s), count(*) FILTER (WHERE at < before), min(at) > %s
            FROM (SELECT at, lag(at) OVER (PARTITION BY order_id ORDER BY seq) AS before FROM orders_orderevent) e""",
            [history, history - timedelta(days=45, seconds=1)],
        )
        assert cursor.fetchone() == (0, 0, True)


def test_some_orders_need_a_person(history: datetime) -> None:
    reasons = set(Hold.objects.filter(released_at=None).values_list("reason", flat=True))
    assert {"payment", "exception"} <= reasons
    with clock.at(history):
        assert Cause.FAILED in {row.cause for row in stuck()}


def test_workers_can_carry_on(history: datetime) -> None:
    waiting = Order.objects.filter(state=State.DELIVERED)
    assert waiting.filter(due_at__gt=history).count() == waiting.count() > 0
    with clock.at(history):
        assert Cause.OVERDUE not in {row.cause for row in stuck()}


def test_customers_answered_and_sent_back(history: datetime) -> None:
    assert Answer.objects.count() > 5
    assert Return.objects.count() > 0
    assert Customer.objects.filter(orders__isnull=False).distinct().count() < ORDERS


def test_one_delivery_is_late_one_is_due_today_and_one_came_in_part(history: datetime) -> None:
    with clock.at(history):
        page = delivery_list()
    told = [(row.delivery.reference, row.expected, row.received, row.damaged, row.late) for row in page.open]
    assert told == [
        ("PO-2044", 144, 0, 0, True),
        ("PO-2051", 240, 0, 0, False),
        ("PO-2047", 192, 94, 2, False),
    ]
    assert page.open[1].delivery.due_on == history.astimezone(SAMPLE_ZONE).date()
    assert [(row.delivery.reference, row.received) for row in page.closed] == [("PO-2038", 150)]


def test_one_count_is_half_done_and_one_found_a_difference(history: datetime) -> None:
    page = count_list()
    assert [(row.places, row.counted) for row in page.open] == [(12, 6)]
    assert [(row.count.state, row.places) for row in page.closed] == [(Count.State.BOOKED, 12)]
    booked = StockMovement.objects.filter(kind=StockMovement.Kind.COUNT).order_by("quantity")
    assert list(booked.values_list("quantity", flat=True)) == [-2, 1]


def test_some_products_are_low_and_one_was_moved(history: datetime) -> None:
    assert sorted(row.warehouse for row in low_stock()) == ["LEEDS"] * 3 + ["YORK"] * 6
    moved = StockMovement.objects.filter(kind=StockMovement.Kind.TRANSFER).order_by("quantity")
    assert list(moved.values_list("stock__warehouse__code", "quantity")) == [("YORK", -12), ("LEEDS", 12)]


def test_the_ledger_is_in_the_order_of_time(history: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY id) AS back"
            " FROM inventory_stockmovement) m WHERE back"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(("country", "ways"), [("GB", ["express", "standard"]), ("DE", ["abroad"]), ("BR", ["abroad"])])
def test_goods_are_sent_abroad_by_another_way_than_at_home(history: datetime, country: str, ways: list[str]) -> None:
    api = Api("orders:place", channel=Channel.objects.get(code="web"))
    lines = [{"sku": "BOX-1", "quantity": 1}]
    body = {"currency": "GBP", "lines": lines, "shipping_address": {"country": country}}
    quote = api.post("/api/v1/quotes/", body)
    assert (quote.status_code, [row["code"] for row in quote.json()["shipping_methods"]]) == (200, ways)


def test_the_shop_has_learnt_to_trust_first_orders(history: datetime) -> None:
    limits = ApprovalPolicy.objects.order_by("channel", "version").values_list("checks__first-order-value__threshold")
    assert list(limits) == [("150",), (None,)] * len(CHANNELS)
    held = Hold.objects.filter(reason="first-order-value")
    learnt = history - LEARNT_AGO
    assert held.filter(at__lt=learnt).count() > held.filter(at__gte=learnt).count()


def test_the_web_shop_asks_in_its_own_words_and_sends_the_happy_on(history: datetime) -> None:
    own = questionnaire_of(Channel.objects.get(code="web").pk)
    assert (own.version, own.review_link, own.follow_up_owner) == (1, REVIEWS, "alice")
    assert Survey.objects.filter(question_set=own.row_id).exists()


def test_the_mails_of_the_past_are_not_sent(history: datetime) -> None:
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_database_with_anything_in_it_is_refused() -> None:
    make_product()
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("demo", stdout=StringIO())
    assert (Product.objects.count(), Order.objects.count()) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("--orders", "10"), ("--days", "3")])
def test_too_small_a_past_is_refused(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match="at least 60 orders and 14 days"):
        call_command("demo", *arguments, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_cut_short_leaves_nothing_but_what_the_shop_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(now: datetime) -> None:
        assert Order.objects.exists()
        raise KeyboardInterrupt

    def first_stages_only(errands: list[demo.Errand], *rest: object, **options: object) -> list[demo.Visit]:
        return [demo.Visit(clock.now() - timedelta(minutes=1), errand) for errand in errands[:3]]

    monkeypatch.setattr(demo, "bring_up_to_date", interrupt)
    monkeypatch.setattr(demo, "_visits", first_stages_only)
    make_carton("Our own")
    with pytest.raises(KeyboardInterrupt):
        call_command("demo", "--orders", "60", verbosity=0)
    assert not Order.objects.exists()
    assert not Product.objects.exists()
    assert list(Carton.objects.values_list("name", flat=True)) == ["Our own"]


@pytest.mark.django_db(transaction=True)
def test_a_load_that_the_database_refuses_says_so_and_takes_nothing_of_the_shop(monkeypatch) -> None:
    make_warehouse("YORK")
    monkeypatch.setattr(demo, "load_history", lambda **terms: Warehouse.objects.create(code="YORK", name="Again"))
    with pytest.raises(CommandError, match="could not be loaded, nothing was changed: duplicate key"):
        call_command("demo", verbosity=0)
    assert list(Warehouse.objects.values_list("code", flat=True)) == ["YORK"]


def test_the_shop_has_aims_and_something_to_show_on_the_time_axis(history: datetime) -> None:
    assert set(Target.objects.values_list("kpi", flat=True)) <= set(FIGURES)
    assert (Target.objects.count(), Incident.objects.count()) == (5, 1)
    campaign = Campaign.objects.get()
    assert 0 < len(campaign.customers) < Customer.objects.count()
    assert campaign.ends_on < windows.today()
    action = ImprovementAction.objects.get()
    assert action.started_on < windows.today() < action.due_on
    assert StageAssessment.objects.filter(trouble_orders__gt=0).exists()


@contextmanager
def many(now: datetime) -> Iterator[None]:
    """With copies of the history's orders, until the end of the block."""
    with transaction.atomic(), clock.at(now):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        copy_orders(30, busy=1)
        yield
        transaction.set_rollback(True)


def test_copies_are_as_good_as_the_orders_they_are_of(history: datetime) -> None:
    with many(history):
        report = verify()
        assert [breach for check in report.checks for breach in check.breaches] == []
        assert Order.objects.count() >= 2 * ORDERS + 30
        assert Return.objects.count() > 30 / 2
        assert Shipment.objects.filter(state=State.APPROVED).count() > 0


def test_no_page_costs_more_than_twenty_statements_however_much_it_shows(history: datetime) -> None:
    with many(history):
        client = owner_signed_in()
        pages = {
            name: alike for name, alike in addresses().items() if not name.startswith(("/lists/", "/orders/", "search"))
        }
        assert {"an order, big", "a customer", "a product", "a return", "a pick list", "a bench"} <= pages.keys()
        found = {name: asked(client, alike[:1], 1).queries for name, alike in pages.items()}
    assert {name: queries for name, queries in found.items() if queries > 20} == {}


@contextmanager
def removed(now: datetime) -> Iterator[tuple[Stock, dict[str, int]]]:
    """After the shop sold goods of its own and one of the demo's, in the demo's channel and from its warehouse.

    That stock as it was before, and what of the demo stays for it.
    """
    with transaction.atomic(), clock.at(now):
        york, web = Warehouse.objects.get(code="YORK"), Channel.objects.get(code="web")
        make_stock(make_product("JAM-1", price="4.00"), 20, warehouse=york)
        make_carton("Our own")
        MailText.objects.create(kind="lost", language="de", version=1, subject="x", opening="y", by="alice")
        sold = Stock.objects.filter(warehouse=york, on_hand__gt=5, movements__kind="ship").order_by("pk").first()
        assert sold is not None
        own = make_order([("JAM-1", 2), (sold.product.sku, 1)], channel=web, external_id="till-1")
        make_order([(sold.product.sku, 1)], channel=web, external_id="sim-0123abcd-1")
        carry(own, to="packed")
        sent_back, then = Return.objects.earliest("pk"), now - timedelta(hours=2)
        played = {
            "account": "parcelwing",
            "service": "economy",
            "cost": 1,
            "days": 1,
            "sold_at": then,
            "arrives_at": then,
        }
        PlayedLabel.objects.create(key=f"{RETURN_KEY}{sent_back.pk}", tracking_number="PW-since", **played)
        before = Stock.objects.get(pk=sold.pk)
        yield before, remove_demo()
        transaction.set_rollback(True)


def test_what_of_the_shops_own_goes_with_the_demo_is_named_before(history: datetime) -> None:
    with transaction.atomic(), clock.at(history):
        web, own = Channel.objects.get(code="web"), make_channel("own")
        issue_key(channel=web, name="Till", scopes=["orders:read"])
        issue_key(channel=own, name="Own till", scopes=["orders:read"])
        ShippingRule.objects.create(name="Web by rail", channel=web, account=CarrierAccount.objects.earliest("pk"))
        page = owner_signed_in().get("/settings/start/demo/remove/")
        lost = {str(row.label): row for row in page.context["parting"].lost}
        assert sorted(lost) == ["API keys", "Shipping rules"]
        assert (lost["Shipping rules"].count, lost["Shipping rules"].names) == (1, "Web by rail")
        keys = ApiKey.objects.exclude(channel=own).order_by("pk")  # some are of tests before
        assert lost["API keys"].names == ", ".join(map(str, keys))
        remove_demo()
        assert list(ApiKey.objects.values_list("name", flat=True)) == ["Own till"]
        assert not ShippingRule.objects.exists()
        transaction.set_rollback(True)


def test_without_the_demo_the_shops_own_things_are_left_and_the_books_are_right(history: datetime) -> None:
    """An order that needs goods, channel and warehouse of the demo keeps them, and their promises and ledger add up."""
    with removed(history) as (before, kept):
        assert list(Order.objects.values_list("external_id", "state")) == [("till-1", "packed")]
        assert sorted(Product.objects.values_list("sku", flat=True)) == sorted(["JAM-1", before.product.sku])
        assert list(Channel.objects.values_list("code", flat=True)) == ["web"]
        assert Carton.objects.filter(name="Our own").exists()
        left = (MailText, Customer, Shipment, PickList)
        assert [model.objects.count() for model in left] == [1, 1, 1, 1]
        gone = (Campaign, Finding, Survey, Return, Claim, StockHold, DemoShop)
        assert [model.objects.count() for model in gone] == [0] * len(gone)
        assert kept.pop("inventory_warehouse") >= 1
        assert kept == {"inventory_product": 1, "orders_channel": 1}
        stock = Stock.objects.get(pk=before.pk)
        assert (stock.on_hand, stock.reserved) == (before.on_hand, 1)
        assert StockMovement.objects.get(key=f"demo:{stock.pk}").quantity < 0
        report = verify()
        assert [breach for check in report.checks for breach in check.breaches] == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'")
            assert cursor.fetchone() == (0,)


def test_what_the_shop_made_with_the_demo_stays_with_it(history: datetime) -> None:
    """An order paid with credit of the demo, a count, a repeated request's answer, and where somebody may not work."""
    with transaction.atomic(), clock.at(history):
        york, web = Warehouse.objects.get(code="YORK"), Channel.objects.get(code="web")
        stock = make_stock(make_product("JAM-1", price="4.00"), 20, warehouse=york)
        given = StoreCredit.objects.filter(amount__gt=0, currency="GBP").earliest("pk")
        own = make_order([("JAM-1", 1)], channel=web, external_id="demo-x1", email=given.customer.email)
        with held(own.pk) as order:
            pay_with_credit(order, given.amount, key="own:1", by="alice")
        make_order([("JAM-1", 1)], channel=web, external_id="demo-9999", email=given.customer.email)
        make_order([("JAM-1", 1)], channel=web, external_id="live-0123abcd-1", email="played@example.org")
        open_count(york, name="Our own", stock_ids=[stock.pk], by="alice")
        IdempotencyKey.objects.create(channel=web, key="own", fingerprint="x", status=201, body={})
        bob = User.objects.create_user("works-in-leeds", is_staff=True)
        Workplace.objects.create(user=bob, warehouse=Warehouse.objects.get(code="LEEDS"))
        remove_demo()
        assert sorted(Order.objects.values_list("external_id", flat=True)) == ["demo-9999", "demo-x1"]
        assert list(Count.objects.values_list("name", flat=True)) == ["Our own"]
        assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["own"]
        assert list(Workplace.objects.values_list("user", "warehouse__code")) == [(bob.pk, "LEEDS")]
        assert list(StoreCredit.objects.values_list("amount", "by")) == [
            (-given.amount, "alice"),
            (given.amount, "system:demo"),
        ]
        assert [breach for check in verify().checks for breach in check.breaches] == []
        transaction.set_rollback(True)
