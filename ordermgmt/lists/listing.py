"""A list: filtered, newest first, a page at a time without counting; all that a list is made of is its `Listing`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ordermgmt.lists.cells import Cell, Column
from ordermgmt.lists.filters import LARGEST_NUMBER, Fault, Filters, Words, narrow
from ordermgmt.lists.language import Typed, typed

PAGE = 50
LONGEST_SEARCH = 300


@dataclass(frozen=True)
class Tab:
    """One condition that is a click away; `params` is how an address asks for it."""

    label: Words
    condition: Q
    params: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """What one list is of, and what it can do.

    `key` is a unique number of each row, the newest the largest: pages are cut by it. `acts` name what can be done to
    many rows at once; `sees` is the permission that its readers need beside being staff.
    """

    name: str
    title: Words
    url: str
    nothing: Words
    sought: Words
    rows: Callable[[], QuerySet[Any]]
    filters: Filters
    mentions: Callable[[str], Q]
    columns: Sequence[Column]
    tabs: Mapping[str, Tab]
    key: str = "pk"
    acts: Sequence[str] = ()
    sees: str = ""
    table: str = ""

    @property
    def unasked(self) -> tuple[str, ...]:
        """The names of the columns that show when nobody chose any."""
        return tuple(column.name for column in self.columns if column.shown)


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `before` and `after` are the keys that a page ends at."""

    listing: Listing
    tab: str = ""
    q: str = ""
    columns: tuple[str, ...] = ()
    before: int | None = None
    after: int | None = None

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed; what is empty is left out."""
        return "?" + self.terms(**changes)

    def terms(self, **changes: object) -> str:
        """The same without the question mark, as saved views and jobs keep it."""
        tab = changes.pop("tab", self.tab)
        wanted: dict[str, object] = {**self.listing.tabs[str(tab)].params} if tab else {}
        wanted |= {"q": self.q, "cols": ",".join(self.columns)} | changes
        return urlencode({name: value for name, value in wanted.items() if value})

    @property
    def narrowing(self) -> Sequence[tuple[str, str]]:
        """What the tab adds to an address, for forms that change the rest."""
        return list(self.listing.tabs[self.tab].params.items()) if self.tab else []

    @property
    def kept(self) -> Sequence[tuple[str, str]]:
        """All that a new search keeps: the tab and the columns."""
        return [*self.narrowing, *([("cols", ",".join(self.columns))] if self.columns else [])]

    @property
    def typed(self) -> Typed:
        """The words of the search, read."""
        return typed(self.q)

    @property
    def is_plain(self) -> bool:
        """Nothing but words to look for, as the search box on every page sends them."""
        return not (self.tab or self.columns or self.before or self.after or self.typed.clauses)

    @property
    def shown(self) -> Sequence[Column]:
        """The columns, in the list's order."""
        names = self.columns or self.listing.unasked
        return [column for column in self.listing.columns if column.name in names]

    def found(self) -> tuple[QuerySet[Any], Sequence[Fault]]:
        """All rows that are asked for, without an order, and what could not be understood."""
        rows = self.listing.rows()
        if self.tab:
            rows = rows.filter(self.listing.tabs[self.tab].condition)
        return narrow(rows, self.typed, self.listing.filters, self.listing.mentions)


@dataclass(frozen=True)
class Chip:
    """One filter to switch to, or one condition to take away."""

    label: Words
    address: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    """One row: what it is of, and its cells under the columns that are shown."""

    of: Any
    cells: Sequence[tuple[Column, Cell]]

    @property
    def name(self) -> str:
        """What to call it, for those who cannot see its place."""
        return next((cell.text for __, cell in self.cells if cell.href), str(self.of))


@dataclass(frozen=True)
class ListPage:
    """One page; `newer` and `older` are the addresses of its neighbours.

    `conditions` are what was typed, each with the address of the list without it; `faults` are those that say nothing.
    """

    asked: Asked
    rows: Sequence[Row]
    chips: Sequence[Chip]
    conditions: Sequence[Chip]
    faults: Sequence[Fault]
    newer: str
    older: str
    columns: Sequence[tuple[Column, bool]] = field(default=())

    @property
    def objects(self) -> list[Any]:
        """What the rows are of."""
        return [row.of for row in self.rows]


def asked_of(listing: Listing, address: QueryDict) -> Asked:
    """What cannot be meant is left out, so that no address breaks the list."""
    given = {name: value.replace("\0", "").strip() for name, value in address.items() if isinstance(value, str)}
    tabs = (name for name, tab in listing.tabs.items() if tab.params.items() <= given.items())
    chosen = {name for value in address.getlist("cols") for name in value.split(",")}
    columns = tuple(column.name for column in listing.columns if column.name in chosen)
    return Asked(
        listing,
        tab=next(tabs, ""),
        q=given.get("q", "")[:LONGEST_SEARCH],
        columns=() if columns == listing.unasked else columns,
        before=_number(given.get("before", "")),
        after=_number(given.get("after", "")),
    )


def page(asked: Asked) -> ListPage:
    """The rows in one query; one row more than shown tells whether there is a next page."""
    key = asked.listing.key
    rows, faults = asked.found()
    if asked.after is not None:
        found = list(rows.filter(**{f"{key}__gt": asked.after}).order_by(key)[: PAGE + 1])
        more_newer, more_older, shown = len(found) > PAGE, True, found[:PAGE][::-1]
    else:
        if asked.before is not None:
            rows = rows.filter(**{f"{key}__lt": asked.before})
        found = list(rows.order_by(f"-{key}")[: PAGE + 1])
        more_newer, more_older, shown = asked.before is not None, len(found) > PAGE, found[:PAGE]
    return ListPage(
        asked=asked,
        rows=[Row(row, [(column, column.cell(row)) for column in asked.shown]) for row in shown],
        chips=_chips(asked),
        conditions=[
            Chip(clause.text, asked.query(q=asked.typed.without(clause).text), chosen=True)
            for clause in asked.typed.clauses
        ],
        faults=faults,
        newer=asked.query(after=getattr(shown[0], key)) if shown and more_newer else "",
        older=asked.query(before=getattr(shown[-1], key)) if shown and more_older else "",
        columns=[(column, column in asked.shown) for column in asked.listing.columns],
    )


def whole(asked: Asked) -> Asked:
    """The same list from its beginning."""
    return replace(asked, before=None, after=None)


def _chips(asked: Asked) -> Sequence[Chip]:
    tabs = asked.listing.tabs.items()
    others = (Chip(tab.label, asked.query(tab=name), asked.tab == name) for name, tab in tabs)
    return [Chip(_("All"), asked.query(tab=""), not asked.tab), *others]


def _number(words: str) -> int | None:
    plain = words.isascii() and words.isdecimal() and len(words) < 20
    return min(int(words), LARGEST_NUMBER) if plain else None
