"""The orders behind a figure are the ones that made it, part by part."""

import io
from datetime import date, timedelta
from typing import Any

import pytest

from inventory import clock
from kpis import windows
from kpis.figures import Scope, report, whole
from kpis.figures.behind import PARTS, Behind, counts
from kpis.figures.frequency import gaps
from kpis.fold import rebuild
from kpis.history_import import run
from kpis.models import OrderFact
from orders.models import OrderEvent
from orders.services import hold, release_hold
from tests.factories import make_order
from tests.kpis.past import as_file, invented

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 3, 1), date(2025, 4, 1)
ALL_PARTS = [(figure, part) for figure, parts in PARTS.items() for part in parts]


@pytest.fixture
def past(db: None) -> dict[str, Any]:
    run(io.BytesIO(as_file(invented(300))), name="past.csv", by="test")
    return report(FIRST, LAST)


def behind(figure: str, part: str, **only: str) -> Behind:
    return Behind(figure, part, Scope(windows.days(FIRST, LAST), only=only))


@pytest.mark.parametrize(("figure", "part"), ALL_PARTS)
def test_every_part_lists_as_many_as_it_counts_each_once(past: object, figure: str, part: str) -> None:
    one = behind(figure, part)
    ids = one.ids(most=1_000)
    assert len(ids) == len(set(ids)) == one.count()
    assert ids[:3] + one.ids(most=1_000, skip=3) == ids


def test_the_parts_are_what_the_report_counts(past: dict[str, Any]) -> None:
    told = {
        ("return_rate", "returned"): past["return_rate"]["orders_returned"],
        ("lead_time", "delivered"): past["lead_time"]["orders"],
        ("lead_time", "contradictory"): past["lead_time"]["excluded_contradictory"],
        ("purchase_frequency", "placed"): past["purchase_frequency"]["orders"],
        ("purchase_frequency", "cancelled"): past["purchase_frequency"]["cancelled"],
        ("purchase_frequency", "came_back"): past["purchase_frequency"]["gaps"],
        ("satisfaction", "answered"): past["satisfaction"]["answers"],
        **{("perfect_order", name): count for name, count in past["perfect_order"]["failed"].items()},
    }
    assert {key: behind(*key).count() for key in told} == told
    perfect, imperfect = (behind("perfect_order", part).count() for part in ("perfect", "imperfect"))
    assert perfect / (perfect + imperfect) == pytest.approx(past["perfect_order"]["rate"])


def test_counts_by_a_cut_are_the_counts_of_its_narrowed_parts(past: object) -> None:
    found = counts("perfect_order", ["delivered", "late"], Scope(windows.days(FIRST, LAST), cut="channel"))
    assert found == {
        channel: {part: behind("perfect_order", part, channel=channel).count() for part in ("delivered", "late")}
        for channel in ("phone", "web")
    }


def test_gaps_are_those_of_the_figure_and_lead_to_their_orders(past: dict[str, Any]) -> None:
    scope = Scope(windows.days(FIRST, LAST))
    found = gaps(scope)
    assert sum(found.values()) == past["purchase_frequency"]["gaps"]
    days, count = max(found.items(), key=lambda row: row[1])
    assert Behind("purchase_frequency", "came_back", scope, over=days, under=days).count() == count


def test_a_narrowing_by_reason_keeps_the_orders_with_that_reason(past: object) -> None:
    ids = behind("return_rate", "returned", reason="damaged").ids(most=1_000)
    reasons = OrderFact.objects.filter(pk__in=ids, lines__returns__reason="damaged").distinct().count()
    assert reasons == len(ids) > 0


def test_stages_without_a_person_and_holds_by_reason() -> None:
    # Two orders; one is held for four hours, approved by Sam and picked by nobody.
    alone, helped = make_order(state="shipped"), make_order(state="shipped")
    OrderEvent.objects.filter(order=helped, name="order.approved")
    placed = make_order()
    with clock.at(placed.placed_at):
        row = hold(placed.pk, reason="fraud", note="", by="sam")
    with clock.at(placed.placed_at + timedelta(hours=6)):
        release_hold(row.pk, by="sam")
    rebuild(lambda done, of: None)
    OrderFact.objects.filter(order=alone).update(by_person=[])
    OrderFact.objects.filter(order=helped).update(by_person=["approved"])
    today = windows.today()
    told = whole("automation", Scope(windows.days(today - timedelta(days=30), today + timedelta(days=1))))
    assert (told["rate"], told["orders_shipped"], told["orders"]) == (0.5, 2, 3)
    assert told["stages"]["approved"] == {"rate": 0.5, "orders": 2}
    assert told["stages"]["picked"] == {"rate": 1.0, "orders": 2}
    assert (told["hold_rate"], told["orders_held"]) == (pytest.approx(1 / 3), 1)
    assert told["holds"] == {"fraud": {"orders": 1, "rate": pytest.approx(1 / 3), "mean": pytest.approx(0.25)}}


def test_imported_orders_say_nothing_of_persons(past: dict[str, Any]) -> None:
    assert past["automation"]["rate"] is None
    assert past["automation"]["orders"] == 0
