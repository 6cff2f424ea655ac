"""Serializers that refuse names they do not know, and the short way through them.

What is plainly right is read at once. A reader is made from a field as it is declared, so there is one set of rules: it
takes only values about which the field would not think twice, and asks the field itself about every other. Where
anything is refused, the serializer reads the whole body again and says all that is wrong with it.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
)
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

Read = Callable[[Any], Any]
Field = serializers.Field[Any, Any, Any, Any]

# What a reader of texts and numbers looks at itself.
OF_TEXTS = (MaxLengthValidator, ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
OF_NUMBERS = (MinValueValidator, MaxValueValidator)
NAMES_ECHOED, LONGEST_ECHO = 20, 60
TEXTS = (serializers.CharField, serializers.EmailField, serializers.RegexField, serializers.SlugField)


class Strict(serializers.Serializer[Any]):
    """Refuses names it does not know, each with its own error."""

    def to_internal_value(self, data: Any) -> Any:
        """As DRF does, after the names were looked at."""
        if isinstance(data, Mapping) and not data.keys() <= self._names:
            unknown = sorted(data.keys() - self._names)[:NAMES_ECHOED]
            refused = serializers.ErrorDetail("This field does not exist.", "unknown_field")
            raise serializers.ValidationError({name[:LONGEST_ECHO]: [refused] for name in unknown})
        return super().to_internal_value(data)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.fields)

    @cached_property
    def _writable_fields(self) -> list[serializers.Field[Any, Any, Any, Any]]:
        """DRF asks for these at every body, and finds them anew each time."""
        return list(super()._writable_fields)


class Unusual(Exception):
    """Not plainly right; perhaps not wrong either."""


def reader(kind: type[serializers.Serializer[Any]]) -> Read:
    """Reads what `kind` describes, exactly as `kind().run_validation()` does."""
    description = kind()
    short = of_field(description)

    def read(data: Any) -> Any:
        try:
            return short(data)
        except (Unusual, Refused, serializers.ValidationError):
            return description.run_validation(data)

    return read


def of_field(field: Field) -> Read:
    """The reader of a field; of one that is not known here, the field's own way."""
    if isinstance(field, serializers.ListSerializer):
        return _of_list(field)
    if isinstance(field, serializers.Serializer):
        return _of_object(field)
    if type(field) in TEXTS:
        return _of_text(field)
    if type(field) is serializers.IntegerField:
        return _of_number(field)
    if type(field) is serializers.ChoiceField:
        return _of_choice(field)
    return field.run_validation


def _of_text(field: Any) -> Read:
    slow, most = field.run_validation, field.max_length
    others = tuple(row for row in field.validators if not isinstance(row, OF_TEXTS))

    def read(value: Any) -> Any:
        # Blanks at the ends may be cut, and only ASCII is known to have no half of a surrogate pair.
        if type(value) is not str or not value or not value.isascii() or "\0" in value or value != value.strip():
            return slow(value)
        if most is not None and len(value) > most:
            raise Unusual
        for validator in others:
            validator(value)
        return value

    return read


def _of_number(field: Any) -> Read:
    least, most, slow = field.min_value, field.max_value, field.run_validation
    if least is None or most is None or not all(isinstance(row, OF_NUMBERS) for row in field.validators):
        return slow  # type: ignore[no-any-return]
    return lambda value: value if type(value) is int and least <= value <= most else slow(value)


def _of_choice(field: Any) -> Read:
    choices, slow = field.choice_strings_to_values, field.run_validation
    if field.validators:
        return slow  # type: ignore[no-any-return]
    return lambda value: choices[value] if type(value) is str and value in choices else slow(value)


def _of_list(field: Any) -> Read:
    read_one, slow = of_field(field.child), field.run_validation
    least = field.min_length or (0 if field.allow_empty else 1)
    if field.validators or field.max_length is None or type(field).validate is not serializers.ListSerializer.validate:
        return slow  # type: ignore[no-any-return]

    def read(value: Any) -> Any:
        if type(value) is not list or not least <= len(value) <= field.max_length:
            raise Unusual
        return [read_one(row) for row in value]

    return read


def _of_object(field: Any) -> Read:
    fields, names, validate = field.fields, frozenset(field.fields), field.validate
    own = type(field).to_internal_value in (Strict.to_internal_value, serializers.Serializer.to_internal_value)
    plain = own and all(
        not (
            row.read_only or (callable(row.default) and row.default is not empty) or hasattr(field, f"validate_{name}")
        )
        and row.source == name
        for name, row in fields.items()
    )
    if field.validators or not plain:
        return field.run_validation  # type: ignore[no-any-return]
    parts = [(name, of_field(row), row.run_validation, row.required, row.default) for name, row in fields.items()]

    def read(data: Any) -> Any:
        if type(data) is not dict or not data.keys() <= names:
            raise Unusual
        found: dict[str, Any] = {}
        for name, short, slow, required, default in parts:
            if name in data:
                value = data[name]
                found[name] = slow(None) if value is None else short(value)
            elif required:
                raise Unusual
            elif default is not empty:
                found[name] = default
        return validate(found)

    return read
