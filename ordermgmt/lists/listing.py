"""A list: filtered, newest first, a page at a time without counting; all that a list is made of is its `Listing`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ordermgmt.lists.cells import Cell, Column
from ordermgmt.lists.filters import Fault, Filters, Words, narrow
from ordermgmt.lists.language import Typed, typed
from ordermgmt.lists.ordering import Ordering, Place

PAGE = 50
LONGEST_SEARCH = 300


@dataclass(frozen=True)
class Tab:
    """One condition that is a click away; `params` is how an address asks for it."""

    label: Words
    condition: Q
    params: Mapping[str, str]


@dataclass(frozen=True)
class Above:
    """The page that a list lies below, by the name of its address."""

    address: str
    label: Words


@dataclass(frozen=True)
class Listing:
    """What one list is of, and what it can do.

    `key` is a unique number of each row, the newest the largest: pages are cut by it. `acts` name what can be done to
    many rows at once; `sees` are the permissions of which its readers need one beside being staff. `jump` tells where
    words lead that name one row exactly. `extras` are pages beside it: label, name of the address, permission.
    `unsorted` is how it is sorted when nobody asks; empty: the newest first. `begins` says how its first row comes.
    `sought` says by what rows are found, `search` the same in few words.
    """

    name: str
    title: Words
    url: str
    nothing: Words
    sought: Words
    search: Words
    rows: Callable[[], QuerySet[Any]]
    filters: Filters
    mentions: Callable[[str], Q]
    columns: Sequence[Column]
    tabs: Mapping[str, Tab]
    key: str = "pk"
    acts: Sequence[str] = ()
    sees: Sequence[str] = ()
    jump: Callable[[str], str | None] | None = None
    extras: Sequence[tuple[Words, str, str]] = ()
    unsorted: str = ""
    table: str = ""
    above: Above | None = None
    begins: Words = _("The list fills by itself as orders come in and move on.")

    @property
    def unasked(self) -> tuple[str, ...]:
        """The names of the columns that show when nobody chose any."""
        return tuple(column.name for column in self.columns if column.shown)

    def for_reader(self, may: Callable[[str], bool]) -> "Listing":
        """Without the columns and conditions that take a right which they do not have."""

        def is_open(needs: Sequence[str]) -> bool:
            return not needs or any(map(may, needs))

        filters = {name: row for name, row in self.filters.items() if is_open(row.needs)}
        return replace(self, filters=filters, columns=[row for row in self.columns if is_open(row.needs)])

    def sorts(self, tab: str) -> Mapping[str, Column]:
        """The columns that can be sorted by under a tab, by their names."""
        return {row.name: row for row in self.columns if row.sort and (tab or not row.sort_in_tab)}


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `sort` is a column's name, behind a minus for the largest first; empty: the newest.

    A page has the rows behind the place `after`, or the last ones in front of `before`.
    """

    listing: Listing
    tab: str = ""
    q: str = ""
    columns: tuple[str, ...] = ()
    sort: str = ""
    before: Place | None = None
    after: Place | None = None

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed; what is empty is left out."""
        return "?" + self.terms(**changes)

    def terms(self, **changes: object) -> str:
        """The same without the question mark, as saved views and jobs keep it."""
        tab = str(changes.pop("tab", self.tab))
        wanted: dict[str, object] = {**self.listing.tabs[tab].params} if tab else {}
        sort = self.sort if self.sort.removeprefix("-") in self.listing.sorts(tab) else ""
        wanted |= {"q": self.q, "cols": ",".join(self.columns), "sort": sort} | changes
        if wanted["sort"] == self.listing.unsorted:
            wanted["sort"] = ""
        return urlencode({name: value for name, value in wanted.items() if value})

    @property
    def narrowing(self) -> Sequence[tuple[str, str]]:
        """What the tab adds to an address, for forms that change the rest."""
        return list(self.listing.tabs[self.tab].params.items()) if self.tab else []

    @property
    def kept(self) -> Sequence[tuple[str, str]]:
        """All that a new search keeps: the tab, the columns and the order."""
        beside = (("cols", ",".join(self.columns)), ("sort", self.sort if self.is_sorted else ""))
        return [*self.narrowing, *((name, value) for name, value in beside if value)]

    @property
    def is_sorted(self) -> bool:
        """Whether somebody asked for this order."""
        return self.sort != self.listing.unsorted

    @property
    def typed(self) -> Typed:
        """The words of the search, read."""
        return typed(self.q)

    @property
    def is_plain(self) -> bool:
        """Nothing but words to look for, as the search box on every page sends them."""
        return not (self.tab or self.columns or self.is_sorted or self.before or self.after or self.typed.clauses)

    @property
    def shown(self) -> Sequence[Column]:
        """The columns, in the list's order."""
        names = self.columns or self.listing.unasked
        return [column for column in self.listing.columns if column.name in names]

    @property
    def ordering(self) -> Ordering:
        """The newest first, unless a column orders."""
        listing, name = self.listing, self.sort.removeprefix("-")
        path = listing.sorts(self.tab)[name].sort if name else listing.key
        rows = listing.rows()
        computed = rows.query.annotations.get(path)
        field = computed.output_field if computed is not None else None
        return Ordering(rows.model, listing.key, path, down=not name or self.sort != name, computed=field)

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
class Head:
    """The head of a column. `sorted` is how the list is sorted by it, `address` the list sorted by it, or no more."""

    column: Column
    sorted: str = "none"
    address: str = ""


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
    columns: Sequence[tuple[Column, bool]] = ()
    heads: Sequence[Head] = ()
    sorts: Sequence[Head] = ()

    @property
    def objects(self) -> list[Any]:
        """What the rows are of."""
        return [row.of for row in self.rows]

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing at all, not only on this page or under these conditions."""
        asked = self.asked
        return not (self.rows or asked.tab or asked.q) and asked.before is None and asked.after is None


def asked_of(listing: Listing, address: QueryDict) -> Asked:
    """What cannot be meant is left out, so that no address breaks the list."""
    given = {name: value.replace("\0", "").strip() for name, value in address.items() if isinstance(value, str)}
    tabs = (name for name, tab in listing.tabs.items() if tab.params.items() <= given.items())
    chosen = {name for value in address.getlist("cols") for name in value.split(",")}
    columns = tuple(column.name for column in listing.columns if column.name in chosen)
    tab, sort = next(tabs, ""), given.get("sort", "")
    asked = Asked(
        listing,
        tab=tab,
        q=given.get("q", "")[:LONGEST_SEARCH],
        columns=() if columns == listing.unasked else columns,
        sort=sort if sort.removeprefix("-") in listing.sorts(tab) else listing.unsorted,
    )
    read = asked.ordering.read
    return replace(asked, before=read(given.get("before", "")), after=read(given.get("after", "")))


def page(asked: Asked) -> ListPage:
    """The rows in one query, two where those with a value end; one more row than shown says if there is a next page."""
    (rows, faults), ordering = asked.found(), asked.ordering
    by_keys = asked.q or ordering.is_elsewhere
    cut = ordering.page(
        rows, PAGE, behind=asked.after, before=asked.before, whole=asked.listing.rows() if by_keys else None
    )
    return ListPage(
        asked=asked,
        rows=cells(asked, cut.rows),
        chips=_chips(asked),
        conditions=[
            Chip(clause.text, asked.query(q=asked.typed.without(clause).text), chosen=True)
            for clause in asked.typed.clauses
        ],
        faults=faults,
        newer=asked.query(before=ordering.place(cut.rows[0])) if cut.rows and cut.before else "",
        older=asked.query(after=ordering.place(cut.rows[-1])) if cut.rows and cut.behind else "",
        columns=[(column, column in asked.shown) for column in asked.listing.columns],
        heads=[_head(asked, column) for column in asked.shown],
        sorts=[_head(asked, column) for column in asked.listing.sorts(asked.tab).values()],
    )


def cells(asked: Asked, rows: Sequence[Any]) -> Sequence[Row]:
    """The cells of rows under the columns that are shown."""
    shown = asked.shown
    for prepare in dict.fromkeys(column.prepare for column in shown if column.prepare):
        prepare(rows)
    return [Row(row, [(column, column.cell(row)) for column in shown]) for row in rows]


def whole(asked: Asked) -> Asked:
    """The same list from its beginning."""
    return replace(asked, before=None, after=None)


def _chips(asked: Asked) -> Sequence[Chip]:
    tabs = asked.listing.tabs.items()
    others = (Chip(tab.label, asked.query(tab=name), asked.tab == name) for name, tab in tabs)
    return [Chip(_("All"), asked.query(tab=""), not asked.tab), *others]


def _head(asked: Asked, column: Column) -> Head:
    """The first click sorts, numbers from the largest; the second turns round, the third lets it be."""
    if column.name not in asked.listing.sorts(asked.tab):
        return Head(column)
    up, down = column.name, f"-{column.name}"
    is_key = column.sort == asked.listing.key  # which is how the list stands anyway, the largest first
    others = [up] if is_key else [down, up] if column.is_number else [up, down]
    clicks = [asked.listing.unsorted, *(way for way in others if way != asked.listing.unsorted)]
    following = clicks[(clicks.index(asked.sort) + 1) % len(clicks)] if asked.sort in clicks else clicks[1]
    now = asked.sort or (down if is_key else "")
    return Head(column, {up: "ascending", down: "descending"}.get(now, "none"), asked.query(sort=following))
