"""Small rows read within the statement that reads what they belong to, as JSON, so that they cost none of their own."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DecimalField, Func, Model, QuerySet, TextField

TEXTS: "ArrayField[Any, Any]" = ArrayField(TextField())


def nested(model: type[Model], *names: str) -> dict[str, Func]:
    """To annotate a query of `model` with: the rows under these reverse names, for `unfold`."""
    return {_key(name): rows_under(model, name, "pk") for name in names}


def rows_under(model: type[Model], name: str, path: str) -> Func:
    """To annotate a query with: what the `model` row at `path`, whose key that is, has under this reverse name.

    The whole rows by the columns that their model's `ordering` names (a foreign key by its number), as SQL: Django took
    longer to put querysets together than to run them.
    """
    relation: Any = model._meta.get_field(name)
    theirs = relation.related_model._meta
    order = ", ".join(
        f"r.{theirs.get_field(each.removeprefix('-')).column}{' DESC' if each.startswith('-') else ''}"
        for each in theirs.ordering or [theirs.pk.name]
    )
    found = "SELECT to_jsonb(r)::text FROM %(rows)s r WHERE r.%(column)s = %(expressions)s ORDER BY %(order)s"
    return Func(
        path,
        template=f"ARRAY({found})",
        rows=theirs.db_table,
        column=relation.field.column,
        order=order,
        output_field=TEXTS,
    )


def unfold(parents: Iterable[Model], *names: str) -> None:
    """Give rows that were read with `nested` to their parents, as if they had been prefetched."""
    for parent in parents:
        for name in names:
            give(parent, name, vars(parent)[_key(name)])


def give(parent: Model, name: str, kept: Iterable[str]) -> None:
    """What `rows_under` read, as the rows that `parent` has under the reverse `name`."""
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
    kept, (fields, amounts) = json.loads(text), _columns(model)
    if amounts:
        exact = json.loads(text, parse_float=Decimal)
        kept.update({column: exact[column] for column in amounts})
    return model.from_db(None, [field.attname for field in fields], [f.to_python(kept[f.column]) for f in fields])


@cache
def _columns(model: type[Model]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The fields of a model that stand in its row, and the columns of its amounts."""
    fields: Sequence[Any] = model._meta.concrete_fields
    return fields, [field.column for field in fields if isinstance(field, DecimalField)]
