"""What a change would do, in figures and in words: computed by doing it and undoing it, never kept as the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.changes.drafts import Draft
from orders.changes.operations import Json
from orders.money import plain, shown


@dataclass(frozen=True)
class LineChange:
    """One line before and after; amounts as strings with the currency's digits."""

    line: int
    sku: str
    name: str
    before: int
    after: int
    unit_price: str
    total_before: str
    total_after: str


@dataclass(frozen=True)
class Preview:
    """All that a person wants to know before they apply. `mark` says what was looked at; `missing` is units left by
    SKU of what cannot be promised; `fields_before` and `fields_after` are what differs beside goods and sums, by name,
    so that erasing a person finds what tells of them; with `blocked` it cannot be applied, for `why_not`.
    """

    mark: str
    currency: str
    lines: tuple[LineChange, ...]
    before: dict[str, str]
    after: dict[str, str]
    money: str
    notes: tuple[str, ...] = ()
    stock: tuple[str, ...] = ()
    missing: dict[str, int] = field(default_factory=dict)
    fields_before: Json = field(default_factory=dict)
    fields_after: Json = field(default_factory=dict)
    promised_before: str = ""
    promised_after: str = ""
    trust: str = ""
    put_back: str = ""
    why_not: str = ""
    way_out: str = ""

    @property
    def blocked(self) -> bool:
        """Whether it cannot be applied, whatever is confirmed."""
        return bool(self.why_not or self.missing)

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return {**asdict(self), "lines": [asdict(row) for row in self.lines], "blocked": self.blocked}


def mark_of(version: int, before: Draft, after: Draft, currency: str) -> str:
    """What the person saw of money: another mark, another preview."""
    return f"{version}-{plain(before.total, currency)}-{plain(after.total, currency)}"


def line_changes(before: Draft, after: Draft, currency: str) -> tuple[LineChange, ...]:
    """Every line, those that stay as they are too."""
    was = {line.asked: line for line in before.lines}
    rows = []
    for line in after.lines:
        old = was.get(line.asked)
        rows.append(
            LineChange(
                line=line.asked,
                sku=line.sku,
                name=line.name,
                before=old.quantity if old else 0,
                after=line.quantity,
                unit_price=plain(line.unit_price, currency),
                total_before=plain(old.total if old else Decimal(0), currency),
                total_after=plain(line.total, currency),
            )
        )
    return tuple(row for row in rows if row.before or row.after)


def fields_of(draft: Draft, names: Sequence[str]) -> Json:
    """What the draft says by these names, as JSON; amounts of shipping stand among the sums."""
    said = {name: getattr(draft, name) for name in names if name != "shipping_total"}
    return {name: _plain(value, draft.terms.currency) for name, value in said.items()}


def _plain(value: Any, currency: str) -> Any:
    if isinstance(value, tuple):
        return [{"title": row.title, "amount": plain(row.amount, currency)} for row in value]
    return dict(value) if isinstance(value, Mapping) else value


def sums(draft: Draft, currency: str) -> dict[str, str]:
    """The totals as strings."""
    named = ("items_total", "discount_total", "shipping_total", "tax_total", "total")
    return {name: plain(getattr(draft, name), currency) for name in named}


def money_words(difference: Decimal, refunded: Decimal, unpaid: Decimal, currency: str) -> str:
    """Who pays whom: `difference` is of the totals, `refunded` what goes back, `unpaid` what nothing is pledged for."""
    if refunded:
        return _("The customer gets {refunded} back.").format(refunded=shown(refunded, currency))
    if difference > 0 and unpaid > 0:
        return _("The customer pays {difference} more; {unpaid} are not pledged yet.").format(
            difference=shown(difference, currency), unpaid=shown(unpaid, currency)
        )
    if difference > 0:
        return _("The customer pays {difference} more, which is pledged already.").format(
            difference=shown(difference, currency)
        )
    if difference < 0:
        return _("The customer pays {what} less; nothing of it was taken yet.").format(
            what=shown(-difference, currency)
        )
    return _("The customer pays as much as before.")


def shipping_notes(before: Draft, after: Draft, free_from: Decimal | None, price: Decimal) -> tuple[str, ...]:
    """What does not change by itself although the shop's table says otherwise."""
    if free_from is None or before.shipping_method != after.shipping_method:
        return ()
    if before.shipping_total != after.shipping_total:
        return ()
    limit = shown(free_from, before.terms.currency)
    if after.items_total < free_from and after.shipping_total < price:
        return (_("Shipping stays as it was sold, though items now cost less than {limit}.").format(limit=limit),)
    if after.items_total >= free_from and after.shipping_total > 0 and before.items_total < free_from:
        return (_("Shipping stays as it was sold, though it is free from {limit} on.").format(limit=limit),)
    return ()


def stock_words(promised: Sequence[tuple[str, str, int]]) -> tuple[str, ...]:
    """2 × MUG-1 promised from York; 1 × JAR-1 given back in Leeds."""
    return tuple(
        _("{count} × {sku} promised from {place}").format(count=count, sku=sku, place=place)
        if count > 0
        else _("{what} × {sku} given back in {place}").format(what=-count, sku=sku, place=place)
        for sku, place, count in promised
    )


def day_of(moment: datetime) -> str:
    """The moment in ISO 8601."""
    return moment.isoformat()
