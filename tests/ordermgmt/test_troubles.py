"""What goes wrong in the demo more often than by chance."""

from datetime import UTC, datetime
from decimal import Decimal

from inventory.models import Warehouse
from ordermgmt.simulation.baskets import Basket, Line
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.plan import Errand
from ordermgmt.simulation.troubles import WayBack, best_seller, trouble_with

ERRANDS, Mode = 400, Warehouse.Mode


def errand(number: int, *skus: str) -> Errand:
    lines = tuple(Line(sku, sku, 5, Decimal(1)) for sku in skus)
    basket = Basket(str(number), datetime(2026, 1, 1, tzinfo=UTC), "c", "United Kingdom", lines)
    return Errand(number=number, external_id=str(number), channel="web", basket=basket)


def counted(way_back: WayBack, mode: str) -> int:
    """How many of the errands end so."""
    found = [trouble_with(errand(n, "MUG", "JAR"), mode=mode, faulty="JAR", dice=Dice(1)) for n in range(ERRANDS)]
    return found.count(way_back)


def test_the_best_seller_is_in_the_most_baskets_however_large_they_are() -> None:
    assert best_seller([errand(1, "MUG", "JAR"), errand(2, "JAR"), errand(3, "CUP")]) == "JAR"
    assert best_seller([errand(1, "MUG"), errand(2, "CUP")]) == "CUP"


def test_three_in_ten_send_the_best_seller_back_and_a_third_of_what_rotterdam_sends_breaks() -> None:
    poor, broken = WayBack({"JAR": 2}, "poor_quality"), WayBack({"MUG": 2}, "damaged")
    assert (counted(poor, Mode.AUTOMATIC), counted(broken, Mode.AUTOMATIC)) == (109, 0)
    assert (counted(poor, Mode.THIRD_PARTY), counted(broken, Mode.THIRD_PARTY)) == (109, 104)
