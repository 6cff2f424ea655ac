"""Which units of a stock lie in which bin: put, taken, carried from one to another, counted.

Promises and balances know nothing of bins. What lies in no further bin belongs to the stock's own; goods that were
picked count there until they are shipped.
"""

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from inventory import clock
from inventory.errors import KeyReused, NotEnoughStock, NotUsable
from inventory.models import Bin, BinMove, FurtherBin, Stock
from inventory.services.locks import lock_stock


@transaction.atomic
def put_into(stock_id: int, bin_id: int | None, units: int) -> None:
    """Units of a stock that the books have in its own bin lie in this one: all of that if it is fewer."""
    if bin_id is None:
        return
    stock = lock_stock([stock_id]).get()
    units = min(units, units_in(stock, stock.bin_id))
    if bin_id == stock.bin_id or units < 1:
        return
    there = FurtherBin.objects.filter(stock=stock, bin=bin_id).first() or FurtherBin(stock=stock, bin_id=bin_id)
    there.units = (there.units or 0) + units
    there.save()


@transaction.atomic
def take_out(stock_id: int, bin_id: int | None, units: int) -> None:
    """Units leave a bin; of one that the books have fewer in, all."""
    stock = lock_stock([stock_id]).get()
    there = FurtherBin.objects.filter(stock=stock, bin=bin_id).first()
    if there is None:
        return
    there.units -= units
    if there.units > 0:
        there.save(update_fields=["units"])
    else:
        there.delete()


@transaction.atomic
def move_between_bins(
    stock_id: int, units: int, *, source_id: int | None, target_id: int | None, key: str, by: str
) -> BinMove:
    """Carry units of a stock from one bin to another of its warehouse, once per `key`.

    Its own bin is named by its id, or None where it has none. Raises NotEnoughStock with what lies in the source.
    """
    stock = lock_stock([stock_id]).select_related("product").get()
    move = BinMove(stock=stock, source_id=source_id, target_id=target_id, units=units, key=key, by=by, at=clock.now())
    if known := BinMove.objects.filter(key=key).first():
        if (known.stock_id, known.source_id, known.target_id, known.units) != (stock_id, source_id, target_id, units):
            raise KeyReused(key)
        return known
    if units < 1 or source_id == target_id:
        raise NotUsable(_("At least one unit moves, to another bin"))
    if not _belongs(stock, target_id):
        raise NotUsable(_("Both bins are of the warehouse where the goods lie"))
    there = units_in(stock, source_id)
    if units > there:
        raise NotEnoughStock({stock.product.sku: there})
    take_out(stock_id, source_id, units)
    put_into(stock_id, target_id, units)
    move.save(force_insert=True)
    return move


def units_in(stock: Stock, bin_id: int | None) -> int:
    """Units of a stock that the books have in a bin; picked ones count to its own."""
    if bin_id != stock.bin_id:
        return sum(stock.further_bins.filter(bin=bin_id).values_list("units", flat=True))
    return stock.on_hand - (stock.further_bins.aggregate(sum=Sum("units"))["sum"] or 0)


def _belongs(stock: Stock, bin_id: int | None) -> bool:
    if bin_id is None:
        return stock.bin_id is None
    return Bin.objects.filter(pk=bin_id, warehouse=stock.warehouse_id).exists()
