"""The orders behind a mark: exactly those that it counted, live ones with their page, imported ones plainly."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import ngettext

from inventory.retelling import retold
from kpis.figures.behind import PARTS, Behind
from kpis.models import LineFact, OrderFact
from ordermgmt.kpis.choice import Choice, choice
from ordermgmt.kpis.words import Meaning
from ordermgmt.phrases import counted

PAGE = 50
LINES_SHOWN = 4
RETURNS, RETURNED = "return_rate", "returned"  # the parts of this figure are named as the columns of their units
LONGEST_GAP = 100_000


@dataclass(frozen=True)
class OrderBehind:
    """One of them with its lines that are meant, where the figure is about lines; `told` are those to be named."""

    fact: OrderFact
    lines: Sequence[LineFact]
    told: Sequence[LineFact]

    @property
    def shown(self) -> Sequence[LineFact]:
        """The first of those to be named."""
        return self.told[:LINES_SHOWN]

    @property
    def more(self) -> int:
        """Lines that are not shown."""
        return len(self.told) - len(self.shown)

    @property
    def returned(self) -> int:
        """Units of these lines that came back."""
        return sum(line.returned for line in self.lines)

    @property
    def delivered(self) -> int:
        """Units of these lines that had arrived."""
        return sum(line.delivered for line in self.lines)


@dataclass(frozen=True)
class OrdersPage:
    """One page of them; `count` is of all, and so are the `units` that came back or arrived, of a rate of return."""

    meaning: Meaning
    choice: Choice
    words: str
    count: int
    units: int | None
    returned: bool
    has_lines: bool
    rows: Sequence[OrderBehind]
    newer: str
    older: str
    back: str

    @property
    def said_of_units(self) -> str:
        """How many of them came back, or arrived."""
        units = self.units or 0
        said = (
            ngettext("{units} came back", "{units} came back", units)
            if self.returned
            else ngettext("{units} arrived", "{units} arrived", units)
        )
        return said.format(units=counted(units, "unit"))


def orders_page(meaning: Meaning, asked: Mapping[str, str]) -> OrdersPage:
    """In six queries at most. Raises Http404 for a part that the figure does not have."""
    part = asked.get("part", meaning.whole)
    if part not in PARTS[meaning.slug]:
        raise Http404
    chosen, place = choice(asked), _number(asked.get("page", "1"), least=1)
    over, under = _number(asked.get("over", "0"), least=0), _number(asked.get("under", str(LONGEST_GAP)), least=0)
    behind = Behind(meaning.slug, part, chosen.scope, over=over, under=under)
    ids = behind.ids(most=PAGE + 1, skip=(place - 1) * PAGE)
    facts = OrderFact.objects.select_related("order__customer", "history").in_bulk(ids[:PAGE])
    lines = _lines(behind, ids[:PAGE])
    return OrdersPage(
        meaning,
        chosen,
        retold(behind.words),
        behind.count(),
        behind.units(part) if meaning.slug == RETURNS else None,
        part == RETURNED,
        PARTS[meaning.slug][part].lines,
        [OrderBehind(facts[id_], lines[id_], _told(meaning, lines[id_])) for id_ in ids[:PAGE]],
        _page(asked, place - 1) if place > 1 else "",
        _page(asked, place + 1) if len(ids) > PAGE else "",
        chosen.query(),
    )


def _lines(behind: Behind, facts: Sequence[int]) -> Mapping[int, Sequence[LineFact]]:
    """What of each order is meant, in its order."""
    found: defaultdict[int, list[LineFact]] = defaultdict(list)
    for line in LineFact.objects.filter(pk__in=behind.line_ids(facts)).order_by("position"):
        found[line.fact_id].append(line)
    return found


def _told(meaning: Meaning, lines: Sequence[LineFact]) -> Sequence[LineFact]:
    """Of a rate of return only the goods that came back: nobody looks there for what was kept."""
    return [line for line in lines if line.returned] if meaning.slug == RETURNS else lines


def _page(asked: Mapping[str, str], place: int) -> str:
    return f"?{urlencode({**asked, 'page': place})}"


def _number(word: str, *, least: int) -> int:
    """Anything else is the least."""
    is_number = word.isascii() and word.isdecimal() and len(word) <= 6
    return max(least, int(word)) if is_number else least
