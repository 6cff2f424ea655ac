"""Cohorts, quiet customers and campaigns against values worked out by hand."""

import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from statistics import fmean, variance

import pytest

from inventory import clock
from kpis import windows
from kpis.figures.customers import cohort_grid, past_of, quiet
from kpis.figures.effect import Z, effect
from kpis.history_import import run
from kpis.models import Campaign, LineFact, OrderFact, ReturnFact

pytestmark = pytest.mark.django_db
HEAD = "order_number,customer_id,sku,quantity,unit_price,placed_at,delivered_at,promised_at,csat,cancelled_at\n"
JUNE = date(2025, 6, 1)
TODAY = datetime(2025, 6, 30, 12, tzinfo=UTC)


def ordered(customer: str, *days: date | str) -> list[str]:
    return [f"{customer}-{place},{customer},MUG,1,2,{day},,,," for place, day in enumerate(days)]


def take(rows: Sequence[str]) -> None:
    outcome = run(io.BytesIO((HEAD + "\n".join(rows)).encode()), name="past.csv", by="test")
    assert outcome.errors == []


def test_a_cohort_is_followed_month_by_month() -> None:
    take(
        [
            *ordered("old", "2025-01-05", "2025-04-01"),
            *ordered("a", "2025-04-02", "2025-04-20", "2025-06-01"),
            *ordered("b", "2025-04-30", "2025-05-01"),
        ]
    )
    inside = windows.days(date(2025, 4, 1), date(2025, 7, 1))
    cells = cohort_grid(inside.since, inside.until, first=date(2025, 4, 1))
    assert sorted((cell.cohort.month, cell.month.month, cell.customers, cell.orders) for cell in cells) == [
        (4, 4, 2, 3),
        (4, 5, 1, 1),
        (4, 6, 1, 1),
    ]


def test_who_has_four_orders_is_measured_by_their_own_gaps_and_others_by_their_cohort() -> None:
    # Own gaps 10, 10, 10: quiet after 11 days. The cohort of March: gaps 10, 10, 10 and 40; p90 is 10 + 0.7 × 30 = 31.
    often = [f"2025-03-{day:02}" for day in (1, 11, 21, 31)]
    take(
        [
            *ordered("often", *often),
            *ordered("rare", "2025-03-01", "2025-04-10"),
            *ordered("once", "2025-03-05"),
            *ordered("fresh", "2025-06-25"),
            *ordered("gone", "2023-01-01"),
        ]
    )
    with clock.at(datetime(2025, 4, 20, 12, tzinfo=UTC)):
        found = {row.customer: row for row in quiet(windows.today())}
    assert set(found) == {"h:often", "h:once"}
    assert (found["h:often"].bound, found["h:often"].by_own, found["h:often"].days) == (10.0, True, 20)
    assert (found["h:once"].bound, found["h:once"].by_own, found["h:once"].days) == (pytest.approx(31.0), False, 46)
    with clock.at(TODAY):
        assert {row.customer for row in quiet(windows.today())} == {"h:often", "h:rare", "h:once"}


def test_what_happened_before_is_told() -> None:
    take(
        [
            *ordered("a", "2025-04-01", "2025-04-02", "2025-04-03"),
            "a-9,a,MUG,1,2,2025-04-04,2025-04-20,2025-04-08,2,",
            *ordered("b", "2025-04-01", "2025-04-02", "2025-04-03"),
            "b-9,b,MUG,1,2,2025-04-04,,,,2025-04-05",
        ]
    )
    LineFact.objects.filter(fact__number="a-9").update(returned=1)
    with clock.at(TODAY):
        found = {row.customer: row.before for row in quiet(windows.today())}
    assert found["h:a"] == ["last order late", "sent something back", "scored 2 of 5"]
    assert found["h:b"] == ["refused or called off"]


def test_a_customers_past_is_in_order() -> None:
    take(ordered("a", "2025-04-03", "2025-04-01"))
    assert [row.number for row in past_of("h:a")] == ["a-1", "a-0"]


def campaign(targets: Sequence[str]) -> Campaign:
    return Campaign.objects.create(name="Mailing", starts_on=JUNE, ends_on=JUNE, customers=list(targets))


def bought(customer: str, *, before: int, after: int) -> list[str]:
    """All have ordered long ago; then so often in the four weeks before and after 1 June."""
    days = [JUNE - timedelta(days=100), *(JUNE - timedelta(days=1 + place) for place in range(before))]
    return ordered(customer, *days, *(JUNE + timedelta(days=place) for place in range(after)))


def test_an_effect_is_the_difference_of_the_changes_with_its_interval() -> None:
    changes: defaultdict[bool, list[int]] = defaultdict(list)
    rows = []
    for number in range(80):
        targeted, before = number < 40, number % 2
        after = before + (2 if targeted else 0) + (number % 4 == 0)
        changes[targeted].append(after - before)
        rows += bought(f"c{number}", before=before, after=after)
    take(rows)
    with clock.at(TODAY):
        found = effect(campaign([f"h:c{number}" for number in range(40)]))
    change = fmean(changes[True]) - fmean(changes[False])
    half = Z * sqrt(sum(variance(values) / len(values) for values in changes.values()))
    assert found.estimate == pytest.approx((change, change - half, change + half))
    assert (found.targeted.customers, found.untargeted.customers, found.days) == (40, 40, 28)
    assert found.verdict == "2.00 more orders per customer than customers it was not meant for."


def test_no_effect_is_named_where_the_interval_contains_zero() -> None:
    take([row for number in range(80) for row in bought(f"c{number}", before=1, after=number % 3)])
    with clock.at(TODAY):
        found = effect(campaign([f"h:c{number}" for number in range(40)]))
    low, high = found.estimate[1:]
    assert low < 0 < high
    assert found.verdict == "No effect is named: the interval contains zero."


def test_no_effect_is_named_of_few_customers_or_before_its_time_is_over() -> None:
    take([row for number in range(59) for row in bought(f"c{number}", before=0, after=3 * (number < 29))])
    row = campaign([f"h:c{number}" for number in range(29)])
    with clock.at(TODAY):
        assert effect(row).verdict == "No effect is named: fewer than 30 customers in a group."
    with clock.at(TODAY - timedelta(days=10)):
        assert effect(row).verdict == "No effect is named yet: the 28 days after its start are not over."


def test_of_a_campaign_for_all_no_effect_is_named() -> None:
    take([row for number in range(40) for row in bought(f"c{number}", before=0, after=2)])
    with clock.at(TODAY):
        found = effect(campaign([]))
    assert (found.targeted.customers, found.targeted.before, found.targeted.after) == (40, 0, 80)
    assert (found.untargeted, found.estimate) == (None, None)
    assert found.verdict == "No effect is named: it was meant for all, so there is nobody to compare with."


def test_a_cancelled_order_begins_no_cohort_and_is_in_none() -> None:
    take(
        [
            "a-0,a,MUG,1,2,2025-04-02,,,,2025-04-03",
            *ordered("a1", "2025-04-05"),
            "a1-9,a1,MUG,1,2,2025-05-05,,,,2025-05-06",
        ]
    )
    OrderFact.objects.filter(customer="h:a1").update(customer="h:a")
    inside = windows.days(date(2025, 4, 1), date(2025, 7, 1))
    cells = cohort_grid(inside.since, inside.until, first=date(2025, 4, 1))
    assert [(cell.cohort.month, cell.month.month, cell.customers, cell.orders) for cell in cells] == [(4, 4, 1, 1)]


def test_what_went_wrong_for_a_customer_stands_beside_their_orders() -> None:
    take(["a-0,a,MUG,1,2,2025-04-01,2025-04-20,2025-04-08,2,", *ordered("b", "2025-04-02")])
    LineFact.objects.filter(fact__number="b-0").update(returned=1)
    ReturnFact.objects.create(line=LineFact.objects.get(fact__number="b-0"), quantity=1, reason="damaged", at=TODAY)
    assert [row.incidents for row in past_of("h:a")] == [["late", "scored 2 of 5"]]
    assert [(row.incidents, row.returned_at) for row in past_of("h:b")] == [(["sent something back"], TODAY)]
