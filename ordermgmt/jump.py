"""The search that jumps: words that name exactly one order."""

from fulfillment.models import Label
from ordermgmt.lists.filters import is_number
from orders.models import Order


def find_exact(words: str) -> int | None:
    """The number of the one order these words name: its number, a channel's id, a tracking number, an only e-mail."""
    plain = words.strip().removeprefix("#").strip()
    if not plain:
        return None
    by = Order.objects.order_by()
    for alone in (
        *([by.filter(number=int(plain))] if is_number(plain) else []),
        by.filter(external_id=plain),
        by.filter(pk__in=Label.objects.filter(tracking_number=plain.upper()).values("parcel__shipment__order")),
        *([by.filter(customer__email=plain.lower())] if "@" in plain else []),
    ):
        numbers = alone.values_list("number", flat=True)[:2]
        if len(numbers) == 1:
            return int(numbers[0])
    return None
