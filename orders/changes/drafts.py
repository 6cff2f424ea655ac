"""An order's lines, terms and totals as plain values, and what becomes of them under a change. Pure.

What was sold stays at its price: a line that only changes its quantity keeps unit price and tax rate, and its own
discount in proportion. A discount on the whole order is shared anew. Shipping costs what it cost, unless it is changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import singledispatch

from django.utils.translation import gettext as _

from orders.changes.operations import (
    AddLine,
    Operation,
    ReplaceLine,
    SetAddress,
    SetDiscounts,
    SetNotes,
    SetQuantity,
    SetShipping,
)
from orders.errors import DiscountTooLarge, NoSuchLine, NoSuchShipping, UnknownSku
from orders.money import plain, rounded, split
from orders.order_request import NOTHING, DiscountRequest, LineRequest
from orders.pricing import (
    Catalogue,
    PricedLine,
    Shipping,
    Terms,
    less,
    priced_lines,
    rate_in,
    refuse_too_large,
    tax_on,
)

FIELDS = (
    *("shipping_address", "billing_address", "shipping_method", "shipping_total", "discounts"),
    *("note", "gift_note"),
)


@dataclass(frozen=True)
class Draft:
    """What an order is about. A line's `asked` is its place, from 1; `discounts` are those on the whole order."""

    terms: Terms
    lines: tuple[PricedLine, ...]
    discounts: tuple[DiscountRequest, ...]
    discount_total: Decimal
    shipping_method: str
    shipping_total: Decimal
    shipping_tax: Decimal
    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    note: str
    gift_note: str
    promised_at: datetime

    @property
    def items_total(self) -> Decimal:
        """After discounts."""
        return sum((line.total for line in self.lines), NOTHING)

    @property
    def tax_total(self) -> Decimal:
        """Of items and shipping."""
        return sum((line.tax for line in self.lines), self.shipping_tax)

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.items_total + self.shipping_total + (0 if self.terms.prices_include_tax else self.tax_total)

    @property
    def country(self) -> str:
        """Where the goods go."""
        return self.shipping_address.get("country", "")

    def quantities(self) -> dict[int, int]:
        """Units by the line's place."""
        return {line.asked: line.quantity for line in self.lines}

    def off(self) -> Decimal:
        """What the discounts on the whole order come to."""
        return sum((row.amount for row in self.discounts), NOTHING)


@dataclass(frozen=True)
class Book:
    """What the shop says today: offers and shipping methods, and the tax rates of the order's own products by id."""

    catalogue: Catalogue
    rates: Mapping[int, Mapping[str, Decimal]] = field(default_factory=dict)
    now: datetime | None = None

    @classmethod
    def empty(cls) -> "Book":
        """For changes that ask for no price."""
        return cls(Catalogue({}, {}))


def differing(before: Draft, after: Draft) -> list[str]:
    """Names of what is another, beside the goods and the sums."""
    return [name for name in FIELDS if getattr(before, name) != getattr(after, name)]


def changed(draft: Draft, operations: Sequence[Operation], book: Book) -> Draft:
    """The draft after the operations, one after the other, with all its sums.

    Raises NoSuchLine, UnknownSku, WrongCurrency, NoSuchShipping, DiscountTooLarge or AmountTooLarge.
    """
    bare = replace(draft, lines=tuple(without_shares(draft.lines, draft.off(), draft.terms.currency)))
    after = bare
    for operation in operations:
        after = step(operation, after, book)
    if after.lines != bare.lines or after.discounts != draft.discounts:
        after = _shared(after, asked=any(isinstance(row, SetDiscounts) for row in operations))
        off = sum((row.discount for row in after.lines), NOTHING) - sum((row.discount for row in draft.lines), NOTHING)
        after = replace(after, discount_total=max(NOTHING, draft.discount_total + off))
    else:
        after = replace(after, lines=draft.lines)
    after = _freighted(draft, _taxed(draft, after, book), operations, book)
    refuse_too_large(after.lines, after.total, after.discount_total)
    return after


@singledispatch
def step(operation: Operation, draft: Draft, book: Book) -> Draft:
    """The draft after one operation; sums are made when all are done."""
    raise NotImplementedError(operation)


@step.register
def _add_line(operation: AddLine, draft: Draft, book: Book) -> Draft:
    offer = book.catalogue.offers.get(operation.sku)
    if offer is None:
        raise UnknownSku([operation.sku])
    wanted = LineRequest(operation.sku, operation.quantity, operation.unit_price)
    place = max((line.asked for line in draft.lines), default=0) + 1
    added = priced_lines(place, wanted, offer, draft.country, draft.terms)
    return replace(draft, lines=(*draft.lines, *(replace(row, asked=place + n) for n, row in enumerate(added))))


@step.register
def _set_quantity(operation: SetQuantity, draft: Draft, book: Book) -> Draft:
    line = line_at(draft, operation.line)
    resized = resize(line, operation.quantity, draft.terms.currency)
    return replace(draft, lines=tuple(resized if row is line else row for row in draft.lines))


@step.register
def _replace_line(operation: ReplaceLine, draft: Draft, book: Book) -> Draft:
    units = operation.quantity or line_at(draft, operation.line).quantity
    if not units:
        raise NoSuchLine(operation.line)
    without = step(SetQuantity(operation.line, 0), draft, book)
    return step(AddLine(operation.sku, units), without, book)


@step.register
def _set_address(operation: SetAddress, draft: Draft, book: Book) -> Draft:
    name = "shipping_address" if operation.kind == "shipping" else "billing_address"
    return replace(draft, **{name: operation.address})  # type: ignore[arg-type]


@step.register
def _set_shipping(operation: SetShipping, draft: Draft, book: Book) -> Draft:
    method = _method(operation.method, draft.country, book)
    days = draft.promised_at if method is None or book.now is None else book.now + timedelta(days=method.days)
    return replace(draft, shipping_method=operation.method, promised_at=days)


@step.register
def _set_discounts(operation: SetDiscounts, draft: Draft, book: Book) -> Draft:
    return replace(draft, discounts=operation.discounts)


@step.register
def _set_notes(operation: SetNotes, draft: Draft, book: Book) -> Draft:
    note = draft.note if operation.note is None else operation.note
    return replace(draft, note=note, gift_note=draft.gift_note if operation.gift_note is None else operation.gift_note)


def line_at(draft: Draft, place: int) -> PricedLine:
    """The line at this place; raises NoSuchLine."""
    for line in draft.lines:
        if line.asked == place:
            return line
    raise NoSuchLine(place)


def resize(line: PricedLine, quantity: int, currency: str) -> PricedLine:
    """So many units of the line, at its price and with its discount in proportion."""
    if quantity == line.quantity:
        return line
    off = rounded(line.discount * quantity / line.quantity, currency) if line.quantity else NOTHING
    return replace(line, quantity=quantity, discount=off, total=line.unit_price * quantity - off)


def shares(lines: Sequence[PricedLine], off: Decimal, currency: str) -> list[Decimal]:
    """What each line bears of a discount on the whole order: by what it costs, and no more than its own discount.

    The order keeps only each line's whole discount, so its share is computed again. It may be a smallest unit beside
    what it was; the sum is exact.
    """
    off = min(off, sum((line.discount for line in lines), NOTHING))
    if not off:
        return [NOTHING for _ in lines]
    weights = [line.total for line in lines]
    given = split(off, weights if any(weights) else [line.discount for line in lines], currency)
    given = [min(share, line.discount) for share, line in zip(given, lines, strict=True)]
    left = off - sum(given, NOTHING)
    for place, line in enumerate(lines):
        more = min(left, line.discount - given[place])
        given[place], left = given[place] + more, left - more
    return given


def without_shares(lines: Sequence[PricedLine], off: Decimal, currency: str) -> list[PricedLine]:
    """The lines with their own discounts only."""
    return [
        replace(line, discount=line.discount - share, total=line.total + share)
        for line, share in zip(lines, shares(lines, off, currency), strict=True)
    ]


def _shared(draft: Draft, *, asked: bool) -> Draft:
    """The discounts on the whole order, divided by what the lines cost now; never more than that, unless it was asked.

    Who calls a line off keeps what was given off the order, as far as what is left costs so much.
    """
    most = sum((line.total for line in draft.lines), NOTHING)
    discounts = draft.discounts
    if draft.off() > most:
        if asked:
            raise DiscountTooLarge(
                _("{plain} off items that cost less").format(plain=plain(draft.off(), draft.terms.currency))
            )
        discounts = _lowered(discounts, most)
    lines = less(draft.lines, sum((row.amount for row in discounts), NOTHING), draft.terms)
    return replace(draft, discounts=discounts, lines=tuple(lines))


def _lowered(discounts: Sequence[DiscountRequest], most: Decimal) -> tuple[DiscountRequest, ...]:
    kept = []
    for row in discounts:
        amount = min(row.amount, most)
        most -= amount
        if amount:
            kept.append(replace(row, amount=amount))
    return tuple(kept)


def _taxed(before: Draft, draft: Draft, book: Book) -> Draft:
    """By each line's kept rate, unless the goods go to another country."""
    moved, known = before.country != draft.country, {line.asked: line for line in before.lines}
    lines = []
    for line in draft.lines:
        rates = book.rates.get(line.product_id)
        rate = rate_in(rates, draft.country) if moved and rates else line.tax_rate
        old = known.get(line.asked)
        same = old is not None and (old.total, old.tax_rate) == (line.total, rate)
        tax = old.tax if same and old else tax_on(line.total, rate, draft.terms)
        lines.append(replace(line, tax_rate=rate, tax=tax))
    return replace(draft, lines=tuple(lines))


def _freighted(before: Draft, draft: Draft, operations: Sequence[Operation], book: Book) -> Draft:
    """Shipping's price and tax: another one only when method, amount or country is changed."""
    asked = [row for row in operations if isinstance(row, SetShipping)]
    if not asked and before.country == draft.country:
        return draft
    method = _method(draft.shipping_method, draft.country, book)
    total = before.shipping_total
    if asked:
        costs = rounded(method.costs(draft.items_total), draft.terms.currency) if method else NOTHING
        total = costs if asked[-1].total is None else asked[-1].total
    tax = tax_on(total, rate_in(method.tax_rates, draft.country), draft.terms) if method else NOTHING
    return replace(draft, shipping_total=total, shipping_tax=tax)


def _method(code: str, country: str, book: Book) -> Shipping | None:
    """The method, which goes there; none for none."""
    if not code:
        return None
    method = book.catalogue.shipping.get(code)
    if method is None or not method.reaches(country):
        raise NoSuchShipping(code, country)
    return method
