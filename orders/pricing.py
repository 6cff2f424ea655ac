"""What an order costs: prices, discounts, shipping and tax, exact to the currency's smallest unit. Pure.

Every line is rounded half up; what is divided (a bundle's price, a discount on the order) is divided by largest
remainder, so that the parts sum to the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from orders.errors import AmountTooLarge, DiscountTooLarge, NoSuchShipping, UnknownSku, WrongCurrency
from orders.money import plain, rounded, split, unit
from orders.order_request import LineRequest, OrderRequest

LARGEST = Decimal(10) ** 11  # exclusive; what the tables can keep
MOST_UNITS = 2**31 - 1


@dataclass(frozen=True)
class Offer:
    """A product as the catalogue has it; `tax_rates` maps a country, or "" for all others, to a fraction."""

    product_id: int
    sku: str
    name: str
    price: Decimal
    currency: str
    tax_rates: Mapping[str, Decimal]
    components: "tuple[tuple[Offer, int], ...]" = ()


@dataclass(frozen=True)
class Shipping:
    """A shipping method; see `orders.models.ShippingMethod`."""

    code: str
    name: str
    price: Decimal
    free_from: Decimal | None
    countries: tuple[str, ...]
    days: int
    tax_rates: Mapping[str, Decimal]

    def costs(self, items_total: Decimal) -> Decimal:
        """What the customer pays for it with items of this total."""
        return Decimal(0) if self.free_from is not None and items_total >= self.free_from else self.price

    def reaches(self, country: str) -> bool:
        """Whether it goes there; to nowhere in particular always."""
        return not self.countries or not country or country in self.countries


@dataclass(frozen=True)
class Catalogue:
    """What can be asked for: offers by SKU, shipping methods by code."""

    offers: Mapping[str, Offer]
    shipping: Mapping[str, Shipping]


@dataclass(frozen=True)
class Terms:
    """How a channel sells."""

    currency: str
    prices_include_tax: bool


@dataclass(frozen=True)
class PricedLine:
    """One product of an order. `asked` is the place of the line that asked for it, from 0."""

    asked: int
    product_id: int
    sku: str
    name: str
    bundle: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    total: Decimal
    tax_rate: Decimal
    tax: Decimal = Decimal(0)


@dataclass(frozen=True)
class Priced:
    """An order's lines and totals; `tax_total` is of items and shipping, within `total` either way."""

    lines: tuple[PricedLine, ...]
    items_total: Decimal
    discount_total: Decimal
    shipping: Shipping | None
    shipping_total: Decimal
    shipping_tax: Decimal
    tax_total: Decimal
    total: Decimal


def price(request: OrderRequest, catalogue: Catalogue, terms: Terms) -> Priced:
    """Raises WrongCurrency, UnknownSku, NoSuchShipping, DiscountTooLarge or AmountTooLarge."""
    if request.currency != terms.currency:
        raise WrongCurrency(request.currency, terms.currency)
    if unknown := sorted({line.sku for line in request.lines} - catalogue.offers.keys()):
        raise UnknownSku(unknown)
    country = request.shipping_address.get("country", "")
    lines: list[PricedLine] = []
    for asked, line in enumerate(request.lines):
        lines += priced_lines(asked, line, catalogue.offers[line.sku], country, terms)
    lines = less(lines, sum((row.amount for row in request.discounts), Decimal(0)), terms)
    lines = [replace(line, tax=tax_on(line.total, line.tax_rate, terms)) for line in lines]
    items = sum((line.total for line in lines), Decimal(0))
    shipping = _shipping(request, catalogue, country)
    freight = _freight(request, shipping, items)
    freight_tax = tax_on(freight, rate_in(shipping.tax_rates, country), terms) if shipping else Decimal(0)
    tax = sum((line.tax for line in lines), freight_tax)
    total = items + freight + (0 if terms.prices_include_tax else tax)
    off = _off(request)
    refuse_too_large(lines, total, off)
    return Priced(tuple(lines), items, off, shipping, freight, freight_tax, tax, total)


def refuse_too_large(lines: Sequence[PricedLine], *amounts: Decimal) -> None:
    """Whether a line, or one of the order's amounts, is beyond what the tables can keep; raises AmountTooLarge."""
    for line in lines:
        if line.quantity > MOST_UNITS:
            raise AmountTooLarge(f"{line.quantity:,} units of {line.sku} in one line are more than can be kept.")
    if max(*amounts, *(line.total + line.discount for line in lines)) >= LARGEST:
        raise AmountTooLarge("An amount of this order has more digits than can be kept.")


def _off(request: OrderRequest) -> Decimal:
    """All discounts that were given."""
    given = [*(line.discount for line in request.lines), *(row.amount for row in request.discounts)]
    return sum(given, Decimal(0))


def priced_lines(asked: int, line: LineRequest, offer: Offer, country: str, terms: Terms) -> list[PricedLine]:
    """One line, or one for each component of a bundle."""
    if line.unit_price is None and offer.currency != terms.currency:
        raise WrongCurrency(offer.currency, terms.currency)
    each = rounded(offer.price if line.unit_price is None else line.unit_price, terms.currency)
    gross = each * line.quantity
    if line.discount > gross:
        raise DiscountTooLarge(f"{plain(line.discount, terms.currency)} off {line.sku}, which costs less")
    if offer.components:
        return _unbundled(asked, line, offer, gross - line.discount, country, terms)
    rate = rate_in(offer.tax_rates, country)
    total = gross - line.discount
    return [
        PricedLine(asked, offer.product_id, offer.sku, offer.name, "", line.quantity, each, line.discount, total, rate)
    ]


def _unbundled(
    asked: int, line: LineRequest, bundle: Offer, paid: Decimal, country: str, terms: Terms
) -> list[PricedLine]:
    """A bundle's components share what is paid for it by their own prices.

    A share seldom divides by its units: the unit price is rounded up, and the rest stands as the line's discount.
    """
    parts = [(offer, count * line.quantity) for offer, count in bundle.components]
    shares = split(paid, [offer.price * units for offer, units in parts], terms.currency)
    lines = []
    for (offer, units), share in zip(parts, shares, strict=True):
        each = (share / units).quantize(unit(terms.currency), ROUND_CEILING)
        off, rate = each * units - share, rate_in(offer.tax_rates, country)
        lines.append(
            PricedLine(asked, offer.product_id, offer.sku, offer.name, bundle.sku, units, each, off, share, rate)
        )
    return lines


def less(lines: Sequence[PricedLine], amount: Decimal, terms: Terms) -> list[PricedLine]:
    """The lines with `amount` off the whole order, divided by what they cost."""
    if not amount:
        return list(lines)
    if amount > sum(line.total for line in lines):
        raise DiscountTooLarge(f"{plain(amount, terms.currency)} off items that cost less")
    shares = split(amount, [line.total for line in lines], terms.currency)
    return [
        replace(line, discount=line.discount + share, total=line.total - share)
        for line, share in zip(lines, shares, strict=True)
    ]


def _shipping(request: OrderRequest, catalogue: Catalogue, country: str) -> Shipping | None:
    if not request.shipping_method:
        return None
    method = catalogue.shipping.get(request.shipping_method)
    if method is None or not method.reaches(country):
        raise NoSuchShipping(request.shipping_method, country)
    return method


def _freight(request: OrderRequest, shipping: Shipping | None, items: Decimal) -> Decimal:
    """What shipping costs: as the channel says, else as the method does."""
    if request.shipping_total is not None:
        return request.shipping_total
    return rounded(shipping.costs(items), request.currency) if shipping else Decimal(0)


def rate_in(rates: Mapping[str, Decimal], country: str) -> Decimal:
    """The country's tax rate, or the one for all others."""
    return rates.get(country, rates[""])


def tax_on(amount: Decimal, rate: Decimal, terms: Terms) -> Decimal:
    """Within an amount that includes it, else on top."""
    tax = amount - amount / (1 + rate) if terms.prices_include_tax else amount * rate
    return rounded(tax, terms.currency)
