"""When a stock is low, and what of it channels leave alone."""

from django.db import transaction

from inventory.models import SafetyStock, Stock
from inventory.services.locks import lock_stock


@transaction.atomic
def set_reorder_point(stock_id: int, *, units: int) -> Stock:
    """List it as low when no more units than this are free; 0: never. Raises Stock.DoesNotExist."""
    row = lock_stock([stock_id]).get()
    row.reorder_point = units
    row.save(update_fields=["reorder_point"])
    return row


@transaction.atomic
def set_safety_stock(stock_id: int, *, channel: str, units: int) -> None:
    """Keep so many units back from a channel, by its code; 0: none. Raises Stock.DoesNotExist."""
    row = lock_stock([stock_id]).get()
    if units:
        SafetyStock.objects.update_or_create(stock=row, channel=channel, defaults={"quantity": units})
    else:
        SafetyStock.objects.filter(stock=row, channel=channel).delete()
