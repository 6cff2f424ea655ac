"""The page of one product: where it lies, whom it is promised to, what moved, and what it is made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from inventory.models import BundleComponent, FurtherBin, Product, SafetyStock, Stock, StockMovement
from inventory.selectors import Arrival, next_arrivals
from inventory.supply import Part, parts_of
from ordermgmt.stock.levels import Segment, level
from ordermgmt.stock.marks import Mark, product_marks
from ordermgmt.stock.places import Place, free_of, made_of, places_of
from ordermgmt.stock.products import options_of, signed
from ordermgmt.stock.turns import Turns, turns

LEDGER_LINES = 50


@dataclass(frozen=True)
class Shelf:
    """What lies in one warehouse, drawn as a bar, what channels leave alone of it, and what is on its way there."""

    place: Place
    bar: tuple[Segment, ...]
    kept: tuple[SafetyStock, ...]
    arrivals: tuple[Arrival, ...]
    bins: tuple[FurtherBin, ...] = ()

    @property
    def in_own_bin(self) -> int:
        """Units that lie in no further bin."""
        return self.stock.on_hand - sum(row.units for row in self.bins)

    @property
    def stock(self) -> Stock:
        return self.place.stock


@dataclass(frozen=True)
class LedgerLine:
    """One movement; `left` is what was on hand there after it."""

    movement: StockMovement
    left: int

    @property
    def change(self) -> str:
        """+12 or −3."""
        return signed(self.movement.quantity)


@dataclass(frozen=True)
class PartRow:
    """One component of a bundle, the units of it that are free, and how many bundles these are enough for."""

    part: Part
    free: int

    @property
    def enough_for(self) -> int:
        return self.free // self.part.each


@dataclass(frozen=True)
class Variant:
    """Another product of the same family."""

    product: Product
    options: str


@dataclass(frozen=True)
class ProductPage:
    """Everything the page shows. `free` is what can be promised from the shelves; of a bundle, how many can be made."""

    product: Product
    options: str
    marks: tuple[Mark, ...]
    free: int
    shelves: tuple[Shelf, ...]
    turns: Turns
    ledger: tuple[LedgerLine, ...]
    parts: tuple[PartRow, ...]
    bundles: tuple[BundleComponent, ...]
    variants: tuple[Variant, ...]

    @property
    def on_hand(self) -> int:
        return sum(shelf.stock.on_hand for shelf in self.shelves)

    @property
    def reserved(self) -> int:
        return sum(shelf.stock.reserved for shelf in self.shelves)

    @property
    def arrivals(self) -> list[Arrival]:
        """On their way to any warehouse, earliest first."""
        return sorted((row for shelf in self.shelves for row in shelf.arrivals), key=attrgetter("due_on"))

    @property
    def coming(self) -> int:
        return sum(arrival.units for arrival in self.arrivals)


def product_page(sku: str) -> ProductPage:
    """Read it all, in at most fifteen queries; raises Product.DoesNotExist."""
    product = Product.objects.select_related("tax_class", "family").get(sku=sku)
    parts = parts_of([product.pk]).get(product.pk, ())
    places = places_of([product.pk, *(part.product_id for part in parts)])
    here = places.get(product.pk, ())
    free = made_of(parts, places) if parts else free_of(here)
    return ProductPage(
        product=product,
        options=options_of(product),
        marks=product_marks(product, here, free=free, is_bundle=bool(parts)),
        free=free,
        shelves=_shelves(product, here),
        turns=turns(product.pk),
        ledger=_ledger(product, {place.stock.pk: place.stock.on_hand for place in here}),
        parts=tuple(PartRow(part, free_of(places.get(part.product_id, ()))) for part in parts),
        bundles=tuple(product.bundles.select_related("bundle")),
        variants=_variants(product),
    )


def _shelves(product: Product, places: Sequence[Place]) -> tuple[Shelf, ...]:
    kept: defaultdict[int, list[SafetyStock]] = defaultdict(list)
    for row in SafetyStock.objects.filter(stock__product=product).order_by("channel"):
        kept[row.stock_id].append(row)
    bins: defaultdict[int, list[FurtherBin]] = defaultdict(list)
    for further in FurtherBin.objects.filter(stock__product=product).select_related("bin"):
        bins[further.stock_id].append(further)
    arrivals = next_arrivals([product.pk]).get(product.pk, [])
    most = max((max(place.stock.on_hand, place.stock.reserved) for place in places), default=0) or 1
    shelves = (_shelf(place, kept[place.stock.pk], arrivals, most=most) for place in places)
    return tuple(replace(shelf, bins=tuple(bins[shelf.stock.pk])) for shelf in shelves)


def _shelf(place: Place, kept: Sequence[SafetyStock], arrivals: Sequence[Arrival], *, most: int) -> Shelf:
    stock = place.stock
    left_alone = max((row.quantity for row in kept), default=0)
    return Shelf(
        place=place,
        bar=level(stock.on_hand, stock.reserved, kept=left_alone, most=most),
        kept=tuple(kept),
        arrivals=tuple(arrival for arrival in arrivals if arrival.warehouse_id == stock.warehouse_id),
    )


def _ledger(product: Product, on_hand: Mapping[int, int]) -> tuple[LedgerLine, ...]:
    """The newest lines first; going back from what is on hand now tells what was there after each."""
    left = defaultdict(int, on_hand)
    lines = []
    newest = StockMovement.objects.filter(stock__product=product).select_related("stock__warehouse").order_by("-id")
    for movement in newest[:LEDGER_LINES]:
        lines.append(LedgerLine(movement, left[movement.stock_id]))
        left[movement.stock_id] -= movement.quantity
    return tuple(lines)


def _variants(product: Product) -> tuple[Variant, ...]:
    if product.family is None:
        return ()
    others = product.family.variants.exclude(pk=product.pk).order_by("sku")
    return tuple(Variant(row, options_of(row)) for row in others)
