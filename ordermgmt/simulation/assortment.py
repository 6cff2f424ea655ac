"""What stands around the articles of the simulated shop: variants, a bundle, taxes, shipping methods and lanes."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory.countries import COUNTRIES
from inventory.models import BundleComponent, Lane, Product, ProductFamily, TaxClass, TaxRate, Warehouse
from ordermgmt.simulation.catalogue import Article
from orders.models import ShippingMethod

VAT = Decimal("0.2")
# Standard rates of 2026 where the sample's customers live; the United Kingdom's holds everywhere else.
RATES = {
    "AT": "0.2",
    "AU": "0",
    "BE": "0.21",
    "CH": "0",
    "DE": "0.19",
    "ES": "0.21",
    "FI": "0.255",
    "FR": "0.2",
    "IE": "0.23",
    "IT": "0.22",
    "JE": "0",
    "NL": "0.21",
    "NO": "0",
    "PL": "0.23",
    "PT": "0.23",
    "SE": "0.25",
}
HOME = ("GB", "JE")
ELSEWHERE = tuple(sorted(COUNTRIES.difference(HOME)))
STANDARD, EXPRESS, ABROAD = "standard", "express", "abroad"
# Code, name, price, free from, countries, promised days.
SHIPPING = (
    (STANDARD, "Standard, 2 to 3 days", "5.95", "150", HOME, 3),
    (EXPRESS, "Express, next day", "9.95", None, HOME, 1),
    (ABROAD, "International, 5 to 7 days", "9.95", "150", ELSEWHERE, 7),
)
BUNDLE_SKU, BUNDLE_NAME, BUNDLE_SHARE = "BOX-1", "GIFT BOX OF THREE", Decimal("0.9")
BUNDLE_PARTS = 3
# Days and cost of a parcel to its own country, to the other warehouses' countries, and further.
LANES = {"GB": {"GB": (1, "3.20"), "NL": (4, "8.90"), "JE": (2, "4.10")}, "NL": {"NL": (1, "4.40"), "GB": (3, "8.60")}}
CONTINENT = ("AT", "BE", "DE", "ES", "FI", "FR", "IE", "IT", "PL", "PT", "SE")


@dataclass(frozen=True)
class Variant:
    """One of several articles that are the same thing in another look."""

    family: ProductFamily
    options: Mapping[str, str]


def levy_tax() -> TaxClass:
    """The one tax class of a gift shop, with the rates of the countries it sells to."""
    standard = TaxClass.objects.create(code="standard", name="Standard rate", rate=VAT)
    TaxRate.objects.bulk_create(
        TaxRate(tax_class=standard, country=country, rate=Decimal(rate)) for country, rate in RATES.items()
    )
    return standard


def offer_shipping(currency: str, tax_class: TaxClass) -> None:
    """Two ways at home, one abroad."""
    ShippingMethod.objects.bulk_create(
        ShippingMethod(
            code=code,
            name=name,
            currency=currency,
            price=Decimal(price),
            free_from=free_from and Decimal(free_from),
            countries=list(countries),
            days=days,
            tax_class=tax_class,
        )
        for code, name, price, free_from, countries, days in SHIPPING
    )


def way_to(country: str) -> str:
    """The code of the usual shipping method."""
    return STANDARD if country in HOME else ABROAD


def make_families(articles: Sequence[Article]) -> dict[str, Variant]:
    """Variants by SKU. The sample numbers the looks of one thing alike but for a letter: 84997B, 84997C, 84997D."""
    alike: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        alike[article.sku.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")].append(article)
    variants: dict[str, Variant] = {}
    for number, kin in alike.items():
        common = _common_words(kin)
        looks = [_look(article, common) for article in kin]
        if len(kin) > 1 and common and len(set(looks)) == len(looks):
            family = ProductFamily.objects.create(code=number, name=" ".join(common).title())
            variants |= {row.sku: Variant(family, {"look": look}) for row, look in zip(kin, looks, strict=True)}
    return variants


def _common_words(kin: Sequence[Article]) -> list[str]:
    """The words that stand in every name, in their order."""
    counted = Counter(word for article in kin for word in set(article.name.split()))
    return [word for word in kin[0].name.split() if counted[word] == len(kin)]


def _look(article: Article, common: Sequence[str]) -> str:
    """What is left of a name without the words that all share."""
    return " ".join(word for word in article.name.split() if word not in common).title() or article.sku


def make_bundle(products: Sequence[Product]) -> None:
    """Three small articles in one box, for a little less than apart."""
    parts = sorted(products, key=lambda row: (row.length_mm * row.width_mm * row.height_mm, row.sku))[:BUNDLE_PARTS]
    if len(parts) < BUNDLE_PARTS:
        return
    price = sum((row.price for row in parts), Decimal(0)) * BUNDLE_SHARE
    first = parts[0]
    bundle = Product.objects.create(
        sku=BUNDLE_SKU,
        name=BUNDLE_NAME,
        price=price.quantize(Decimal("0.01")),
        currency=first.currency,
        tax_class=first.tax_class,
    )
    BundleComponent.objects.bulk_create(BundleComponent(bundle=bundle, component=row) for row in parts)


def map_lanes(warehouse: Warehouse) -> None:
    """How long and at what cost parcels travel from here."""
    known = {**{country: (5, "11.50") for country in CONTINENT}, **LANES[warehouse.country]}
    Lane.objects.bulk_create(
        Lane(warehouse=warehouse, country=country, days=days, parcel_cost=Decimal(cost))
        for country, (days, cost) in known.items()
    )
