"""One draft in two: exact to the smallest unit, whatever is divided. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from orders.changes.drafts import Draft, resize, shares
from orders.money import rounded, split
from orders.order_request import NOTHING, DiscountRequest
from orders.pricing import PricedLine, tax_on


def parted(draft: Draft, units: Mapping[int, int]) -> tuple[Draft, Draft]:
    """What stays, and the `units` (by the line's place) that go; both sum to the draft. Shipping stays.

    Lines that go are numbered anew from 1.
    """
    currency = draft.terms.currency
    bears = shares(draft.lines, draft.off(), currency)
    stay: list[PricedLine] = []
    go: list[PricedLine] = []
    gone = NOTHING
    for line, share in zip(draft.lines, bears, strict=True):
        count = units.get(line.asked, 0)
        part, rest = _halved(line, count, draft)
        if count:
            go.append(replace(part, asked=len(go) + 1))
            gone += _share_of(part, rest, share, currency)
        stay.append(rest if count else line)
    left, taken = _divided(draft.discounts, gone, currency)
    off = min(draft.discount_total, sum((line.discount for line in go), NOTHING))
    return (
        replace(draft, lines=tuple(stay), discounts=left, discount_total=draft.discount_total - off),
        replace(
            draft,
            lines=tuple(go),
            discounts=taken,
            discount_total=off,
            shipping_total=NOTHING,
            shipping_tax=NOTHING,
        ),
    )


def joined(one: Draft, other: Draft) -> Draft:
    """Both in one: lines after each other, every sum of both."""
    last = max((line.asked for line in one.lines), default=0)
    more = [line for line in other.lines if line.quantity]
    return replace(
        one,
        lines=(*one.lines, *(replace(line, asked=last + place) for place, line in enumerate(more, 1))),
        discounts=(*one.discounts, *other.discounts),
        discount_total=one.discount_total + other.discount_total,
        shipping_total=one.shipping_total + other.shipping_total,
        shipping_tax=one.shipping_tax + other.shipping_tax,
        promised_at=max(one.promised_at, other.promised_at),
    )


def _halved(line: PricedLine, count: int, draft: Draft) -> tuple[PricedLine, PricedLine]:
    """`count` units of the line, and the rest of it."""
    part = resize(line, count, draft.terms.currency)
    part = replace(part, tax=tax_on(part.total, line.tax_rate, draft.terms) if count < line.quantity else line.tax)
    rest = replace(
        line,
        quantity=line.quantity - count,
        discount=line.discount - part.discount,
        total=line.total - part.total,
        tax=line.tax - part.tax,
    )
    return part, rest


def _share_of(part: PricedLine, rest: PricedLine, share: Decimal, currency: str) -> Decimal:
    """What of a line's share in the order's discounts goes with the part: in proportion, within both discounts."""
    units = part.quantity + rest.quantity
    fair = rounded(share * part.quantity / units, currency) if units else NOTHING
    return max(share - rest.discount, min(fair, part.discount, share))


def _divided(
    discounts: Sequence[DiscountRequest], gone: Decimal, currency: str
) -> tuple[tuple[DiscountRequest, ...], tuple[DiscountRequest, ...]]:
    """The discounts that stay, and of the same titles those that go, which come to `gone`."""
    parts = split(gone, [row.amount for row in discounts], currency) if discounts else []
    left = (replace(row, amount=row.amount - part) for row, part in zip(discounts, parts, strict=True))
    taken = (replace(row, amount=part) for row, part in zip(discounts, parts, strict=True))
    return tuple(row for row in left if row.amount), tuple(row for row in taken if row.amount)
