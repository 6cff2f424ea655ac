"""The order of a list, and its pages cut by key: no page costs more than the first, none lacks or repeats a row.

Rows stand by the value of one field, and by their key where values are alike; those without a value come last,
whichever way the others stand. An index on (field, key) serves both ways, as rows with a value and rows without are
read one after the other. A page ends at a `Place`, which holds the value too: it stays where it was when the row moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.functional import cached_property

from ordermgmt.lists.filters import LARGEST_NUMBER

BETWEEN = "~"  # in an address: the key of a place, and behind this its value


@dataclass(frozen=True)
class Place:
    """A row's place: its key and its value as text, None where it has none or where the key alone orders."""

    key: int
    value: str | None = None

    def __str__(self) -> str:
        return str(self.key) if self.value is None else f"{self.key}{BETWEEN}{self.value}"


@dataclass(frozen=True)
class Cut:
    """The rows of one page, and whether there are more before and behind it."""

    rows: Sequence[Any]
    before: bool
    behind: bool


class Pair(Func):
    """A value and a key, compared as one."""

    function = "ROW"
    output_field = TextField()


@dataclass(frozen=True)
class Ordering:
    """Rows of a model by the field at `path`, then by `key`, a unique number; `down`: the largest first.

    `computed` is the field of a value that the rows are annotated with.
    """

    model: type[Model]
    key: str
    path: str
    down: bool = False
    computed: Any = None

    @property
    def by_key(self) -> bool:
        """Whether the key alone orders."""
        return self.path == self.key

    @property
    def is_elsewhere(self) -> bool:
        """Whether the value stands in a row of another table."""
        return "__" in self.path

    def ordered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """All rows in this order."""
        if self.by_key:
            return rows.order_by(_signed(self.key, down=self.down))
        value = F(self.path).desc(nulls_last=True) if self.down else F(self.path).asc(nulls_last=True)
        return rows.order_by(value, _signed(self.key, down=self.down))

    def place(self, row: Any) -> Place:
        """Where a row stands."""
        value = None if self.by_key else row
        for name in self.path.split("__"):
            value = getattr(value, name, None)
        text = value.isoformat() if isinstance(value, datetime) else value
        return Place(getattr(row, self.key), None if text is None else str(text))

    def read(self, words: str) -> Place | None:
        """A place as an address has it; None where it cannot be one of this order."""
        key, sign, value = words.partition(BETWEEN)
        if not (key.isascii() and key.isdecimal() and len(key) < 20):
            return None
        place = Place(min(int(key), LARGEST_NUMBER), value if sign else None)
        if sign:
            return place if not self.by_key and self._can_be(value) else None
        return place if self.by_key or self._has_blanks else None

    def page(
        self,
        rows: QuerySet[Any],
        size: int,
        *,
        behind: Place | None,
        before: Place | None = None,
        whole: QuerySet[Any] | None = None,
    ) -> Cut:
        """The first rows, those behind a place, or the last before one; in one query, two where the values end.

        Where many have to be sorted to know the first, they are by their keys alone, and read from `whole` afterwards.
        """
        place = before or behind
        down, parts = self.down ^ (before is not None), [False]
        if self._has_blanks:
            parts = [True, False] if before else [False, True]
        if place and place.value is None and not self.by_key:
            parts = parts[parts.index(True) :]
        elif place and place.value is not None and before:
            parts = [False]
        found: list[Any] = []
        for blank in parts:
            here = place if place and (place.value is None) is (blank or self.by_key) else None
            if len(found) <= size:
                part = self._part(rows, blank=blank, down=down, place=here)[: size + 1 - len(found)]
                if whole is not None:
                    part = self._in_order(whole.filter(pk__in=part.values("pk")), down=down)
                found += part
        more, found = len(found) > size, found[:size]
        return Cut(found[::-1], more, behind=True) if before else Cut(found, behind is not None, more)

    def _part(self, rows: QuerySet[Any], *, blank: bool, down: bool, place: Place | None) -> QuerySet[Any]:
        """The rows with a value, or those without, behind a place among them."""
        sign = "lt" if down else "gt"
        if blank or self.by_key:
            rows = rows.filter(**{f"{self.key}__{sign}": place.key}) if place else rows
        elif place:
            beyond, value = (LessThan if down else GreaterThan), self._value(place)
            ours, theirs = Pair(F(self.path), F(self.key)), Pair(Value(value, self._field), Value(place.key))
            rows = rows.filter(Q(**{f"{self.path}__{sign}e": value}), beyond(ours, theirs))
        if self._has_blanks:
            rows = rows.filter(**{f"{self.path}__isnull": blank})
        return self._in_order(rows, down=down)

    def _in_order(self, rows: QuerySet[Any], *, down: bool) -> QuerySet[Any]:
        """Rows that have a value all, or none."""
        by_value = [] if self.by_key else [_signed(self.path, down=down)]
        return rows.order_by(*by_value, _signed(self.key, down=down))

    def _value(self, place: Place) -> Any:
        return self._field.to_python(place.value)

    def _can_be(self, value: str) -> bool:
        try:
            found = self._field.to_python(value)
            self._field.run_validators(found)
        except ValidationError:
            return False
        return found is not None and not (isinstance(found, datetime) and found.tzinfo is None)

    @property
    def _field(self) -> Any:
        return self._steps[-1]

    @property
    def _has_blanks(self) -> bool:
        return not self.by_key and (self.computed is not None or any(step.null for step in self._steps))

    @cached_property
    def _steps(self) -> Sequence[Any]:
        if self.computed is not None:
            return [self.computed]
        found: list[Any] = []
        model: Any = self.model
        for name in self.path.split("__"):
            found.append(model._meta.pk if name == "pk" else model._meta.get_field(name))
            model = found[-1].related_model
        return found


def _signed(path: str, *, down: bool) -> str:
    return f"-{path}" if down else path
