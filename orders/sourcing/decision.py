"""Which way is taken: the ways' scores are compared rule by rule, in the order of their rank. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from orders.sourcing.reasons import against, in_favour, shortage
from orders.sourcing.ways import Candidate, Question, Rule, Site, ways

MOST_SITES, MOST_TOLD = 8, 12
NO_DAY = date.max
DEFAULT_RULES = (Rule("fewest_splits"), Rule("priority"))


@dataclass(frozen=True)
class Decision:
    """The way taken, or None where nothing has all of it; all that were told apart, the best first; what decided."""

    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    rules: tuple[Rule, ...]
    reason: str

    @property
    def plan(self) -> dict[str, dict[int, int]]:
        """Units by stock, by the line's key: what is to be promised."""
        plan: dict[str, dict[int, int]] = {}
        for share in self.chosen.shares if self.chosen else ():
            plan.setdefault(share.key, {})[share.stock_id] = share.units
        return plan


def decide(question: Question) -> Decision:
    """Take the best way of goods on hand; only where there is none, let the rest be awaited.

    Without rules the fewest parcels decide, then the order of the warehouses.
    """
    rules = question.rules or DEFAULT_RULES
    asked = _asked(question, rules)
    found = ways(question, asked, awaiting=False)
    if all(way.lacks for way in found):
        found = ways(question, asked, awaiting=True)
    scored = sorted((replace(way, score=_score(way, rules)) for way in found if not way.lacks), key=_order)
    best = scored[0] if scored else None
    others = [replace(way, why_not=against(way, best, rules)) for way in scored[1:] if best]
    alone = sorted((way for way in found if way.lacks and len(way.sites) == 1), key=_order)
    short = [replace(way, why_not=shortage(question, way)) for way in alone]
    told = (*scored[:1], *others, *short)[:MOST_TOLD]
    reason = "not all of it can be had" if best is None else in_favour(best, others, rules) if len(told) > 1 else ""
    return Decision(best, told, rules, reason)


def _asked(question: Question, rules: Sequence[Rule]) -> list[Site]:
    """The warehouses with anything to give, most wanted by the rules first; of very many, those that have the most."""
    wanted = {line.product_id for line in question.wanted}
    has: dict[int, int] = {}
    for shelf in question.shelves:
        if shelf.product_id in wanted:
            has[shelf.site_id] = has.get(shelf.site_id, 0) + shelf.on_hand + shelf.room
    sites = [site for site in question.sites if site.id in has]
    sites = sorted(sites, key=lambda site: (-has[site.id], site.priority, site.id))[:MOST_SITES]
    alone = {site.id: _score(Candidate((site,), (), {}), rules) for site in sites}
    return sorted(sites, key=lambda site: (alone[site.id], site.priority, site.id))


def _score(way: Candidate, rules: Sequence[Rule]) -> tuple[Any, ...]:
    """The lower the better: first the units to wait for and those nobody announced, then a place for each rule."""
    return ((way.awaited, way.unannounced), *(SCORES[rule.kind](way, rule) for rule in rules))


def _order(way: Candidate) -> tuple[Any, ...]:
    """By score; what the rules leave equal, by the number and then the order of the warehouses."""
    return (way.score, len(way.sites), sorted((site.priority, site.id) for site in way.sites))


def _preferred(way: Candidate, rule: Rule) -> int:
    """From the preferred warehouse alone, from there too, from elsewhere."""
    ids = {site.id for site in way.sites}
    return 2 if rule.site_id not in ids else len(ids) > 1


def _fewest_splits(way: Candidate, _: Rule) -> int:
    return len(way.sites)


def _cut_off(way: Candidate, _: Rule) -> date:
    return way.leaves or NO_DAY


def _nearest(way: Candidate, _: Rule) -> date:
    return way.arrives or NO_DAY


def _cheapest(way: Candidate, _: Rule) -> tuple[bool, Decimal]:
    """What is not known never beats what is."""
    return (way.cost is None, way.cost or Decimal(0))


def _priority(way: Candidate, _: Rule) -> list[int]:
    return sorted(site.priority for site in way.sites)


SCORES: Mapping[str, Callable[[Candidate, Rule], Any]] = {
    "preferred": _preferred,
    "fewest_splits": _fewest_splits,
    "cut_off": _cut_off,
    "nearest": _nearest,
    "cheapest": _cheapest,
    "priority": _priority,
}
