"""The overview: a tile for each figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from ordermgmt.kpis.choice import Choice
from ordermgmt.kpis.figure_page import Chip, Now, now, span_chips, targets
from ordermgmt.kpis.words import ALL


@dataclass(frozen=True)
class Overview:
    """All tiles of one window."""

    tiles: Sequence[Now]
    choice: Choice
    spans: Sequence[Chip]


def overview(choice: Choice) -> Overview:
    """In a fixed number of queries, whatever happened."""
    aims, query = targets(), choice.query(by="")
    tiles = [
        now(meaning, choice, aims.get(meaning.slug), address=reverse("kpi", args=[meaning.slug]) + query)
        for meaning in ALL
    ]
    return Overview(tiles, choice, span_chips(choice))
