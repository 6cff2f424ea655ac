"""Every way to fill an order: one warehouse, sets of up to three, or all where that is too few. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any

MOST_PARCELS = 3
Place = tuple[int, int]  # a warehouse and a product


@dataclass(frozen=True)
class Wanted:
    """Units of one order line; `requires` is what a warehouse must be able to keep."""

    key: str
    product_id: int
    sku: str
    units: int
    requires: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Site:
    """A warehouse, the day a parcel would leave it, and the parcel's way to this customer; `cost` None is not known."""

    id: int
    name: str
    priority: int
    leaves: date
    arrives: date
    cost: Decimal | None
    capabilities: frozenset[str] = frozenset()

    @property
    def on_the_road(self) -> timedelta:
        return self.arrives - self.leaves


@dataclass(frozen=True)
class Shelf:
    """One stock: units on hand that are free or already ours, and how many more could be promised before they come.

    `due` is the working day from which these can be sent; None: no delivery is announced.
    """

    stock_id: int
    site_id: int
    product_id: int
    on_hand: int
    room: int = 0
    due: date | None = None


@dataclass(frozen=True)
class Rule:
    """One question by which two ways are told apart; `site_id` and its name go with `preferred`."""

    kind: str
    site_id: int | None = None
    site: str = ""


@dataclass(frozen=True)
class Question:
    """Everything that is looked at; the rules come in the order of their rank.

    `promised` is what is ours so far: units by stock, by the line's key.
    """

    wanted: tuple[Wanted, ...]
    sites: tuple[Site, ...]
    shelves: tuple[Shelf, ...]
    rules: tuple[Rule, ...] = ()
    promised: Mapping[str, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """Units of one line from one stock, `awaited` of which have not come in yet but are `due`."""

    key: str
    stock_id: int
    site_id: int
    units: int
    awaited: int = 0
    due: date | None = None


@dataclass(frozen=True)
class Candidate:
    """One way, in the order in which its warehouses were asked; `lacks` are the units it falls short of, by SKU.

    `leaves` and `arrives` are the days of its last parcel, None where that waits for what nobody announced.
    """

    sites: tuple[Site, ...]
    shares: tuple[Share, ...]
    lacks: Mapping[str, int]
    score: tuple[Any, ...] = ()
    why_not: str = ""

    @property
    def units(self) -> int:
        return sum(share.units for share in self.shares)

    @cached_property
    def awaited(self) -> int:
        return sum(share.awaited for share in self.shares)

    @cached_property
    def unannounced(self) -> int:
        """Units to wait for that no delivery brings."""
        return sum(share.awaited for share in self.shares if share.due is None)

    @property
    def leaves(self) -> date | None:
        return None if self.unannounced else max(map(self._leaves, self.sites))

    @property
    def arrives(self) -> date | None:
        return None if self.unannounced else max(self._leaves(site) + site.on_the_road for site in self.sites)

    def _leaves(self, site: Site) -> date:
        if not self.awaited:
            return site.leaves
        dues = [share.due for share in self.shares if share.due and share.awaited and share.site_id == site.id]
        return max([site.leaves, *dues])

    @property
    def cost(self) -> Decimal | None:
        """Of all parcels together; None where one of them is not known."""
        known = [site.cost for site in self.sites if site.cost is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.sites) else None


def ways(question: Question, asked: Sequence[Site], *, awaiting: bool) -> list[Candidate]:
    """Each warehouse alone, and every way in which all of several have a part; those asked first are filled first.

    With `awaiting`, units that have not come in yet make up for what is not on hand.
    """
    able = _able(question)
    found: dict[frozenset[int], Candidate] = {}
    for sites in _sets(asked):
        way = _filled(question, sites, able, awaiting=awaiting)
        if len(way.sites) == len(sites):
            found[frozenset(site.id for site in sites)] = way
    if len(asked) > MOST_PARCELS and all(way.lacks or way.awaited for way in found.values()):
        way = _filled(question, asked, able, awaiting=awaiting)
        found.setdefault(frozenset(site.id for site in way.sites), way)
    return list(found.values())


def _sets(asked: Sequence[Site]) -> Iterator[tuple[Site, ...]]:
    for size in range(1, MOST_PARCELS + 1):
        yield from combinations(asked, size)


def _able(question: Question) -> dict[Place, Shelf]:
    """The stocks by warehouse and product, without those whose warehouse cannot keep what lies there."""
    requires = {line.product_id: line.requires for line in question.wanted}
    capabilities = {site.id: site.capabilities for site in question.sites}
    return {
        (shelf.site_id, shelf.product_id): shelf
        for shelf in question.shelves
        if shelf.site_id in capabilities and requires.get(shelf.product_id, frozenset()) <= capabilities[shelf.site_id]
    }


def _filled(question: Question, sites: Sequence[Site], able: Mapping[Place, Shelf], *, awaiting: bool) -> Candidate:
    """Line by line from these warehouses."""
    taken: defaultdict[int, int] = defaultdict(int)
    shares: list[Share] = []
    lacks: dict[str, int] = {}
    for line in question.wanted:
        shelves = [able[site.id, line.product_id] for site in sites if (site.id, line.product_id) in able]
        parts = _parts(line, shelves, taken, awaiting=awaiting)
        shares += parts
        if left := line.units - sum(part.units for part in parts):
            lacks[line.sku] = lacks.get(line.sku, 0) + left
    used = {share.site_id for share in shares}
    return Candidate(tuple(site for site in sites if site.id in used) or tuple(sites), tuple(shares), lacks)


def _parts(line: Wanted, shelves: Sequence[Shelf], taken: defaultdict[int, int], *, awaiting: bool) -> list[Share]:
    """All from the first stock that has all on hand, else from one after the other; then, when `awaiting`, the rest.

    `taken` counts, by stock, what this way has taken before, goods on hand first.
    """
    for shelf in shelves:
        if shelf.on_hand - taken[shelf.stock_id] >= line.units:
            taken[shelf.stock_id] += line.units
            return [Share(line.key, shelf.stock_id, shelf.site_id, line.units)]
    left = line.units
    now, later = dict.fromkeys(shelves, 0), dict.fromkeys(shelves, 0)
    for part in (now, later) if awaiting else (now,):
        for shelf in shelves if part is now else sorted(shelves, key=_due):
            most = shelf.on_hand if part is now else shelf.on_hand + shelf.room
            part[shelf] = max(0, min(left, most - taken[shelf.stock_id]))
            taken[shelf.stock_id] += part[shelf]
            left -= part[shelf]
    return [
        Share(line.key, shelf.stock_id, shelf.site_id, now[shelf] + later[shelf], later[shelf], shelf.due)
        for shelf in shelves
        if now[shelf] + later[shelf]
    ]


def _due(shelf: Shelf) -> date:
    return shelf.due or date.max
