"""Findings: what stands out beyond chance is found once, followed over time, shown with its orders; nothing else is."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from feedback.models import Answer, Finding, Survey
from inventory import clock
from inventory.models import Product
from ordermgmt.feedback.effects import KPI_OF_FINDING, KPIS, applied
from ordermgmt.feedback.finding import Group, find_improvements, standing_out
from ordermgmt.feedback.measures import MEASURES
from ordermgmt.tasks import find_improvements as chore
from orders.models import Hold
from tests.ordermgmt.feedback_facts import make_facts, make_lines, send_back

pytestmark = pytest.mark.django_db
BY_KIND = {measure.kind: measure for measure in MEASURES}


def found() -> dict[str, str]:
    find_improvements()
    return dict(Finding.objects.filter(gone_at=None).values_list("key", "sentence"))


def late_in_france(late: int = 22, of: int = 100) -> None:
    make_facts(late, carrier="fake", country="FR", late=True)
    make_facts(of - late, carrier="fake", country="FR")
    make_facts(6, carrier="fake", country="GB", late=True)
    make_facts(94, carrier="fake", country="GB")


def test_a_carrier_that_is_late_in_one_region_is_found(noon: datetime) -> None:
    late_in_france()
    assert found() == {"late:fake:FR": "Carrier fake is late in FR: 22\xa0% against 6.0\xa0%; 22 orders"}
    row = Finding.objects.get()
    assert (row.stage, row.cases, row.sample, row.other_cases, row.other_sample) == ("deliver", 22, 100, 6, 100)
    assert (round(row.low, 4), round(row.high, 4), round(row.limit, 4)) == (0.1500, 0.3107, 0.1248)
    assert (row.orders, row.weight, row.cost, row.narrowed) == (22, 2, 44, {"carrier": "fake", "region": "FR"})
    assert len(row.order_ids) == 22


def test_what_could_be_chance_is_no_finding(noon: datetime) -> None:
    late_in_france(late=12)
    assert found() == {}


@pytest.mark.parametrize(
    ("groups", "names"),
    [
        ([("a", 20, 20), ("b", 0, 20)], ["a"]),
        ([("a", 19, 19), ("b", 0, 200)], []),
        ([("a", 20, 20), ("b", 0, 19)], []),
        ([("a", 4, 20), ("b", 0, 2000)], []),
        ([("a", 5, 20), ("b", 0, 2000)], ["a"]),
        ([("a", 50, 100)], []),
    ],
)
def test_both_groups_must_be_large_enough(groups: list[tuple[str, int, int]], names: list[str]) -> None:
    rows = [Group("", name, cases, sample, cases, ()) for name, cases, sample in groups]
    assert [row.group.name for row in standing_out(BY_KIND["damaged"], rows)] == names


def test_a_product_that_comes_back_for_one_reason_is_found(noon: datetime) -> None:
    dress, mug = make_lines(make_facts(40), "DRESS-1"), make_lines(make_facts(400), "MUG-1")
    send_back(dress[:30], "not_as_described")
    send_back(dress[30:35], "unwanted")
    send_back(mug[:40], "unwanted")
    sentences = found()
    assert sentences["return_reason:not_as_described:DRESS-1"] == (
        "Of DRESS-1, returns say “not as described”: 86\xa0% against 0.0\xa0%; 30 orders"
    )
    assert sentences["returned:DRESS-1"].startswith("DRESS-1 comes back: 88\xa0% against 10\xa0%; 35 orders")
    assert set(sentences) == {
        "return_reason:not_as_described:DRESS-1",
        "return_reason:unwanted:MUG-1",
        "returned:DRESS-1",
    }


def test_an_aisle_and_a_product_with_wrong_lines_are_found(noon: datetime) -> None:
    bad, good = make_facts(40), make_facts(400)
    make_lines(bad[:12], "MUG-1", warehouse="YORK", zone="7", wrong=True)
    make_lines(bad[12:], "MUG-1", warehouse="YORK", zone="7")
    make_lines(good, "JAR-1", warehouse="YORK", zone="8")
    mug = Product.objects.get(sku="MUG-1")
    assert found() == {
        "wrong_place:YORK:7": "Lines picked in aisle 7 of YORK are wrong: 30\xa0% against 0.0\xa0%; 12 orders",
        "wrong_goods:MUG-1": f"{mug.name} (MUG-1) is picked wrong: 30\xa0% against 0.0\xa0%; 12 orders",
    }
    row = Finding.objects.get(kind="wrong_place")
    assert (row.stage, applied(KPIS[KPI_OF_FINDING[row.kind]], row.narrowed)) == ("pick", row.narrowed)


def test_a_picker_with_wrong_lines_and_a_warehouse_with_broken_parcels_are_found(noon: datetime) -> None:
    bad, good = make_facts(40, warehouse="YORK"), make_facts(200, warehouse="LEEDS")
    make_lines(bad[:12], "MUG-1", picker="petra", wrong=True)
    make_lines(bad[12:], "MUG-1", picker="petra")
    make_lines(good, "MUG-1", picker="bob")
    for fact in bad[:10]:
        fact.damaged = True
        fact.save()
    assert found() == {
        "wrong_line:petra": "Lines picked by petra are wrong: 30\xa0% against 0.0\xa0%; 12 orders",
        "damaged:YORK": "Orders from YORK arrive damaged: 25\xa0% against 0.0\xa0%; 10 orders",
    }
    assert dict(Finding.objects.values_list("key", "stage")) == {"wrong_line:petra": "pick", "damaged:YORK": "pack"}


def test_a_hold_that_stops_more_than_is_accepted_is_found(noon: datetime) -> None:
    facts = make_facts(100)
    for fact in facts[:15]:
        Hold.objects.create(order=fact.order, reason="address", by="system", at=fact.placed_at, released_at=noon)
    assert found() == {"held:address": "Orders are held for “address”: 15\xa0% against 5.0\xa0%; 15 orders"}
    assert (Finding.objects.get().other_share, Finding.objects.get().limit) == (None, 0.05)


def test_a_stage_that_takes_longer_than_its_bound_is_found(noon: datetime) -> None:
    start = noon - timedelta(days=5)
    make_facts(20, picked_at=start, packed_at=start + timedelta(hours=5))
    make_facts(80, picked_at=start, packed_at=start + timedelta(hours=3))
    assert found() == {
        "slow:pack": "Orders wait longer than the bound to be packed: 20\xa0% against 5.0\xa0%; 20 orders"
    }


def test_a_stage_that_customers_rate_badly_is_found(noon: datetime) -> None:
    for place, fact in enumerate(make_facts(40)):
        survey = Survey.objects.create(order=fact.order, closes_at=noon + timedelta(days=9))
        Answer.objects.create(survey=survey, csat=4, stages={"pack": 1 if place < 15 else 5, "deliver": 5})
    assert found() == {"rated:pack": "Customers give packaging 1 or 2 of 5: 38\xa0% against 0.0\xa0%; 15 orders"}


def test_the_same_finding_is_followed_and_ends(noon: datetime) -> None:
    late_in_france()
    find_improvements()
    first = Finding.objects.get()
    with clock.at(noon + timedelta(days=1)):
        make_facts(10, carrier="fake", country="FR", late=True)
        assert find_improvements() == 1
    row = Finding.objects.get()
    assert (row.pk, row.cases, row.first_at, row.seen_at) == (first.pk, 32, noon, noon + timedelta(days=1))
    with clock.at(noon + timedelta(days=200)):
        chore()
    assert Finding.objects.get().gone_at == noon + timedelta(days=200)
    find_improvements()
    assert (Finding.objects.get().gone_at, Finding.objects.get().first_at) == (None, noon)


def test_what_was_delivered_before_the_window_is_not_looked_at(noon: datetime) -> None:
    with clock.at(noon - timedelta(days=90)):
        late_in_france()
    assert found() == {}


def test_the_pages_show_the_numbers_and_the_orders(sam: Client, noon: datetime) -> None:
    late_in_france()
    find_improvements()
    row = Finding.objects.get()
    page = sam.get("/improve/findings/").content.decode()
    assert "Carrier fake is late in FR" in page
    assert "15.0\xa0% – 31.1\xa0%, 22 of 100" in page
    detail = sam.get(f"/improve/findings/{row.pk}/").content.decode()
    assert detail.count('class="no row-link"') == 22
    assert "22 orders × 2 = 44" in detail
    assert "Plan something" not in detail
    assert "Nothing stands out" in sam.get("/improve/findings/?gone").content.decode()
    assert sam.get("/improve/findings/999999/").status_code == 404


def test_the_list_costs_the_same_for_many(sam: Client, noon: datetime, django_assert_num_queries: object) -> None:
    late_in_france()
    find_improvements()
    with django_assert_num_queries(5):  # type: ignore[operator]
        sam.get("/improve/findings/")
