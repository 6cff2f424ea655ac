"""What an act of a list is: one service, called for row after row by a worker, and what it asks of the person."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from fulfillment.models import Job
from inventory.models import Warehouse
from ordermgmt.forms import HOLD_REASONS
from ordermgmt.lists.filters import Words

Terms = Mapping[str, Any]
Targets = Sequence[tuple[int, str]]


class HoldManyForm(forms.Form):
    """Why all of them have to wait."""

    reason = forms.ChoiceField(label=_("Why"), choices=HOLD_REASONS)
    note = forms.CharField(label=_("What should the next person know?"), max_length=500)


class ReasonForm(forms.Form):
    """Why it is done."""

    reason = forms.CharField(label=_("Why"), max_length=200)


class NoForm(forms.Form):
    """Nothing to say."""


@dataclass(frozen=True)
class Otherwise:
    """Rows where an act is not done, and why; where `is_so`, they are already as it would have them.

    `rows` may depend on what was typed and on the chosen rows: it says None while too little is known.
    """

    why: Words
    rows: Q | Callable[[Terms, QuerySet[Any]], Q | None]
    is_so: bool = False

    def among(self, chosen: QuerySet[Any], terms: Terms) -> Q | None:
        """The condition of such rows."""
        return self.rows if isinstance(self.rows, Q) else self.rows(terms, chosen)


@dataclass(frozen=True)
class Act:
    """One thing to do, to all rows but those that are `otherwise`; of several reasons the first one counts.

    `targets` names what a job does it to, by the ids of the rows: the rows themselves, or what they are taken together
    to. `do` takes the id of a target, the terms and who asked; the terms have the ids of the rows where `takes_rows`.
    `undone_by` is the act that takes it back, `undo` its terms. `place` is the warehouse of a target that is of one:
    who has workplaces acts on those of theirs alone. `fit` narrows what the form offers to what fits the rows.
    """

    name: str
    label: Words
    permission: str
    form: type[forms.Form]
    otherwise: Sequence[Otherwise]
    targets: Callable[[Sequence[int]], Targets]
    do: Callable[[int, Terms, str], None]
    undone_by: str = ""
    undo: Callable[[Job], Terms] | None = None
    is_grave: bool = False
    place: Callable[[int], Warehouse] | None = None
    takes_rows: bool = False
    fit: Callable[[Any, QuerySet[Any]], None] | None = None

    def asked(self, rows: QuerySet[Any], typed: Mapping[str, Any] | None) -> forms.Form:
        """The form as it fits these rows."""
        form = self.form(typed)
        if self.fit:
            self.fit(form, rows)
        return form

    def elsewhere(self, places: Collection[int]) -> Q:
        """The rows that are none of those who work in these warehouses; none: nothing is."""
        return ~Q(warehouse__in=places) if self.place and places else Q(pk__in=[])


def placed(holds: QuerySet[Any], terms: Terms) -> QuerySet[Any]:
    """Of an undoing only what was placed by what is undone."""
    if "placed_by" not in terms:
        return holds
    since = parse_datetime(terms["placed_since"])
    return holds.filter(reason=terms["reason"], by=terms["placed_by"], at__gte=since)


def what_it_placed(job: Job) -> Terms:
    """Whose doing it was, and since when: the terms of what takes back that alone."""
    return {"reason": job.terms["reason"], "placed_by": job.by, "placed_since": job.at.isoformat()}


def in_order(ids: Sequence[int], names: Mapping[int, str]) -> Targets:
    """The rows that are still there, in the order they were asked for."""
    return [(pk, names[pk]) for pk in ids if pk in names]
