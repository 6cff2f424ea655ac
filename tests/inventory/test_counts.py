"""A count books the difference, once, and a large one only after a second person looked."""

import pytest

from inventory import services as stock
from inventory.errors import BeingCounted, NotCounted, NotEnoughStock, NotUsable, SamePerson, WrongState
from inventory.models import Bin, Count, CountLine, LostPromise, Reservation, Stock, StockMovement
from inventory.services.counts import approve_count, discard_count, enter_count, open_count, open_count_of, submit_count
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug():
    """Ten on hand, at 10.00."""
    return make_stock(make_product(), 10)


def begin(*rows, name="Aisle 3"):
    return open_count(rows[0].warehouse, name=name, stock_ids=[row.pk for row in rows], by="bob")


def enter(count, *numbers):
    """Numbers in the order of the lines."""
    for line, counted in zip(count.lines.order_by("id"), numbers, strict=True):
        enter_count(line.pk, counted=counted, by="bob")


def counted(*rows, numbers):
    """A count of these stocks with these numbers, not submitted yet."""
    count = begin(*rows)
    enter(count, *numbers)
    return count


def state(count):
    """State, who submitted, who closed."""
    row = Count.objects.get(pk=count.pk)
    return row.state, row.submitted_by, row.closed_by


def balance(row):
    return Stock.objects.values_list("on_hand", "reserved").get(pk=row.pk)


def booked():
    kinds = StockMovement.objects.filter(kind="count").order_by("id")
    return list(kinds.values_list("stock_id", "quantity", "key", "by", "reason"))


def test_a_count_names_its_stocks_in_the_order_of_the_walk(mug):
    plate = make_stock(make_product("PLATE"), 5)
    count = begin(plate, mug, plate)
    assert [line.stock_id for line in count.lines.order_by("id")] == [plate.pk, mug.pk]
    assert (state(count), count.opened_by, count.name) == (("open", "", ""), "bob", "Aisle 3")


def test_what_is_counted_lies_in_one_warehouse(mug):
    elsewhere = make_stock(mug.product, 5, warehouse=make_warehouse("YORK"))
    for stock_ids in ([], [mug.pk, elsewhere.pk], [mug.pk, 0]):
        with pytest.raises(NotUsable):
            open_count(mug.warehouse, name="Aisle 3", stock_ids=stock_ids, by="bob")
    assert Count.objects.count() == 0


def test_no_stock_is_in_two_counts_until_the_first_is_decided(mug):
    first = begin(mug)
    with pytest.raises(BeingCounted) as refused:
        begin(mug, name="Again")
    assert (refused.value.skus, Count.objects.count()) == (["MUG-1"], 1)
    discard_count(first.pk, by="bob")
    assert begin(mug, name="Again").state == "open"


def test_a_number_is_kept_with_what_the_books_said_then(mug):
    (line,) = begin(mug).lines.all()
    enter_count(line.pk, counted=8, by="bob")
    stock.move_stock(mug.pk, 5, kind=StockMovement.Kind.RECEIVE, key="d:1", by="alice")
    line = CountLine.objects.get()
    assert (line.counted, line.expected, line.counted_by, line.variance) == (8, 10, "bob", -2)
    enter_count(line.pk, counted=14, by="petra")
    line = CountLine.objects.get()
    assert (line.counted, line.expected, line.counted_by, line.variance) == (14, 15, "petra", -1)


def test_nobody_counts_fewer_than_none(mug):
    (line,) = begin(mug).lines.all()
    with pytest.raises(NotUsable):
        enter_count(line.pk, counted=-1, by="bob")
    assert CountLine.objects.get().counted is None


def test_small_differences_are_booked_at_once_up_and_down(mug):
    plate, bowl = make_stock(make_product("PLATE"), 5), make_stock(make_product("BOWL"), 4)
    count = counted(mug, plate, bowl, numbers=(8, 6, 4))
    submit_count(count.pk, by="bob")
    first, second, _ = count.lines.order_by("id")
    assert state(count) == ("booked", "bob", "bob")
    assert (balance(mug), balance(plate), balance(bowl)) == ((8, 0), (6, 0), (4, 0))
    assert booked() == [
        (mug.pk, -2, f"count:{first.pk}:{mug.pk}", "bob", "Count Aisle 3"),
        (plate.pk, 1, f"count:{second.pk}:{plate.pk}", "bob", "Count Aisle 3"),
    ]


@pytest.mark.parametrize(
    ("price", "number", "outcome"),
    [
        ("10.00", 5, "booked"),  # five units, 50.00
        ("10.00", 15, "booked"),
        ("10.01", 5, "submitted"),  # 50.05
        ("1.00", 4, "submitted"),  # six units
        ("1.00", 16, "submitted"),
        ("60.00", 9, "submitted"),
        ("60.00", 10, "booked"),
    ],
)
def test_up_to_five_units_and_fifty_in_money_need_no_second_person(price, number, outcome):
    row = make_stock(make_product(price=price), 10)
    count = counted(row, numbers=[number])
    assert submit_count(count.pk, by="bob").state == outcome
    assert balance(row) == ((number if outcome == "booked" else 10), 0)


def test_one_large_difference_keeps_the_whole_count_waiting(mug):
    plate = make_stock(make_product("PLATE"), 50)
    count = counted(mug, plate, numbers=(9, 20))
    submit_count(count.pk, by="bob")
    assert (state(count), balance(mug), balance(plate), booked()) == (("submitted", "bob", ""), (10, 0), (50, 0), [])
    approve_count(count.pk, by="alice")
    assert (state(count), balance(mug), balance(plate)) == (("booked", "bob", "alice"), (9, 0), (20, 0))
    assert [row[3] for row in booked()] == ["alice", "alice"]


def test_nobody_approves_their_own_count(mug):
    count = counted(mug, numbers=[1])
    submit_count(count.pk, by="bob")
    with pytest.raises(SamePerson) as refused:
        approve_count(count.pk, by="bob")
    assert (refused.value.person, state(count), balance(mug)) == ("bob", ("submitted", "bob", ""), (10, 0))


def test_a_count_with_a_gap_is_not_submitted(mug):
    plate = make_stock(make_product("PLATE"), 5)
    count = begin(mug, plate)
    enter_count(count.lines.earliest("id").pk, counted=9, by="bob")
    with pytest.raises(NotCounted) as refused:
        submit_count(count.pk, by="bob")
    assert (refused.value.skus, state(count), balance(mug)) == (["PLATE"], ("open", "", ""), (10, 0))


def test_the_difference_is_booked_on_what_is_there_by_then(mug):
    count = counted(mug, numbers=[4])
    submit_count(count.pk, by="bob")
    stock.promise([stock.Want("line:1", mug.product_id, "MUG-1", 3)])
    stock.ship({"line:1": 3}, warehouse_id=mug.warehouse_id, key="ship:1", by="petra")
    approve_count(count.pk, by="alice")
    assert balance(mug) == (1, 0)
    assert [row[1] for row in booked()] == [-6]


def test_promises_that_rested_on_what_is_missing_are_lost(mug):
    stock.promise([stock.Want("line:1", mug.product_id, "MUG-1", 7)])
    count = counted(mug, numbers=[6])
    submit_count(count.pk, by="bob")
    assert (balance(mug), Reservation.objects.get().quantity) == ((6, 6), 6)
    (loss,) = LostPromise.objects.all()
    assert (loss.key, loss.quantity, loss.reason) == ("line:1", 1, "Count Aisle 3")


def test_more_missing_than_is_left_by_then_is_not_booked_and_the_count_stays_as_it_was(mug):
    count = counted(mug, numbers=[2])
    submit_count(count.pk, by="bob")
    stock.adjust(mug.pk, -5, key="a:1", by="alice", reason="Broken")
    with pytest.raises(NotEnoughStock) as refused:
        approve_count(count.pk, by="alice")
    assert (refused.value.missing, state(count), balance(mug)) == ({"MUG-1": 5}, ("submitted", "bob", ""), (5, 0))
    assert booked() == []


def test_a_discarded_count_changes_nothing_and_is_over(mug):
    count = counted(mug, numbers=[1])
    submit_count(count.pk, by="bob")
    discard_count(count.pk, by="alice")
    assert (state(count), balance(mug), booked()) == (("discarded", "bob", "alice"), (10, 0), [])


@pytest.mark.parametrize("end", ["booked", "discarded"])
def test_what_is_decided_stays_decided(mug, end):
    count = counted(mug, numbers=[9])
    if end == "booked":
        submit_count(count.pk, by="bob")
    else:
        discard_count(count.pk, by="bob")
    before = (state(count), balance(mug), booked())
    for step in (submit_count, approve_count, discard_count):
        with pytest.raises(WrongState, match="count Aisle 3 now: it is"):
            step(count.pk, by="alice")
    with pytest.raises(WrongState) as refused:
        enter_count(count.lines.get().pk, counted=3, by="alice")
    assert refused.value.state == end
    assert (state(count), balance(mug), booked()) == before


def test_an_open_count_is_not_approved_and_a_submitted_one_not_entered(mug):
    count = counted(mug, numbers=[1])
    with pytest.raises(WrongState, match="Cannot approve the count Aisle 3 now: it is open"):
        approve_count(count.pk, by="alice")
    submit_count(count.pk, by="bob")
    with pytest.raises(WrongState, match="it is submitted"):
        enter_count(count.lines.get().pk, counted=10, by="bob")
    assert (CountLine.objects.get().counted, balance(mug)) == (1, (10, 0))


def test_each_bin_of_a_product_is_counted_by_itself_and_the_stock_by_their_sum(mug):
    aisle = [Bin.objects.create(warehouse=mug.warehouse, code=code, aisle=1, bay=1) for code in ("A", "B")]
    stock.put_into(mug.pk, aisle[0].pk, 4)
    stock.put_into(mug.pk, aisle[1].pk, 3)
    count = counted(mug, numbers=(1, 2, 6))  # own bin 3, A 4, B 3
    assert [(line.bin_id, line.variance) for line in count.lines.order_by("id")] == [
        (None, -2),
        (aisle[0].pk, -2),
        (aisle[1].pk, 3),
    ]
    assert submit_count(count.pk, by="bob").state == "booked"
    assert (balance(mug), [row[1] for row in booked()]) == ((9, 0), [-1])
    assert dict(mug.further_bins.values_list("bin__code", "units")) == {"A": 2, "B": 6}


def test_what_lies_in_another_bin_than_the_books_say_changes_no_stock(mug):
    place = Bin.objects.create(warehouse=mug.warehouse, code="A", aisle=1, bay=1)
    stock.put_into(mug.pk, place.pk, 10)
    submit_count(counted(mug, numbers=(8, 2)).pk, by="bob")
    assert (balance(mug), booked(), mug.further_bins.get().units) == ((10, 0), [], 2)


def test_one_bin_alone_is_counted_against_what_the_books_have_in_it(mug):
    place = Bin.objects.create(warehouse=mug.warehouse, code="A", aisle=1, bay=1)
    stock.put_into(mug.pk, place.pk, 4)
    count = open_count_of(mug.warehouse, name="A", spots=[(mug.pk, place.pk)], by="bob")
    enter(count, 0)
    submit_count(count.pk, by="bob")
    assert (balance(mug), list(mug.further_bins.all())) == ((6, 0), [])


def test_a_further_bin_that_became_the_own_one_is_not_counted_twice(mug):
    place = Bin.objects.create(warehouse=mug.warehouse, code="A", aisle=1, bay=1)
    stock.put_into(mug.pk, place.pk, 4)
    count = begin(mug)
    Stock.objects.filter(pk=mug.pk).update(bin=place)
    with pytest.raises(NotUsable, match="has become the product's own"):
        enter(count, 10, 0)
    assert count.lines.get(bin=place).counted is None
