"""What lists can be asked: a filter by name, what it takes, and the condition that a typed clause becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fulfillment.models import CarrierAccount
from inventory import clock
from kpis.windows import today
from ordermgmt.customers.naming import PHONE
from ordermgmt.lists.language import IS, BadValue, Clause, Typed, amount, day, duration

LARGEST_NUMBER = 2**63 - 1
LOOKUPS = {IS: "", ">": "__gt", ">=": "__gte", "<": "__lt", "<=": "__lte"}
YES, NO = ("yes", "true", "1"), ("no", "false", "0")

Words = str | Promise
Build = Callable[[str, str], Q]


@dataclass(frozen=True)
class Filter:
    """`build` makes the condition of one value and its sign; without `compares` only = is possible.

    `needs` are permissions of which it takes one; none: whoever may read the list.
    """

    words: Words
    example: str
    build: Build
    compares: bool = False
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Fault:
    """A clause that says nothing, and why."""

    clause: Clause
    why: str


Filters = Mapping[str, Filter]


def narrow(
    rows: QuerySet[Any], asked: Typed, filters: Filters, mentions: Callable[[str], Q]
) -> tuple[QuerySet[Any], Sequence[Fault]]:
    """The rows for which every clause and word holds; a clause with a fault is left out."""
    faults = []
    for clause in asked.clauses:
        try:
            condition = _condition(clause, filters)
        except BadValue as bad:
            faults.append(Fault(clause, str(bad)))
        else:
            rows = rows.exclude(condition) if clause.negated else rows.filter(condition)
    for word in _words(asked.words):
        rows = rows.filter(mentions(word))
    return rows, faults


def _words(words: Sequence[str]) -> Sequence[str]:
    """A phone number is one, however it is grouped."""
    whole = " ".join(words)
    return [whole] if len(words) > 1 and PHONE.fullmatch(whole) else words


def _condition(clause: Clause, filters: Filters) -> Q:
    known = filters.get(clause.name)
    if known is None:
        raise BadValue(
            _("There is no filter {name}. Filters are {filters}").format(name=clause.name, filters=", ".join(filters))
        )
    if clause.sign != IS and not known.compares:
        raise BadValue(_("{name} is something or is not: it cannot be compared").format(name=clause.name))
    condition = Q()
    for value in clause.values:
        condition |= known.build(value, clause.sign)
    return condition


def is_number(words: str) -> bool:
    """Whether a row could have it as its number."""
    return words.isascii() and words.isdecimal() and int(words) <= LARGEST_NUMBER


def any_of(model: type[Model], ways: Sequence[Q]) -> Q:
    """The rows that one of these conditions finds, each found by itself and before all else.

    The bound is none: without one the database may turn the look-ups into a test of every row.
    """
    first, *others = (model._default_manager.filter(way).order_by().values("pk") for way in ways)
    found = first.union(*others) if others else first
    return Q(pk__in=found[:LARGEST_NUMBER])


def carried_by(name: str) -> Q:
    """A label of this carrier, in any case: by the names that are known, as no index ignores the case."""
    known = CarrierAccount.objects.filter(name__iexact=name).values_list("name", flat=True)
    return Q(carrier__in={name, name.lower(), name.title(), *known})


def one_of(field: str, known: Mapping[str, str], noun: str) -> Build:
    """A value of a closed list, by what people call it; raises BadValue with all of them."""
    return partial(_one_of, field, known, noun)


def yes_or_no(condition: Q) -> Build:
    """Whether something is so; raises BadValue for anything but yes and no."""
    return partial(_yes_or_no, condition)


def text(field: str) -> Build:
    """The field, whole, in any case."""
    return partial(_text, field)


def number(field: str) -> Build:
    """An amount to compare with."""
    return partial(_number, field)


def moment(field: str) -> Build:
    """A day of the shop to compare with."""
    return partial(_moment, field)


def since(field: str) -> Build:
    """How long ago it was."""
    return partial(_since, field)


def _one_of(field: str, known: Mapping[str, str], noun: str, value: str, sign: str) -> Q:
    if value.lower() not in known:
        raise BadValue(
            _("There is no {noun} {value}. There are {known}").format(noun=noun, value=value, known=", ".join(known))
        )
    return Q(**{field: known[value.lower()]})


def _yes_or_no(condition: Q, value: str, sign: str) -> Q:
    if value.lower() in YES:
        return condition
    if value.lower() in NO:
        return ~condition
    raise BadValue(_("{value} is not an answer: yes or no").format(value=value))


def _text(field: str, value: str, sign: str) -> Q:
    return Q(**{f"{field}__iexact": value})


def _number(field: str, value: str, sign: str) -> Q:
    return Q(**{f"{field}{LOOKUPS[sign]}": amount(value)})


def _since(field: str, value: str, sign: str) -> Q:
    """Older is earlier, so the comparison turns round; an age without a sign is at least that."""
    turned = {IS: "__lte", ">": "__lt", ">=": "__lte", "<": "__gt", "<=": "__gte"}[sign]
    return Q(**{f"{field}{turned}": clock.now() - duration(value)})


def _moment(field: str, value: str, sign: str) -> Q:
    """A day of the shop, from its start to before the next; later than a day is after its end."""
    first = day(value, today=today())
    start, end = _start(first), _start(date.fromordinal(first.toordinal() + 1))
    conditions = {
        IS: {f"{field}__gte": start, f"{field}__lt": end},
        ">": {f"{field}__gte": end},
        ">=": {f"{field}__gte": start},
        "<": {f"{field}__lt": start},
        "<=": {f"{field}__lt": end},
    }
    return Q(**conditions[sign])


def _start(of: date) -> datetime:
    return datetime.combine(of, time(), ZoneInfo(settings.SHOP_TIME_ZONE))
