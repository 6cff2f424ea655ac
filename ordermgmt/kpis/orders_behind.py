"""The orders behind a mark: exactly those that it counted, live ones with their page, imported ones plainly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import gettext as _

from kpis.figures.behind import PARTS, Behind
from kpis.models import OrderFact
from ordermgmt.kpis.choice import Choice, choice
from ordermgmt.kpis.words import Meaning

PAGE = 50
LONGEST_GAP = 100_000


@dataclass(frozen=True)
class OrdersPage:
    """One page of them; `count` is of all."""

    meaning: Meaning
    choice: Choice
    words: str
    count: int
    rows: Sequence[OrderFact]
    newer: str
    older: str
    back: str


def orders_page(meaning: Meaning, asked: Mapping[str, str]) -> OrdersPage:
    """In three queries. Raises Http404 for a part that the figure does not have."""
    part = asked.get("part", meaning.whole)
    if part not in PARTS[meaning.slug]:
        raise Http404
    chosen, place = choice(asked), _number(asked.get("page", "1"), least=1)
    over, under = _number(asked.get("over", "0"), least=0), _number(asked.get("under", str(LONGEST_GAP)), least=0)
    behind = Behind(meaning.slug, part, chosen.scope, over=over, under=under)
    ids = behind.ids(most=PAGE + 1, skip=(place - 1) * PAGE)
    facts = OrderFact.objects.select_related("order__customer", "history").in_bulk(ids[:PAGE])
    return OrdersPage(
        meaning,
        chosen,
        _(behind.words),
        behind.count(),
        [facts[id_] for id_ in ids[:PAGE]],
        _page(asked, place - 1) if place > 1 else "",
        _page(asked, place + 1) if len(ids) > PAGE else "",
        chosen.query(),
    )


def _page(asked: Mapping[str, str], place: int) -> str:
    return f"?{urlencode({**asked, 'page': place})}"


def _number(word: str, *, least: int) -> int:
    """Anything else is the least."""
    is_number = word.isascii() and word.isdecimal() and len(word) <= 6
    return max(least, int(word)) if is_number else least
