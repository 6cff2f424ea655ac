"""The one or two things to know about a product or a delivered line, as tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.models import ExpectedLine, Product
from inventory.wording import grouped
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
        (not sold, Mark(_("Not sold"), "")),
        (sold and is_bundle and not free, Mark(_("Parts missing"), "warn")),
        (sold and not is_bundle and not places, Mark(_("Never in stock"), "")),
        (sold and places and not free, Mark(_("Out"), "bad")),
        (sold and free and any(place.low for place in places), Mark(_("Low"), "warn")),
        (owed, Mark(_("{units} owed").format(units=counted(owed, "unit")), "warn")),
    )


def line_marks(line: ExpectedLine, *, is_open: bool) -> tuple[Mark, ...]:
    """What was not as expected in one line of a delivery, or that all was."""
    over, left = max(0, line.received + line.damaged - line.expected), line.outstanding
    return _true(
        (not line.expected, Mark(_("Not expected"), "warn")),
        (line.expected and over, Mark(_("{over} too many").format(over=grouped(over)), "warn")),
        (line.damaged, Mark(_("{damaged} damaged").format(damaged=grouped(line.damaged)), "bad")),
        (left and not is_open, Mark(_("{left} never came").format(left=grouped(left)), "bad")),
        (left and is_open and left < line.expected, Mark(_("{left} to come").format(left=grouped(left)), "go")),
        (line.expected and line.received == line.expected and not line.damaged, Mark(_("Complete"), "good")),
    )


def _true(*said: tuple[object, Mark]) -> tuple[Mark, ...]:
    return tuple(mark for true, mark in said if true)
