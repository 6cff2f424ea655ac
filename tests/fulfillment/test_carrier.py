"""The played carrier tells the same of the same parcel, however often it is asked."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.carriers.fake import LATE_SHARE, PlayedCarrier
from fulfillment.carriers.fake import journey as told_journey
from fulfillment.carriers.pricing import RateTable
from fulfillment.models import Parcel

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RANKS = [status.value for status in Parcel.Status]
WHOLE = ["in_transit", "in_transit", "out_for_delivery", "delivered"]

SELLER = PlayedCarrier(RateTable("parcelwing", "GBP", (), ()))
buy = SELLER.number
keys = st.integers(min_value=1, max_value=10**9).map("parcel:{}".format)
transits = st.integers(min_value=1, max_value=12)


def journey(number, *, days=3, after=timedelta(days=60), day=DAY):
    return told_journey(number, sold_at=NOON, days=days, day=day, now=NOON + after)


def arrival(number, days):
    return (journey(number, days=days)[-1].at - NOON) / DAY


@given(key=keys)
def test_the_same_key_buys_the_same_label(key):
    assert buy(key) == buy(key)
    assert (buy(key)[:2], buy(key)[-2:], len(buy(key))) == ("PW", "GB", 18)


def test_different_keys_buy_different_labels():
    assert len({buy(f"parcel:{number}") for number in range(5_000)}) == 5_000


@given(key=keys, days=transits, hours=st.lists(st.integers(min_value=-5, max_value=400), min_size=2, max_size=6))
def test_a_journey_only_grows(key, days, hours):
    told = [journey(buy(key), days=days, after=timedelta(hours=hour)) for hour in sorted(hours)]
    for before, after in zip(told, told[1:], strict=False):
        assert after[: len(before)] == before


@given(key=keys, days=transits)
def test_a_journey_is_whole_in_order_and_named_once(key, days):
    scans = journey(buy(key), days=days)
    assert [scan.status for scan in scans] == WHOLE
    assert [scan.at for scan in scans] == sorted({scan.at for scan in scans})
    assert [scan.key for scan in scans] == [f"{buy(key)}:{place}" for place in range(4)]
    ranks = [RANKS.index(scan.status) for scan in scans]
    assert ranks == sorted(ranks)


@given(key=keys, days=transits, hours=st.integers(min_value=0, max_value=400))
def test_nothing_is_told_before_it_happened(key, days, hours):
    assert all(
        scan.at <= NOON + timedelta(hours=hours) for scan in journey(buy(key), days=days, after=timedelta(hours=hours))
    )


def test_nothing_is_seen_before_the_parcel_is_collected():
    assert journey(buy("parcel:1"), after=timedelta(hours=3)) == []
    assert [scan.description for scan in journey(buy("parcel:1"), after=timedelta(hours=4))] == [
        "Collected at the warehouse"
    ]


def test_a_parcel_arrives_within_its_last_day_and_one_in_twenty_two_days_late():
    arrivals = [arrival(buy(f"parcel:{number}"), days=3) for number in range(4_000)]
    assert all(2.5 <= days <= 2.9 or 4.5 <= days <= 4.9 for days in arrivals)
    late = sum(days > 3 for days in arrivals)
    assert 0.8 < late * LATE_SHARE / len(arrivals) < 1.2


def test_a_shorter_day_plays_the_same_journey_faster():
    slow, quick = journey(buy("parcel:7")), journey(buy("parcel:7"), day=timedelta(seconds=2))
    assert [scan.key for scan in slow] == [scan.key for scan in quick]
    for one, other in zip(slow, quick, strict=True):
        assert abs((one.at - NOON) / DAY - (other.at - NOON) / timedelta(seconds=2)) < 1e-5
