"""What the names of the demo shop's articles tell: what breaks, what bears nothing, and what customs call it."""

import re
from typing import TypedDict

BREAKS = re.compile(r"\b(glass|ceramic|china|porcelain|tea ?pot|tea ?cup|mirror|votive)", re.IGNORECASE)
BEARS_NOTHING = re.compile(r"\b(cake ?stand|lamp ?shade|lantern)", re.IGNORECASE)
FURNITURE = re.compile(r"\b(cabinet|sideboard|cupboard|chest of drawers)", re.IGNORECASE)
PADDING_MM = 8
# Headings of the Harmonized System, 2022 edition (World Customs Organization); the first that fits, else plastic wares.
TARIFF = (
    (re.compile(r"\b(christmas|xmas|party|bunting)", re.IGNORECASE), "950590"),
    (re.compile(r"\b(bag|purse|wallet)", re.IGNORECASE), "420222"),
    (re.compile(r"\b(candle|t-?light)", re.IGNORECASE), "340600"),
    (re.compile(r"\b(mug|tea ?cup|tea ?pot|plate|bowl)", re.IGNORECASE), "691200"),
    (re.compile(r"\b(card|paper|napkin|tissue|wrap)", re.IGNORECASE), "482390"),
    (re.compile(r"\b(clock)", re.IGNORECASE), "910521"),
    (re.compile(r"\b(toy|game|doll|jigsaw)", re.IGNORECASE), "950300"),
    (re.compile(r"\b(wood|wooden|frame)", re.IGNORECASE), "442090"),
    (re.compile(r"\b(tin|metal|hook|sign)", re.IGNORECASE), "732690"),
)
USUAL_TARIFF = "392640"


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


def tariff_number(name: str) -> str:
    """Six digits, by the name of the article."""
    return next((number for words, number in TARIFF if words.search(name)), USUAL_TARIFF)
