"""The second check: does a box weigh what its contents should? Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inventory.wording import grouped

SHARE, LEAST_G = 0.03, 30  # scales, damp cardboard and filling differ by as much
MANY, MOST = 10, 3  # units that somebody may have put in too many of, and guesses that are worth reading


@dataclass(frozen=True)
class Weighed:
    """Units in a box by name, and what one of them weighs."""

    name: str
    units: int
    each_g: int


def tolerance_g(expected_g: int) -> int:
    """How far a scale may be off, in grams."""
    return max(LEAST_G, round(expected_g * SHARE))


def difference(expected_g: int, weighed_g: int, goods: Iterable[Weighed]) -> str:
    """What is wrong with the weight and what it may be, as a sentence; empty when it is right."""
    off, slack = weighed_g - expected_g, tolerance_g(expected_g)
    if abs(off) <= slack:
        return ""
    said = _("{off} g too {what}: {weighed_g} g instead of {expected_g} g").format(
        off=grouped(abs(off)),
        what="heavy" if off > 0 else "light",
        weighed_g=grouped(weighed_g),
        expected_g=grouped(expected_g),
    )
    guesses = [guess for row in goods if (guess := _guess(off, slack, row))]
    return _("{said}. Perhaps {guesses}").format(said=said, guesses=" or ".join(guesses[:MOST])) if guesses else said


def _guess(off: int, slack: int, row: Weighed) -> str:
    """How many units of one product would explain it; empty when none would."""
    if row.each_g <= 0:
        return ""
    count = round(abs(off) / row.each_g)
    explains = count > 0 and abs(abs(off) - count * row.each_g) <= slack
    if not explains or count > (row.units if off < 0 else max(MANY, row.units)):
        return ""
    return f"{count} × {row.name} {'too many' if off > 0 else 'missing'}"
