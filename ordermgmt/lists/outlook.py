"""What an act would come to, row by row, before it is done: done, so already, or refused, and why."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from ordermgmt.lists.acts import Act
from ordermgmt.lists.acts.act import Terms
from ordermgmt.lists.filters import Words

FIRST_SHOWN = 5
WILL_BE_DONE = -1
AWAY = _("they are in a warehouse where you do not work")
Named = Callable[[Sequence[int]], Sequence[str]]


@dataclass(frozen=True)
class Group:
    """So many rows with which nothing is done, why, and the names of the first of them."""

    why: Words
    count: int
    is_so: bool
    first: Sequence[str]

    @property
    def more(self) -> int:
        """Rows that are not named."""
        return self.count - len(self.first)


@dataclass(frozen=True)
class Outlook:
    """Of all chosen rows how many are done, and the groups of the others."""

    possible: int
    groups: Sequence[Group]

    @property
    def so_already(self) -> int:
        return sum(group.count for group in self.groups if group.is_so)

    @property
    def refused(self) -> int:
        return sum(group.count for group in self.groups if not group.is_so)

    @property
    def total(self) -> int:
        return self.possible + self.so_already + self.refused

    @property
    def seen(self) -> str:
        """The numbers that a person has looked at, for the form that confirms them."""
        return f"{self.possible} {self.so_already} {self.refused}"


def outlook(act: Act, chosen: QuerySet[Any], terms: Terms, *, places: Collection[int], named: Named) -> Outlook:
    """Of an act with what was typed so far, by somebody who works in these warehouses (none: in all).

    In one query for the numbers, and one more for the names of each group.
    """
    reasons = _reasons(act, chosen, terms, places)
    fated = _fated(chosen, reasons)
    counts = dict(fated.values_list("fate").annotate(rows=Count("pk")).order_by("fate"))
    ids = fated.order_by("-pk").values_list("pk", flat=True)
    groups = [
        Group(why, counts[fate], is_so, named(list(ids.filter(fate=fate)[:FIRST_SHOWN])))
        for fate, (why, is_so, _) in enumerate(reasons)
        if fate in counts
    ]
    return Outlook(counts.get(WILL_BE_DONE, 0), groups)


def doable(act: Act, chosen: QuerySet[Any], terms: Terms, *, places: Collection[int] = ()) -> QuerySet[Any]:
    """Those of the chosen rows with which something would be done now."""
    return _fated(chosen, _reasons(act, chosen, terms, places)).filter(fate=WILL_BE_DONE)


def why_so_already(act: Act, row: QuerySet[Any], terms: Terms) -> str:
    """Why nothing has to be done with this one row; empty where something has."""
    for other in act.otherwise:
        condition = other.among(row, terms) if other.is_so else None
        if condition is not None and row.filter(condition).exists():
            return str(other.why)
    return ""


def _reasons(act: Act, chosen: QuerySet[Any], terms: Terms, places: Collection[int]) -> Sequence[tuple[Words, bool, Q]]:
    """Why not, whether it is so already, and which rows: where one does not work first, then as the act says."""
    here = chosen.exclude(act.elsewhere(places))
    own = [(other.why, other.is_so, other.among(here, terms)) for other in act.otherwise]
    away = [(AWAY, False, act.elsewhere(places))] if act.place and places else []
    return [*away, *((why, is_so, condition) for why, is_so, condition in own if condition is not None)]


def _fated(chosen: QuerySet[Any], reasons: Sequence[tuple[Words, bool, Q]]) -> QuerySet[Any]:
    """The rows, each with the number of the first reason that is one of its; -1 where there is none."""
    rows = chosen.model._default_manager.filter(pk__in=chosen.order_by().values("pk"))
    whens = [When(condition, then=Value(fate)) for fate, (_, _, condition) in enumerate(reasons)]
    fate = Case(*whens, default=Value(WILL_BE_DONE), output_field=IntegerField())
    fated: QuerySet[Any] = rows.annotate(fate=fate)
    return fated
