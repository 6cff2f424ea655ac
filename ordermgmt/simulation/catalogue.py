"""What the real shop sold, as a catalogue: names and prices as found, weights and sizes invented.

An article weighs more the more it costs, though less than in proportion, give or take a half that its SKU decides;
its volume follows from the weight at a quarter of the density of water, its shape from the SKU.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from ordermgmt.simulation.baskets import Basket, Line
from ordermgmt.simulation.dice import Dice

SMALL_WORDS = frozenset(("a", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"))
WORD = re.compile(r"[A-Za-z']+")
MEASURE = re.compile(r"\d+[A-Za-z]+")
SHAPES = ((1.2, 1.0, 0.83), (2.0, 1.4, 0.36), (3.0, 0.6, 0.55), (1.5, 1.5, 0.44))
GRAMS_PER_MM3 = 0.25 / 1000
_dice = Dice(0)


@dataclass(frozen=True)
class Article:
    """One product to sell. Price in pounds, weight in grams, sizes in millimetres."""

    sku: str
    name: str
    price: Decimal
    weight_g: int
    size_mm: tuple[int, int, int]


def articles(baskets: Sequence[Basket]) -> tuple[Article, ...]:
    """Everything in the baskets, by SKU, with its most frequent name and its median price."""
    sold: defaultdict[str, list[Line]] = defaultdict(list)
    for basket in baskets:
        for line in basket.lines:
            sold[line.sku].append(line)
    return tuple(_article(sku, lines) for sku, lines in sorted(sold.items()))


def _article(sku: str, lines: list[Line]) -> Article:
    name = Counter(line.name for line in lines).most_common(1)[0][0]
    price = median_low([line.unit_price for line in lines])
    weight = round((50 + 95 * float(price) ** 0.75) * _dice.between(0.5, 1.5, "weight", sku))
    edge = (weight / GRAMS_PER_MM3) ** (1 / 3)
    length, width, height = (round(edge * factor) for factor in _dice.choose(SHAPES, "shape", sku))
    return Article(sku, readable(name), price, weight, (length, width, height))


def readable(name: str) -> str:
    """SMALL HEART OF GLASS 250g → Small Heart of Glass 250g."""
    words = name.split()
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if MEASURE.fullmatch(word):
        return word.lower()
    if word.lower() in SMALL_WORDS and not first:
        return word.lower()
    return WORD.sub(lambda part: part[0].capitalize(), word)
