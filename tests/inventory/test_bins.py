"""Units of a stock in further bins: never more than there are, and the database sees to it."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from inventory.errors import KeyReused, NotEnoughStock, NotUsable
from inventory.models import Bin, BinMove, FurtherBin, Stock, StockMovement
from inventory.services import adjust, move_between_bins, move_stock
from inventory.services.deliveries import Receipt, expect_delivery, receive_delivery
from tests.factories import make_product, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def shelf(code: str, *, warehouse: str = "LEEDS") -> Bin:
    return Bin.objects.create(warehouse=make_warehouse(warehouse), code=code, aisle=1, bay=1)


@pytest.fixture
def mug() -> Stock:
    """Ten mugs in A."""
    row = make_stock(make_product(), 10)
    Stock.objects.filter(pk=row.pk).update(bin=shelf("A"))
    return Stock.objects.get()


def carried(mug: Stock, units: int, *, to: Bin | None, source: int | None = None, key: str = "k") -> BinMove:
    id_ = mug.bin_id if source is None else source
    return move_between_bins(mug.pk, units, source_id=id_, target_id=to.pk if to else None, key=key, by="petra")


def lies() -> dict[str, int]:
    return dict(FurtherBin.objects.order_by("id").values_list("bin__code", "units"))


def test_units_are_carried_to_another_bin_and_back_and_nothing_else_changes(mug):
    b = shelf("B")
    carried(mug, 4, to=b)
    carried(mug, 4, to=b)
    assert lies() == {"B": 4}
    carried(mug, 4, to=mug.bin, source=b.pk, key="back")
    assert (lies(), BinMove.objects.count(), StockMovement.objects.count()) == ({}, 2, 1)
    assert Stock.objects.get().on_hand == 10
    with pytest.raises(KeyReused):
        carried(mug, 5, to=b)


def test_no_more_is_carried_than_lies_there_and_not_out_of_the_warehouse(mug):
    b = shelf("B")
    with pytest.raises(NotEnoughStock, match=r"MUG-1 \(10 left\)"):
        carried(mug, 11, to=b)
    for target in (mug.bin, shelf("Y", warehouse="YORK"), None):
        with pytest.raises(NotUsable):
            carried(mug, 1, to=target)
    assert (lies(), BinMove.objects.count()) == ({}, 0)


def test_the_database_refuses_what_cannot_be(mug):
    b, york = shelf("B"), shelf("Y", warehouse="YORK")
    for bin_, units in ((b, 11), (york, 1), (mug.bin, 1), (b, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FurtherBin.objects.create(stock=mug, bin=bin_, units=units)
    row = FurtherBin.objects.create(stock=mug, bin=b, units=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        FurtherBin.objects.filter(pk=row.pk).update(units=11)
    assert lies() == {"B": 10}


def test_what_leaves_is_taken_from_the_newest_bins_when_its_own_has_not_enough(mug):
    for code in ("B", "C", "D"):
        carried(mug, 3, to=shelf(code), key=code)
    adjust(mug.pk, -1, key="1", by="alice", reason="Gone")
    assert lies() == {"B": 3, "C": 3, "D": 3}
    adjust(mug.pk, -4, key="4", by="alice", reason="Gone")
    assert lies() == {"B": 3, "C": 2}
    move_stock(mug.pk, 7, kind=StockMovement.Kind.RECEIVE, key="r", by="test")
    assert lies() == {"B": 3, "C": 2}


def test_a_further_bin_that_becomes_its_own_is_no_further_one(mug):
    b = shelf("B")
    carried(mug, 4, to=b)
    Stock.objects.update(bin=b)
    assert lies() == {}


def test_a_move_is_never_changed(mug):
    carried(mug, 4, to=shelf("B"))
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        BinMove.objects.update(units=5)


def test_what_comes_is_put_where_it_is_said(mug):
    delivery = expect_delivery(
        mug.warehouse,
        reference="PO-1",
        supplier="",
        due_on=mug.movements.get().at.date(),
        units={mug.product_id: 9},
        by="p",
    )
    line, b = delivery.lines.get(), shelf("B")
    received = {line.pk: Receipt(good=5, damaged=1, bin_id=b.pk)}
    for _ in range(2):
        receive_delivery(delivery.pk, received=received, key="r", by="petra")
    assert (lies(), Stock.objects.get().on_hand) == ({"B": 5}, 15)
