"""What a change changed, in words: what was and what is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.wording import Words
from ordermgmt.phrases import day, in_one_line
from orders.models import ShippingMethod
from orders.money import shown

Facts = Mapping[str, Any]
SUMS = {"items_total": _("Items"), "shipping_total": _("Shipping"), "tax_total": _("Tax"), "total": _("Total")}
FIELDS = {
    "shipping_address": _("Goods go to"),
    "billing_address": _("The bill goes to"),
    "shipping_method": _("Shipping method"),
    "discounts": _("Off the whole order"),
    "note": _("The customer's note"),
    "gift_note": _("Gift note"),
}


@dataclass(frozen=True)
class Difference:
    """One thing before and after, in words; empty where there was or will be none."""

    label: Words
    before: str
    after: str


def of_change(facts: Facts, methods: Mapping[str, str]) -> tuple[Difference, ...]:
    """All that an applied change changed, by the preview that is kept of it; `methods` as from `methods_in`."""
    return (*_of_lines(facts), *fields(facts, methods), *_of_sums(facts), *_of_promise(facts))


def of_event(data: Facts, currency: str, names: Mapping[str, str]) -> tuple[Difference, ...]:
    """The same by what history keeps of it: units and the total; `names` are those of the order's goods by SKU."""
    units = (
        Difference(_goods(row["sku"], names.get(row["sku"], "")), _units(row["before"]), _units(row["after"]))
        for row in data.get("lines", [])
        if "before" in row and "after" in row
    )
    before, after = data.get("before"), data.get("after")
    if before is None or after is None or before == after:
        return tuple(units)
    return (*units, Difference(SUMS["total"], *(shown(Decimal(str(sum_)), currency) for sum_ in (before, after))))


def methods_in(changes: Iterable[Facts]) -> dict[str, str]:
    """The names of the shipping methods that these previews speak of, by code."""
    sides = [facts.get(side, {}) for facts in changes for side in ("fields_before", "fields_after")]
    codes = {side["shipping_method"] for side in sides if "shipping_method" in side}
    return dict(ShippingMethod.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def fields(facts: Facts, methods: Mapping[str, str]) -> Iterator[Difference]:
    """What differs beside goods and sums, in the order of `FIELDS`; an older change kept none."""
    before, after, currency = facts.get("fields_before", {}), facts.get("fields_after", {}), facts["currency"]
    for name, label in FIELDS.items():
        if name in after:
            yield Difference(label, *(_worded(name, said[name], methods, currency) for said in (before, after)))


def _of_lines(facts: Facts) -> Iterator[Difference]:
    """A discount on the whole order stands by itself, so that what each line bears of it is not told too."""
    shared = "discounts" in facts.get("fields_after", {})
    for row in facts["lines"]:
        if shared and row["before"] == row["after"]:
            continue
        before, after = (
            f"{row[when]} · {shown(Decimal(row[f'total_{when}']), facts['currency'])}" if row[when] else ""
            for when in ("before", "after")
        )
        if before != after:
            yield Difference(_goods(row["sku"], row["name"]), before, after)


def _of_sums(facts: Facts) -> Iterator[Difference]:
    for name in ("shipping_total", "total"):
        before, after = (shown(Decimal(facts[when][name]), facts["currency"]) for when in ("before", "after"))
        if before != after:
            yield Difference(SUMS[name], before, after)


def _of_promise(facts: Facts) -> Iterator[Difference]:
    before, after = (day(datetime.fromisoformat(facts[name])) for name in ("promised_before", "promised_after"))
    if before != after:
        yield Difference(_("Promised for"), before, after)


def _goods(sku: str, name: str) -> str:
    return f"{sku} {name}".strip()


def _units(count: int) -> str:
    return str(count) if count else ""


def _worded(name: str, value: Any, methods: Mapping[str, str], currency: str) -> str:
    if name == "discounts":
        return ", ".join(f"{row['title']} {shown(Decimal(row['amount']), currency)}" for row in value)
    if name == "shipping_method":
        return methods.get(value, value)
    if isinstance(value, Mapping):
        return ", ".join(part for part in (in_one_line(value), value.get("phone", "")) if part)
    return str(value)
