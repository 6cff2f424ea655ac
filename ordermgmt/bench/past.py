"""A long past of a shop as a file for `import_history`, drawn from the bundled real baskets."""

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ordermgmt.simulation.baskets import Basket, read_sample

HEADER = (
    *("order_number", "customer_id", "sku", "product_name", "quantity", "unit_price", "currency", "placed_at"),
    *("approved_at", "picked_at", "packed_at", "shipped_at", "delivered_at", "promised_at", "cancelled_at"),
    *("returned_quantity", "returned_at", "return_reason", "mispicked_quantity", "csat", "nps"),
)
ORDERS_A_DAY = 86  # as in the sample
MOST_LINES = 6
# A customer buys for about two years; guests once.
BUYS_FOR = timedelta(days=700)
CANCELLED, RETURNED, MISPICKED, ANSWERED = 0.02, 0.06, 0.008, 0.3
REASONS = ("unwanted", "damaged", "wrong_item", "not_as_described", "too_late")
# Hours from each stage to the next: half of all take no longer than the median, few take much longer.
MEDIAN_HOURS = (0.2, 14.0, 3.0, 8.0, 40.0)
SPREAD = 0.7
PROMISED = timedelta(days=5)


def write_past(path: Path, orders: int, *, until: datetime, skip: int = 0, seed: int = 1) -> None:
    """The newest orders of a past that ends at `until`, beginning `skip` orders before its end; as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for place in range(skip, skip + orders):
            writer.writerows(_order(place, until, random.Random(f"{seed}:{place}")))  # noqa: S311 (not for secrets)


@cache
def _baskets() -> Sequence[Basket]:
    return read_sample().baskets


def _order(place: int, until: datetime, dice: random.Random) -> Iterator[list[Any]]:
    """The order that is `place` orders before the end."""
    basket = dice.choice(_baskets())
    placed = until - timedelta(days=place / ORDERS_A_DAY, minutes=dice.uniform(0, 15))
    at = [placed]
    for median in MEDIAN_HOURS:
        at.append(at[-1] + timedelta(hours=median * dice.lognormvariate(0, SPREAD)))
    known = [moment.isoformat(timespec="seconds") if moment <= until else "" for moment in at]
    promised = datetime.combine(placed + PROMISED, time(18), UTC).isoformat()
    is_cancelled = dice.random() < CANCELLED
    times = [known[0], *([""] * 5 if is_cancelled else known[1:]), promised, known[1] if is_cancelled else ""]
    arrived = at[-1] if times[5] else None
    scores = (
        [dice.choice((1, 3, 4, 4, 5, 5)), dice.randint(0, 10)] if arrived and dice.random() < ANSWERED else ["", ""]
    )
    # The same person under a new number every two years, so that there are as many at any time.
    customer = f"{basket.customer}-{(until - placed) // BUYS_FOR}" if basket.customer.isdigit() else f"guest-{place}"
    for line in basket.lines[:MOST_LINES]:
        back = _back(line.quantity, arrived, until, dice) if arrived else ["", "", "", ""]
        goods = [line.sku, line.name, line.quantity, line.unit_price]
        yield [f"past-{place}", customer, *goods, "GBP", *times, *back, *scores]


def _back(quantity: int, arrived: datetime, until: datetime, dice: random.Random) -> list[Any]:
    """Units that came back, when and why, and units that were picked wrong."""
    mispicked = 1 if dice.random() < MISPICKED else 0
    back = arrived + timedelta(days=dice.uniform(1, 28))
    if dice.random() >= RETURNED or back > until:
        return [0, "", "", mispicked]
    return [dice.randint(1, quantity), back.isoformat(timespec="seconds"), dice.choice(REASONS), mispicked]
