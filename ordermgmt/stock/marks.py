"""The one or two things to know about a product or a delivered line, as tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.models import ExpectedLine, Product
from ordermgmt.phrases import counted
from ordermgmt.stock.places import Place


@dataclass(frozen=True)
class Mark:
    """A few words; `tone` is their colour: empty, `go`, `good`, `warn` or `bad`."""

    label: str
    tone: str


def product_marks(product: Product, places: Sequence[Place], *, free: int, is_bundle: bool) -> tuple[Mark, ...]:
    """What is wrong with a product, if anything; `free` is what can be promised from the shelves."""
    owed = sum(place.owed for place in places)
    sold = product.active
    return _true(
        (not sold, Mark("Not sold", "")),
        (sold and is_bundle and not free, Mark("Parts missing", "warn")),
        (sold and not is_bundle and not places, Mark("Never in stock", "")),
        (sold and places and not free, Mark("Out", "bad")),
        (sold and free and any(place.low for place in places), Mark("Low", "warn")),
        (owed, Mark(f"{counted(owed, 'unit')} owed", "warn")),
    )


def line_marks(line: ExpectedLine, *, is_open: bool) -> tuple[Mark, ...]:
    """What was not as expected in one line of a delivery, or that all was."""
    over, left = max(0, line.received + line.damaged - line.expected), line.outstanding
    return _true(
        (not line.expected, Mark("Not expected", "warn")),
        (line.expected and over, Mark(f"{over:,} too many", "warn")),
        (line.damaged, Mark(f"{line.damaged:,} damaged", "bad")),
        (left and not is_open, Mark(f"{left:,} never came", "bad")),
        (left and is_open and left < line.expected, Mark(f"{left:,} to come", "go")),
        (line.expected and line.received == line.expected and not line.damaged, Mark("Complete", "good")),
    )


def _true(*said: tuple[object, Mark]) -> tuple[Mark, ...]:
    return tuple(mark for true, mark in said if true)
