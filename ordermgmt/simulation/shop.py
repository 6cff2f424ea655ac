"""A shop to simulate: channels, three warehouses that work in three ways, cartons, the real catalogue, and stock.

York is asked first and has almost everything. Some articles are kept only in Leeds, where people pick, and some only
in Rotterdam, at a third party: those decide which orders go there. A few are missing in one place, so that some orders
are sent from two.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from secrets import token_urlsafe

from django.contrib.auth.models import Group, User
from django.db import transaction

from fulfillment.carriers.standard import EUROPE, open_standard_account, write_tables
from fulfillment.models import CarrierAccount, Carton, InsertRule, PickingPolicy, ProductCustoms, Trolley
from inventory import services as stock
from inventory.models import Bin, Product, Stock, TaxClass, Warehouse, WarehouseLayout
from ordermgmt.simulation.assortment import Variant, levy_tax, make_bundle, make_families, map_lanes, offer_shipping
from ordermgmt.simulation.baskets import Basket
from ordermgmt.simulation.catalogue import Article
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.handling import handling, tariff_number
from ordermgmt.simulation.people import person
from ordermgmt.simulation.plan import CURRENCY
from ordermgmt.simulation.stations import Person
from orders.keys import issue_key
from orders.models import Channel, Customer

CHANNELS = {"web": "Web shop", "phone": "Phone desk", "marketplace": "Marketplace"}
# Inner sizes in millimetres, tare and most gross weight in grams, price in pounds, how many there are and are too few.
CARTONS = (
    ("Letterbox", (340, 240, 25), 60, 2_000, "0.22", (900, 100)),
    ("Small", (220, 160, 100), 90, 5_000, "0.31", (900, 100)),
    ("Medium", (310, 230, 160), 180, 10_000, "0.54", (None, 0)),
    ("Large", (400, 300, 250), 320, 20_000, "0.88", (900, 100)),
    ("Extra large", (600, 400, 400), 650, 30_000, "1.65", (None, 0)),
)
# What the packers in Leeds add: name, kind, occasion, what is written on it, what is scanned, cost.
# The second carrier: cheaper than the first for light parcels at home and for heavy ones abroad, and often late.
ROADRUNNER_ZONES: dict[str, dict[str, object]] = {
    "home": {"domestic": True},
    "europe": {"origins": list(EUROPE), "countries": list(EUROPE)},
}
ROADRUNNER: dict[str, dict[str, tuple[int, str, str]]] = {
    "saver": {"home": (3, "2.70", "0.42"), "europe": (5, "8.40", "0.95")},
    "next-day": {"home": (1, "5.90", "1.15")},
}
INSERTS = (
    ("Welcome card", "card", "first_order", "Welcome, {name}. It is good to have you.", "INSERT-CARD", "0.12"),
    ("Tea sample", "sample", "tier_a", "", "INSERT-TEA", "0.35"),
    ("Apology note", "note", "apology", "Last time we were late. Sorry, {name}.", "", "0.05"),
)
DUTCH_TIME = {"time_zone": "Europe/Amsterdam"}
WAREHOUSES = (
    ("YORK", "York", Warehouse.Mode.AUTOMATIC, {"country": "GB", "postal_code": "YO1 7HH"}),
    ("LEEDS", "Leeds", Warehouse.Mode.MANUAL, {"country": "GB", "postal_code": "LS1 4DY"}),
    ("RTM", "Rotterdam", Warehouse.Mode.THIRD_PARTY, {"country": "NL", "postal_code": "3011 AD"} | DUTCH_TIME),
)
UNDECLARED = 5  # products that customs know nothing of yet
UNPAID = {"card": 720}  # the manager decides within a working day
CREW = {"pick": ("bob", "picker"), "pack": ("petra", "packer")}  # who is at which station, in which role
STAFFED = ("LEEDS", "RTM")  # where somebody has to confirm the work
CUT_OFF = time(16)
AISLES, BAYS, LEVELS = 8, 20, 4
FLOOR = {"aisles": AISLES, "bays": BAYS, "bay_m": "1.2", "aisle_m": "3.5", "cross_m": "2", "cross_aisles": [0, 10, 20]}
MISSING_SHARE = 0.03
BLOCKED_SHARE = 0.02
SHOPPER_SCOPES = ("orders:read", "orders:write", "orders:price", "orders:approve", "products:read", "fulfillment:write")

Units = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Shares:
    """How many of all orders need something from the manual warehouse, and how many from the third party."""

    manual: float = 0.15
    third_party: float = 0.1


def stock_for(baskets: Sequence[Basket], articles: Sequence[Article], *, shares: Shares, dice: Dice) -> Units:
    """Units by warehouse code and SKU: enough of everything for all these orders, wherever it is kept."""
    wanted: Counter[str] = Counter()
    for basket in baskets:
        wanted.update(basket.units)
    skus = dice.shuffled([article.sku for article in articles], "assortment")
    manual = _kept_apart(baskets, skus, share=shares.manual)
    third_party = _kept_apart(baskets, [sku for sku in skus if sku not in manual], share=shares.third_party)
    missing = {
        "YORK": manual | third_party,
        "LEEDS": third_party | _some(skus, "LEEDS", dice) - manual,
        "RTM": _some(skus, "RTM", dice) - manual - third_party,
    }
    return {
        code: {sku: 20 + round(wanted[sku] * 1.25) for sku in skus if sku not in without}
        for code, without in missing.items()
    }


def _some(skus: Sequence[str], code: str, dice: Dice) -> set[str]:
    return {sku for sku in skus if dice.happens(MISSING_SHARE, "missing", code, sku)}


def _kept_apart(baskets: Sequence[Basket], skus: Sequence[str], *, share: float) -> set[str]:
    """Articles that together are in about this share of the baskets, and in one at least."""
    bought: defaultdict[str, set[int]] = defaultdict(set)
    for place, basket in enumerate(baskets):
        for line in basket.lines:
            bought[line.sku].add(place)
    most = max(1, round(share * len(baskets))) if share else 0
    kept: set[str] = set()
    touched: set[int] = set()
    for sku in skus:
        if bought[sku] and len(touched | bought[sku]) <= most:
            kept.add(sku)
            touched |= bought[sku]
    return kept


@transaction.atomic
def open_shop(articles: Sequence[Article], units: Units) -> None:
    """Write all master data and take the stock in; for a database without any."""
    channels = (
        Channel(code=code, name=name, currency=CURRENCY, unpaid_minutes=UNPAID) for code, name in CHANNELS.items()
    )
    Channel.objects.bulk_create(channels)
    Carton.objects.bulk_create(map(_carton, CARTONS))
    InsertRule.objects.bulk_create(map(_insert, INSERTS))
    standard = levy_tax()
    offer_shipping(CURRENCY, standard)
    families = make_families(articles)
    rows = Product.objects.bulk_create(_product(article, families, standard=standard) for article in articles)
    products = {row.sku: row for row in rows}
    declared = (ProductCustoms(product=row, hs_code=tariff_number(row.name), origin="GB") for row in rows[UNDECLARED:])
    ProductCustoms.objects.bulk_create(declared)
    make_bundle(rows)
    for priority, (code, name, mode, place) in enumerate(WAREHOUSES, 1):
        warehouse = Warehouse.objects.create(
            code=code, name=name, mode=mode, city=name, cut_off=CUT_OFF, priority=priority * 10, **place
        )
        WarehouseLayout.objects.create(warehouse=warehouse, **FLOOR)
        _fill(warehouse, products, units[code])
        map_lanes(warehouse)
    open_carriers()
    trolley = Trolley.objects.create(name="Cluster trolley", totes=8, tote_litres=40, max_weight_g=80_000)
    by_people = Warehouse.objects.get(mode=Warehouse.Mode.MANUAL)
    PickingPolicy.objects.create(warehouse=by_people, kind=PickingPolicy.Kind.BATCH, trolley=trolley)


def _fill(warehouse: Warehouse, products: Mapping[str, Product], units: Mapping[str, int]) -> None:
    """Neighbours on the shelf have neighbouring SKUs; several may share a bin."""
    bins = Bin.objects.bulk_create(
        Bin(warehouse=warehouse, code=f"{chr(64 + aisle)}{bay:02d}-{level}", aisle=aisle, bay=bay, level=level)
        for aisle in range(1, AISLES + 1)
        for bay in range(1, BAYS + 1)
        for level in range(1, LEVELS + 1)
    )
    skus = sorted(units)
    rows = Stock.objects.bulk_create(
        Stock(product=products[sku], warehouse=warehouse, bin=bins[place * len(bins) // len(skus)])
        for place, sku in enumerate(skus)
    )
    quantities = {row.pk: units[sku] for row, sku in zip(rows, skus, strict=True)}
    stock.receive_all(quantities, key=f"opening:{warehouse.code}", by="system:opening")


def block_some(baskets: Sequence[Basket], *, dice: Dice) -> int:
    """Customers who did not pay last year; returns how many. Their orders will be rejected."""
    buyers = {basket.customer: basket.country for basket in baskets}
    blocked = [person(*buyer) for buyer in sorted(buyers.items()) if dice.happens(BLOCKED_SHARE, "blocked", buyer[0])]
    Customer.objects.bulk_create(Customer(email=who.email, name=who.name, blocked=True) for who in blocked)
    return len(blocked)


def issue_keys(name: str) -> dict[str, str]:
    """One API key per channel that opens everything, for those who play the shop's people."""
    channels = Channel.objects.filter(code__in=CHANNELS)
    return {row.code: issue_key(channel=row, name=name, scopes=SHOPPER_SCOPES) for row in channels}


def hire() -> dict[str, Person]:
    """Those who sign in at the stations, by station, each in a role that may do no more."""
    people = {}
    for station, (username, role) in CREW.items():
        people[station] = Person(username, token_urlsafe(12))
        user = User.objects.create_user(username, password=people[station].password, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
    return people


def _product(article: Article, families: Mapping[str, Variant], *, standard: TaxClass) -> Product:
    variant = families.get(article.sku)
    length, width, height = article.size_mm
    return Product(
        sku=article.sku,
        name=article.name,
        price=article.price,
        currency=CURRENCY,
        tax_class=standard,
        family=variant.family if variant else None,
        options=variant.options if variant else {},
        weight_g=article.weight_g,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        **handling(article.name),
    )


def _insert(row: tuple[str, str, str, str, str, str]) -> InsertRule:
    name, kind, occasion, text, code, cost = row
    return InsertRule(name=name, kind=kind, occasion=occasion, text=text, code=code, cost=Decimal(cost))


def open_carriers() -> None:
    """The carrier that every shop begins with, and another one to choose from."""
    open_standard_account()
    account = CarrierAccount.objects.create(
        code="roadrunner",
        name="Roadrunner",
        adapter=CarrierAccount.Adapter.PLAYED,
        rank=1,
        settings={"prefix": "RR", "faults": {"late": 0.3}},
    )
    write_tables(account, ROADRUNNER_ZONES, ROADRUNNER, divisors={"saver": 8000, "next-day": 5000})


def _carton(row: tuple[str, tuple[int, int, int], int, int, str, tuple[int | None, int]]) -> Carton:
    name, (length, width, height), tare, most, price, (counted, low_mark) = row
    return Carton(
        name=name,
        length_mm=length,
        width_mm=width,
        height_mm=height,
        tare_g=tare,
        max_gross_g=most,
        price=Decimal(price),
        counted=counted,
        low_mark=low_mark,
    )
