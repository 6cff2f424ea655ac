"""How the articles of the demo shop have to be packed, told from their names: what breaks and what bears nothing."""

import re
from typing import TypedDict

BREAKS = re.compile(r"\b(glass|ceramic|china|porcelain|tea ?pot|tea ?cup|mirror|votive)", re.IGNORECASE)
BEARS_NOTHING = re.compile(r"\b(cake ?stand|lamp ?shade|lantern)", re.IGNORECASE)
FURNITURE = re.compile(r"\b(cabinet|sideboard|cupboard|chest of drawers)", re.IGNORECASE)
PADDING_MM = 8


class Handling(TypedDict):
    """Fields of a product."""

    upright: bool
    no_stack: bool
    ships_alone: bool
    padding_mm: int


def handling(name: str) -> Handling:
    """By the name of the article."""
    tender = bool(BEARS_NOTHING.search(name))
    return {
        "upright": tender,
        "no_stack": tender,
        "ships_alone": bool(FURNITURE.search(name)),
        "padding_mm": PADDING_MM if BREAKS.search(name) else 0,
    }
