"""Whatever happens in whatever order, and wherever it breaks off, the database says what the model says."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.models import BundleComponent, SafetyStock
from tests.api import Api
from tests.factories import make_channel, make_product, make_stock, make_warehouse
from tests.stateful.buyers import UNPAID_MINUTES, Buyers
from tests.stateful.desk import Shop
from tests.stateful.goods import Goods
from tests.stateful.room import BUNDLES, Shelf

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES, STEPS = int(__import__("os").environ.get("EX", 200)), 50
QUICK = {"derandomize": True, "deadline": None, "suppress_health_check": list(HealthCheck), "database": None, "phases": [Phase.generate]}
BACKORDERS, SAFETY = {"CUP YORK": 3, "PEN LEEDS": 2}, {"MUG LEEDS": {"market": 2}}


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are expected by the hundred."""
    caplog.set_level(logging.ERROR)


@pytest.fixture
def machine() -> type[Buyers]:
    """A machine with a shop of its own: three products and a bundle in two warehouses, sold through two channels.

    The warehouse that is asked first has the younger shelves, so that no order of ids gives the right answer by luck.
    """
    for sku in ("MUG", "PEN", "CUP"):
        make_product(sku)
    for bundle, components in BUNDLES.items():
        for sku, units in components:
            BundleComponent.objects.create(bundle=make_product(bundle), component=make_product(sku), quantity=units)
    york, leeds = make_warehouse("YORK", priority=2), make_warehouse("LEEDS", priority=1)
    stocks = [
        make_stock(make_product(sku), 0, warehouse=place, backorder_limit=BACKORDERS.get(f"{sku} {place.code}", 0))
        for place in (york, leeds)
        for sku in ("MUG", "PEN", "CUP")
    ]
    shelves = [Shelf(row.pk, row.product.sku, row.warehouse.code, row.backorder_limit) for row in stocks]
    for shelf in shelves:
        shelf.safety = SAFETY.get(shelf.name, {})
        for channel, units in shelf.safety.items():
            SafetyStock.objects.create(stock_id=shelf.pk, channel=channel, quantity=units)
    sellers = {
        code: Api(channel=make_channel(code, unpaid_minutes={"card": UNPAID_MINUTES})) for code in ("web", "market")
    }

    class StockRoom(Goods, Buyers):
        """All of it."""

        shop = Shop(sorted(shelves, key=lambda row: row.place), sellers)
        tally: Counter[tuple[str, str]] = Counter()

    return StockRoom


def test_the_database_says_what_the_model_says_whatever_happens(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, **QUICK))
    done = sum(count for (_, outcome), count in machine.tally.items() if outcome == "done")
    refused = sum(count for (_, outcome), count in machine.tally.items() if outcome == "refused")
    for (what, outcome), count in sorted(machine.tally.items()):
        print(f"{what:>14} {outcome:<8} {count:>6}")
    assert done + refused >= 0.9 * EXAMPLES * STEPS
    assert done > 2 * refused
