"""What a worker keeps of the figures for Today, and for how long that is shown."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from fulfillment.models import Shipment
from inventory import clock
from kpis.briefs import GOOD_FOR, KEPT, briefs
from kpis.fold import rebuild
from kpis.history_import import run, undo
from kpis.models import Brief
from kpis.tasks import keep_briefs
from ordermgmt.chores import CHORES
from tests.factories import make_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAST = "order_number,customer_id,sku,quantity,unit_price,placed_at\nA1,c1,MUG,2,9.50,2026-11-20 10:00:00\n"


@pytest.fixture(autouse=True)
def noon() -> Iterator[datetime]:
    with clock.at(NOON):
        yield NOON


def deliver(days: float) -> None:
    """One more order that took so long, and facts made anew."""
    order = make_order([("MUG-1", 2)], state="delivered")
    Shipment.objects.filter(order=order).update(delivered_at=order.placed_at + timedelta(days=days))
    rebuild(lambda done, of: None)


def unnoticed(days: float) -> None:
    """The same while nobody reads anew, as when facts are folded one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kpis.fold.rebuilding.forget_briefs", lambda: None)
        deliver(days)


def delivered() -> int:
    return briefs()["lead_time"].now["orders"]


def test_what_is_kept_says_the_same_as_what_is_read(django_assert_num_queries: Any) -> None:
    deliver(2.5)
    with django_assert_num_queries(5):
        read = briefs()
    assert read["lead_time"].now["p50"] == 2.5
    assert read["lead_time"].before["p50"] is None
    assert len(read["lead_time"].steps) == 10
    keep_briefs()
    with django_assert_num_queries(1):
        assert briefs() == read


def test_it_is_shown_for_some_minutes_of_its_day_and_read_again_afterwards():
    deliver(1)
    keep_briefs()
    unnoticed(2)
    assert delivered() == 1
    with clock.at(NOON + GOOD_FOR - timedelta(seconds=1)):
        assert delivered() == 1
    with clock.at(NOON + GOOD_FOR):
        assert delivered() == 2
    with clock.at(NOON - timedelta(seconds=1)):  # as in a past that is played
        assert delivered() == 2


def test_on_the_next_day_of_the_shop_it_is_read_again():
    deliver(1)
    with clock.at(datetime(2026, 11, 23, 23, 58, tzinfo=UTC)):
        keep_briefs()
    unnoticed(2)
    with clock.at(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)):
        assert delivered() == 1
    with clock.at(datetime(2026, 11, 24, 0, 0, tzinfo=UTC)):
        assert delivered() == 2


def test_the_worker_keeps_it_anew_each_minute():
    assert CHORES["keep_briefs"] == ("kpis.tasks.keep_briefs", 60.0)
    deliver(1)
    keep_briefs()
    unnoticed(2)
    keep_briefs()
    assert delivered() == 2


def test_nothing_is_kept_while_facts_come_or_go_in_bulk():
    importing = connection.copy()
    with importing.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('kpi briefs', 0))")
        assert cursor.fetchone() == (True,)
        keep_briefs()
        assert not Brief.objects.exists()
        cursor.execute("SELECT pg_advisory_unlock_all()")
    importing.close()
    keep_briefs()
    assert Brief.objects.count() == len(KEPT)


def test_facts_made_anew_and_histories_that_come_or_go_are_seen_at_once():
    deliver(1)
    keep_briefs()
    deliver(2)
    assert delivered() == 2
    keep_briefs()
    orders = briefs()["purchase_frequency"].now["orders"]
    history = run(io.BytesIO(PAST.encode()), name="past.csv", by="alice").history_id
    assert briefs()["purchase_frequency"].now["orders"] == orders + 1
    keep_briefs()
    undo(history or 0, by="alice")
    assert briefs()["purchase_frequency"].now["orders"] == orders
