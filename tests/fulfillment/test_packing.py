"""Every unit is in exactly one box, and no box holds more than it can."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.packing import FILL, Box, Item, pack

SMALL, LARGE = Box(1, 1_000_000, 50, 5_000), Box(2, 27_000_000, 200, 20_000)
BOXES = (SMALL, LARGE)

sizes = st.integers(min_value=0, max_value=30_000_000)
weights = st.integers(min_value=0, max_value=25_000)
baskets = st.lists(st.tuples(st.integers(min_value=1, max_value=30), sizes, weights), min_size=1, max_size=12).map(
    lambda rows: [Item(line, *row) for line, row in enumerate(rows, 1)]
)
shelves = st.lists(
    st.tuples(
        st.integers(min_value=1, max_value=30_000_000),
        st.integers(min_value=0, max_value=500),
        st.integers(min_value=500, max_value=25_000),
    ),
    max_size=4,
).map(lambda rows: [Box(number, *row) for number, row in enumerate(rows, 1)])


def contents(parcels):
    """(box, what is in it by line) of each parcel."""
    return [(parcel.carton_id, parcel.units) for parcel in parcels]


@settings(deadline=None)
@given(items=baskets, boxes=shelves)
def test_every_unit_is_in_exactly_one_box(items, boxes):
    packed = Counter()
    for parcel in pack(items, boxes):
        assert all(count > 0 for count in parcel.units.values())
        packed.update(parcel.units)
    assert packed == {item.line_id: item.quantity for item in items}


@settings(deadline=None)
@given(items=baskets, boxes=shelves)
def test_no_box_is_too_full_or_too_heavy_and_its_weight_is_what_is_in_it(items, boxes):
    kinds, goods = {box.carton_id: box for box in boxes}, {item.line_id: item for item in items}
    for parcel in pack(items, boxes):
        weight = sum(goods[line].weight_g * count for line, count in parcel.units.items())
        volume = sum(goods[line].volume_mm3 * count for line, count in parcel.units.items())
        if parcel.carton_id is None:
            assert (parcel.weight_g, len(parcel.units)) == (weight, 1)
            continue
        box = kinds[parcel.carton_id]
        assert parcel.weight_g == weight + box.tare_g <= box.max_gross_g
        assert parcel.volume_mm3 == volume <= box.volume_mm3 * FILL


@settings(deadline=None)
@given(items=baskets)
def test_only_what_fits_no_box_travels_alone(items):
    goods = {item.line_id: item for item in items}
    for parcel in pack(items, BOXES):
        fits = {
            line
            for line in parcel.units
            if goods[line].volume_mm3 <= LARGE.volume_mm3 * FILL
            and goods[line].weight_g <= LARGE.max_gross_g - LARGE.tare_g
        }
        if parcel.carton_id is None:
            assert (fits, list(parcel.units.values())) == (set(), [1])
        else:
            assert fits == set(parcel.units)


@settings(deadline=None)
@given(items=baskets)
def test_the_plan_is_the_same_every_time(items):
    assert contents(pack(items, BOXES)) == contents(pack(items, BOXES))


def test_what_fits_the_small_box_goes_into_it():
    parcels = pack([Item(1, 2, 300_000, 400)], BOXES)
    assert (contents(parcels), parcels[0].weight_g) == ([(1, {1: 2})], 850)


def test_a_box_is_filled_to_three_quarters_and_not_a_cubic_millimetre_more():
    assert contents(pack([Item(1, 1, 750_000, 1)], BOXES)) == [(1, {1: 1})]
    assert contents(pack([Item(1, 1, 750_001, 1)], BOXES)) == [(2, {1: 1})]


def test_a_box_bears_its_limit_and_not_a_gram_more():
    assert contents(pack([Item(1, 1, 1, 4_950)], BOXES)) == [(1, {1: 1})]
    assert contents(pack([Item(1, 1, 1, 4_951)], BOXES)) == [(2, {1: 1})]


def test_of_boxes_that_fit_the_first_is_taken():
    dear = Box(3, 1_000_000, 50, 5_000)
    assert contents(pack([Item(1, 1, 1, 1)], [dear, SMALL, LARGE])) == [(3, {1: 1})]


def test_what_one_box_cannot_hold_goes_into_more_and_the_last_is_as_small_as_it_can_be():
    parcels = pack([Item(1, 25, 1_000_000, 500)], BOXES)
    assert contents(parcels) == [(2, {1: 20}), (2, {1: 5})]
    parcels = pack([Item(1, 7, 100_000, 3_000)], BOXES)
    assert contents(parcels) == [(2, {1: 6}), (1, {1: 1})]
    assert [parcel.weight_g for parcel in parcels] == [18_200, 3_050]


def test_the_bulky_goes_first_and_the_small_fills_the_gaps():
    parcels = pack([Item(1, 3, 100_000, 10), Item(2, 2, 10_000_000, 10)], BOXES)
    assert contents(parcels) == [(2, {2: 2, 1: 2}), (1, {1: 1})]


def test_what_fits_no_box_travels_alone_in_its_own_packaging():
    parcels = pack([Item(1, 2, 28_000_000, 900), Item(2, 1, 1, 30_000), Item(3, 1, 1, 1)], BOXES)
    assert contents(parcels) == [(1, {3: 1}), (None, {1: 1}), (None, {1: 1}), (None, {2: 1})]
    assert [parcel.weight_g for parcel in parcels] == [51, 900, 900, 30_000]


def test_without_boxes_each_line_travels_in_its_own_packaging():
    parcels = pack([Item(1, 2, 1, 5), Item(2, 1, 1, 7)], [])
    assert contents(parcels) == [(None, {1: 2}), (None, {2: 1})]
    assert [parcel.weight_g for parcel in parcels] == [10, 7]


def test_what_weighs_and_measures_nothing_is_packed_all_the_same():
    assert contents(pack([Item(1, 4, 0, 0)], BOXES)) == [(1, {1: 4})]


def test_nothing_needs_no_box():
    assert pack([], BOXES) == []
