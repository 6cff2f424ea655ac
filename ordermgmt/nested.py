"""Small rows read within the statement that reads what they belong to, as JSON, so that they cost none of their own."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DecimalField, Func, Model, OuterRef, QuerySet, TextField


class WholeRow(Func):
    """Of a column: the row it stands in, as the text of a JSON object by column."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        (column,) = self.get_source_expressions()
        return f"to_jsonb({compiler.quote_name_unless_alias(column.alias)})::text", []


def as_json(rows: QuerySet[Any]) -> ArraySubquery:
    """The whole rows, in their order, to annotate a query with."""
    return ArraySubquery(rows.values(row=WholeRow("pk")).values("row"))


def nested(model: type[Model], *names: str) -> dict[str, ArraySubquery]:
    """To annotate a query of `model` with: the rows under these reverse names, for `unfold`."""
    found = {}
    for name in names:
        relation: Any = model._meta.get_field(name)
        rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
        found[_key(name)] = as_json(rows)
    return found


def unfold(parents: Iterable[Model], *names: str) -> None:
    """Give rows that were read with `nested` to their parents, as if they had been prefetched."""
    for parent in parents:
        for name in names:
            give(parent, name, vars(parent)[_key(name)])


def give(parent: Model, name: str, kept: Iterable[str]) -> None:
    """What `as_json` read, as the rows that `parent` has under the reverse `name`."""
    relation: Any = parent._meta.get_field(name)
    rows: QuerySet[Any] = getattr(parent, name).all()
    found = [_row(rows.model, text) for text in kept]
    for row in found:
        setattr(row, relation.field.name, parent)
    vars(rows)["_result_cache"] = found
    vars(parent).setdefault("_prefetched_objects_cache", {})[name] = rows


def _key(name: str) -> str:
    return f"nested_{name}"


def _row(model: type[Model], text: str) -> Model:
    """Amounts to the last digit, while numbers within JSON stay what they are there."""
    kept = json.loads(text)
    fields = model._meta.concrete_fields
    amounts = {field.column for field in fields if isinstance(field, DecimalField)}
    if amounts:
        exact = json.loads(text, parse_float=Decimal)
        kept.update({column: exact[column] for column in amounts})
    return model.from_db(None, [field.attname for field in fields], [f.to_python(kept[f.column]) for f in fields])
