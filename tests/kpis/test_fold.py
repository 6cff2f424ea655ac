"""Facts are folded once, in any pieces, from what has settled; made from scratch they are the same."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from pytest_django import DjangoDbBlocker

from inventory import clock
from inventory.models import Bin, ProductFamily
from kpis import windows
from kpis.figures import FIGURES, Scope, report
from kpis.fold import check, fold, rebuild
from kpis.fold.folding import write_facts
from kpis.models import FoldCursor, LineFact, OrderFact, ReturnFact
from orders import services
from orders.models import Order, OrderEvent
from tests.factories import make_order
from tests.histories import small_history, undone
from tests.kpis.live import LONDON, Told, told_of, worked_out_live
from tests.kpis.live_cuts import PickedLine, cut_of, picked_lines
from tests.kpis.past import assert_same
from tests.kpis.settling import settle


@pytest.fixture(scope="module")
def history(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[object]:
    """The demo's small history with its facts from scratch."""
    with small_history(django_db_blocker) as now:
        rebuild(lambda done, of: None)
        last = OrderEvent.objects.order_by("xid", "pk").last()
        FoldCursor.objects.update_or_create(pk=1, defaults={"xid": last.xid, "event_id": last.pk})
        yield now


@pytest.fixture(scope="module")
def told(history: object) -> list[Told]:
    """The same, read event by event."""
    return [told_of(order) for order in Order.objects.all()]


@pytest.fixture(scope="module")
def lines(history: object) -> list[PickedLine]:
    """All picked lines of it."""
    return picked_lines()


def differences() -> list[tuple[str, str]]:
    return sorted({(row.what, row.side) for row in check(lambda done, of: None)})


def test_every_order_has_its_facts_and_they_are_as_from_scratch(history):
    assert OrderFact.objects.count() == Order.objects.count() > 0
    assert differences() == []


def test_the_facts_say_what_the_orders_say(history):
    for order in Order.objects.filter(state="reviewed"):
        fact = OrderFact.objects.get(order=order)
        events = dict(order.events.values_list("name", "at"))
        assert (fact.placed_at, fact.approved_at) == (order.placed_at, events["order.approved"])
        assert fact.delivered_at == max(row.delivered_at for row in order.shipments.exclude(state="cancelled"))
        assert fact.late == (fact.delivered_at > order.promised_at)
        assert sum(fact.lines.values_list("delivered", flat=True)) == sum(
            order.lines.values_list("quantity", flat=True)
        )


def test_facts_keep_the_names_of_their_time_until_they_are_made_anew(history):
    """A family is renamed and the bins get other aisles, without a word in the history."""

    def names() -> set[tuple[str, str]]:
        return set(LineFact.objects.filter(picked_at__isnull=False).values_list("category", "zone"))

    with undone(history):
        before, ids = names(), list(Order.objects.values_list("pk", flat=True))
        ProductFamily.objects.update(name=Concat(Value("Old "), "name"))
        Bin.objects.update(aisle=F("aisle") + 50)
        assert differences() == []
        write_facts(ids)
        assert (names(), differences()) == (before, [])
        rebuild(lambda done, of: None)
        assert names() == {(name and f"Old {name}", zone and str(int(zone) + 50)) for name, zone in before} != before
        assert differences() == []


@pytest.mark.parametrize(("ago", "until"), [(44, 0), (30, 10)])
def test_the_figures_are_what_plain_python_works_out_from_the_history(history, told, ago, until):
    today = history.date()
    first, last = today - timedelta(days=ago), today - timedelta(days=until)
    assert_same(report(first, last), worked_out_live(told, first, last))


@pytest.mark.parametrize("cut", ["channel", "warehouse", "carrier", "region", "tier", "cohort"])
def test_taken_apart_they_are_those_of_the_orders_of_each_part(history, told, cut):
    first, last = history.date() - timedelta(days=44), history.date()
    # Of what came back, each line has a warehouse of its own.
    left_out = {"return_rate"} if cut == "warehouse" else set()
    parts: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        parts[cut_of(one, cut)].append(one)
    groups = report(first, last, by=cut)["groups"]
    assert groups.keys() == parts.keys()
    for value, found in groups.items():
        due = worked_out_live(parts[value], first, last)
        assert_same(found, {name: figure for name, figure in due.items() if name not in left_out})


@pytest.mark.parametrize("figure", [name for name, figure in FIGURES.items() if figure.brief])
def test_a_figure_in_brief_says_the_same_as_the_whole(history, figure):
    window = windows.days(history.date() - timedelta(days=44), history.date())
    for scope in (Scope(window), Scope(window, cut="channel"), Scope(window, only={"channel": "web"})):
        whole, brief = FIGURES[figure].of(scope), FIGURES[figure].of(scope, brief=True)
        assert brief.keys() == whole.keys() != set()
        for group, told in brief.items():
            said = {name: value for name, value in told.items() if value != {}}  # empty: stages, left out
            assert said == {name: whole[group][name] for name in said}
            assert len(said) >= 3


@pytest.mark.parametrize("cut", ["product", "category", "picker", "zone", "warehouse"])
def test_picking_taken_apart_is_that_of_the_lines_of_each_part(history, lines, cut):
    first, last = history.date() - timedelta(days=44), history.date()
    parts: dict[str, list[PickedLine]] = defaultdict(list)
    for line in lines:
        if first <= line.at.astimezone(LONDON).date() < last:
            parts[line.groups[cut]].append(line)
    groups = report(first, last, by=cut, names=["picking_accuracy"])["groups"]
    assert groups.keys() == parts.keys()
    for value, own in parts.items():
        known = [line.scanned for line in own if line.scanned is not None]
        found = groups[value]["picking_accuracy"]
        assert (found["lines_picked"], found["lines_wrong"]) == (len(own), sum(line.wrong for line in own)), value
        assert found["unscanned_share"] == (pytest.approx(known.count(False) / len(known)) if known else None)
    assert any(line.wrong for line in lines)


@pytest.mark.parametrize(
    ("breakage", "found"),
    [
        ("UPDATE kpis_orderfact SET late = NOT late", [("orders", "folded"), ("orders", "scratch")]),
        ("UPDATE kpis_linefact SET wrong = NOT wrong", [("lines", "folded"), ("lines", "scratch")]),
        ("UPDATE kpis_returnfact SET quantity = quantity + 1", [("returns", "folded"), ("returns", "scratch")]),
        ("DELETE FROM kpis_returnfact", [("returns", "scratch")]),
    ],
)
def test_a_wrong_fact_is_found(history, breakage, found):
    with undone(history), connection.cursor() as cursor:
        cursor.execute(breakage)
        assert differences() == found
        rebuild(lambda done, of: None)
        assert differences() == []


def test_the_command_compares_and_fails_on_a_difference(history):
    out = StringIO()
    call_command("kpis", "rebuild", "--check", stdout=out, stderr=StringIO())
    assert out.getvalue() == "Every fact is as made from scratch.\n"
    with undone(history):
        OrderFact.objects.update(total=1)
        with pytest.raises(CommandError, match="facts differ from those made from scratch"):
            call_command("kpis", "rebuild", "--check", stdout=out, stderr=StringIO())


def test_the_command_prints_the_report(history):
    last = windows.today() + timedelta(days=1)
    first = last - timedelta(days=45)
    out = StringIO()
    call_command("kpis", "--from", str(first), "--to", str(last), "--by", "warehouse", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told == json.loads(json.dumps(report(first, last, by="warehouse"), default=float))
    assert told["lead_time"]["orders"] > 10
    with pytest.raises(CommandError, match="is not before"):
        call_command("kpis", "--from", str(last), "--to", str(first))


@pytest.mark.django_db(transaction=True)
def test_events_are_folded_once_and_later_ones_change_the_facts():
    order = make_order()
    settle()
    assert fold().orders == 1
    assert (OrderFact.objects.get().cancelled_at, fold().events) == (None, 0)
    services.cancel(order.pk, reason="x", by="sam")
    settle()
    assert fold().orders == 1
    assert OrderFact.objects.get().cancelled_at is not None
    newest = OrderEvent.objects.latest("id")
    cursor = FoldCursor.objects.get()
    assert (cursor.xid, cursor.event_id) == (newest.xid, newest.pk)
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_folding_one_event_at_a_time_comes_to_the_same():
    for _ in range(3):
        make_order(state="delivered")
    settle()
    pieces = 0
    while fold(1).events:
        pieces += 1
    assert pieces == OrderEvent.objects.count()
    assert differences() == []
    assert (OrderFact.objects.count(), LineFact.objects.count(), ReturnFact.objects.count()) == (3, 3, 0)


@pytest.mark.django_db
def test_what_has_not_settled_is_not_folded():
    make_order()  # in a transaction that is still open
    assert fold().events == 0
    assert (OrderFact.objects.count(), differences()) == (0, [])  # it has no facts yet, which is not wrong


@pytest.mark.django_db
def test_time_under_holds_is_counted_once_and_until_delivery():
    order = make_order()
    start = order.placed_at
    with clock.at(start):
        holds = [services.hold(order.pk, reason=reason, note="", by="sam") for reason in ("look", "fraud")]
    with clock.at(start + timedelta(hours=2)):
        services.release_hold(holds[0].pk, by="sam")
    with clock.at(start + timedelta(hours=3)):
        services.release_hold(holds[1].pk, by="sam")
    rebuild(lambda done, of: None)
    assert OrderFact.objects.get().held_seconds == 3 * 3600
