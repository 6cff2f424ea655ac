"""The overview: a tile for each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from kpis.figures import series
from ordermgmt.charts import Curve, curve
from ordermgmt.kpis.choice import Choice, moments
from ordermgmt.kpis.figure_page import Chip, Now, now, span_chips, targets
from ordermgmt.kpis.words import ALL, Meaning

STEPS = 10


@dataclass(frozen=True)
class Tile:
    """A figure of the window, and how it went through it."""

    now: Now
    curve: Curve


@dataclass(frozen=True)
class Overview:
    """All tiles of one window."""

    tiles: Sequence[Tile]
    choice: Choice
    spans: Sequence[Chip]

    @property
    def is_blank(self) -> bool:
        """Whether no figure has a case yet."""
        return not any(tile.now.is_known for tile in self.tiles)


def overview(choice: Choice) -> Overview:
    """In a fixed number of queries, whatever happened."""
    aims, query = targets(), choice.query(by="")
    tiles = [
        Tile(
            now(meaning, choice, aims.get(meaning.slug), address=reverse("kpi", args=[meaning.slug]) + query),
            _course(meaning, choice),
        )
        for meaning in ALL
    ]
    return Overview(tiles, choice, span_chips(choice))


def _course(meaning: Meaning, choice: Choice) -> Curve:
    steps = series(meaning.slug, moments(_edges(choice)), only=choice.only, brief=True)
    return curve([meaning.value(told) for told in steps])


def _edges(choice: Choice) -> list[date]:
    """Steps of as many whole days each, up to the window's end: a shorter one would look like a change."""
    days = (choice.last - choice.first).days
    step = max(1, days // STEPS)
    return [choice.last - timedelta(days=step * back) for back in range(min(STEPS, days), -1, -1)]
