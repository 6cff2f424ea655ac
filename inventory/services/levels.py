"""When a stock is low."""

from django.db import transaction

from inventory.models import Stock
from inventory.services.locks import lock_stock


@transaction.atomic
def set_reorder_point(stock_id: int, *, units: int) -> Stock:
    """List it as low when no more units than this are free; 0: never. Raises Stock.DoesNotExist."""
    row = lock_stock([stock_id]).get()
    row.reorder_point = units
    row.save(update_fields=["reorder_point"])
    return row
