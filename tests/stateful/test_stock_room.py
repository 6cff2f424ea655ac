"""Whatever happens in whatever order, and wherever it breaks off, the database says what the model says."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import F, Q
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory import services as stock
from inventory.models import BundleComponent, LostPromise, SafetyStock, Stock, StockMovement
from inventory.services import promises, shortfall
from inventory.services.shortfall import adjust
from tests.api import Api
from tests.factories import make_channel, make_product, make_stock, make_warehouse
from tests.stateful.buyers import UNPAID_MINUTES, Buyers
from tests.stateful.desk import Shop
from tests.stateful.goods import Goods
from tests.stateful.room import BUNDLES, Shelf

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES, STEPS = 330, 50
OPERATIONS = 10_000  # done or refused; some examples end early
WHATEVER = {"derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
NEVER_CRASHED = ("count", "mend")  # several transactions each
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


def examples(machine: type[Buyers], count: int, *phases: Phase) -> None:
    """Run so many; raises the AssertionError of the first that fails."""
    how = settings(max_examples=count, stateful_step_count=STEPS, phases=phases, report_multiple_bugs=False, **WHATEVER)
    run_state_machine_as_test(machine, settings=how)


def test_the_database_says_what_the_model_says_whatever_happens(machine):
    examples(machine, EXAMPLES, Phase.generate, Phase.shrink)
    outcomes: Counter[str] = Counter()
    for (what, outcome), count in sorted(machine.tally.items()):
        print(f"{what:>14} {outcome:<8} {count:>6}")
        outcomes[outcome] += count
    assert outcomes["done"] + outcomes["refused"] >= OPERATIONS
    assert outcomes["done"] > 3 * outcomes["refused"]
    done = {what: machine.tally[what, "done"] for what, _ in machine.tally}
    crashed = {what: machine.tally[what, "crashed"] for what in done if what not in NEVER_CRASHED}
    assert len(done) == 18
    assert min(done.values()) >= 50, done
    assert min(crashed.values()) >= 20, crashed


@contextmanager
def otherwise(function: str, said: str, instead: str) -> Iterator[None]:
    """A function of the database that says something else for a while."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [function])
        right = cursor.fetchone()[0]
        assert right.count(said) == 1
        cursor.execute(right.replace(said, instead))
        try:
            yield
        finally:
            cursor.execute(right)


FAULTS = {
    "a release that forgets a unit": ("inventory_release", "s.reserved - g.quantity", "s.reserved - g.quantity + 1"),
    "a release that forgets the rest": (
        "inventory_release",
        "r.key = ANY(p_keys) RETURNING",
        "r.key = p_keys[1] RETURNING",
    ),
    "a promise that forgets safety stock": ("inventory_supply", "coalesce(k.quantity, 0)", "0"),
    "a promise from the wrong warehouse": (
        "inventory_promise",
        "x.tier, x.priority",
        "x.tier, -x.priority",
    ),
    "a promise of what is left": ("inventory_promise", "IF short THEN", "IF false THEN"),
    "an order that leaves the basket's hold": (
        "inventory_promise_from_holds",
        "DELETE FROM inventory_stockhold h WHERE 'hold:' || h.token = ANY(held);",
        "",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_model_sees(machine, fault):
    with otherwise(*FAULTS[fault]), pytest.raises(AssertionError):
        examples(machine, EXAMPLES, Phase.generate)


def two_statements(stock_id: int, quantity: int, *, key: str, by: str, reason: str) -> list[LostPromise]:
    """Right as long as nothing comes in between: the ledger and the balance, each on its own."""
    if quantity < 0:
        return adjust(stock_id, quantity, key=key, by=by, reason=reason)
    movement = {"kind": "adjust", "quantity": quantity, "key": f"{key}:{stock_id}", "by": by, "reason": reason}
    StockMovement.objects.create(stock_id=stock_id, **movement)
    Stock.objects.filter(pk=stock_id).update(on_hand=F("on_hand") + quantity)
    return []


def test_a_crash_between_two_statements_without_a_transaction_is_seen(machine, monkeypatch):
    monkeypatch.setattr(stock, "adjust", two_statements)
    with pytest.raises(AssertionError, match="adjust crashed after . statements and left something behind"):
        examples(machine, EXAMPLES, Phase.generate)


def test_promises_that_move_without_the_balances_are_seen(machine, monkeypatch):
    monkeypatch.setattr(promises, "raise_reserved", lambda units: None)
    with pytest.raises(AssertionError):
        examples(machine, EXAMPLES, Phase.generate)


def test_orders_that_lose_before_baskets_are_seen(machine, monkeypatch):
    monkeypatch.setattr(shortfall, "Q", lambda **basket: ~Q(**basket))
    soon = seed(3)  # the one that follows from the code takes a minute
    with pytest.raises(AssertionError):
        examples(soon(machine), EXAMPLES, Phase.generate)
