"""The list of products: what is free where, what is on its way; searched, narrowed, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from inventory.models import Product, Stock, Warehouse
from inventory.selectors import Arrival, next_arrivals
from inventory.supply import Part, parts_of
from inventory.wording import Words
from ordermgmt.stock.deliveries import today
from ordermgmt.stock.marks import Mark, product_marks
from ordermgmt.stock.places import Place, Places, free_of, made_of, places_of
from ordermgmt.stock.products import options_of

PAGE = 50
MOST_COLUMNS = 4
TABS = {"": _("All"), "low": _("Low"), "out": _("Out"), "backordered": _("Backordered")}


@dataclass(frozen=True)
class Wanted:
    """What the address asks for. `before` and `after` are the SKUs a page ends at."""

    tab: str = ""
    q: str = ""
    before: str = ""
    after: str = ""

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed; what is empty is left out."""
        asked = {"tab": self.tab, "q": self.q} | changes
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def is_plain(self) -> bool:
        """Nothing but search words, as the search box sends them."""
        return not (self.tab or self.before or self.after)


@dataclass(frozen=True)
class Chip:
    """One tab to switch to; `count` is None where nobody asks how many."""

    label: Words
    count: int | None
    address: str
    chosen: bool


@dataclass(frozen=True)
class Cell:
    """One warehouse in a row; `place` is None where the product does not lie in it."""

    warehouse: Warehouse
    place: Place | None


@dataclass(frozen=True)
class Row:
    """One product. `free` is what can be promised from the shelves; of a bundle, how many can be made of them."""

    product: Product
    options: str
    cells: tuple[Cell, ...]
    parts: tuple[Part, ...]
    free: int
    arrivals: tuple[Arrival, ...]
    marks: tuple[Mark, ...]

    @property
    def coming(self) -> int:
        return sum(arrival.units for arrival in self.arrivals)

    @property
    def is_late(self) -> bool:
        """Whether the next arrival should have come by now."""
        return bool(self.arrivals) and self.arrivals[0].due_on < today()


@dataclass(frozen=True)
class ProductPageList:
    """One page of products; `earlier` and `later` are the addresses of its neighbours."""

    wanted: Wanted
    chips: tuple[Chip, ...]
    rows: tuple[Row, ...]
    earlier: str
    later: str


def product_list(wanted: Wanted) -> ProductPageList:
    """Read it all, in five queries; one product more than shown tells whether there is a next page."""
    matching = _matching(wanted.q)
    products, more_earlier, more_later = _page(matching, wanted)
    return ProductPageList(
        wanted=wanted,
        chips=_chips(matching, wanted),
        rows=_rows(products),
        earlier=wanted.query(before=products[0].sku) if products and more_earlier else "",
        later=wanted.query(after=products[-1].sku) if products and more_later else "",
    )


def find_exact(words: str) -> str | None:
    """The SKU of the one product that these words name: its SKU, in any case, or its barcode."""
    named = Q(sku__iexact=words) | Q(barcode=words) if words else Q(pk=None)
    skus = Product.objects.filter(named).values_list("sku", flat=True)[:2]
    return skus[0] if len(skus) == 1 else None


def tab_conditions() -> dict[str, Q]:
    """What puts a product on a tab, as the stock room's own lists of what is low and what is out have it."""
    here = Stock.objects.filter(product=OuterRef("pk"))
    sending = here.filter(warehouse__active=True)
    sold = Q(active=True)
    low = sending.filter(reorder_point__gt=0, on_hand__lte=F("reserved") + F("reorder_point"))
    return {
        "low": sold & Q(Exists(low)),
        "out": sold & Q(Exists(here)) & ~Q(Exists(sending.filter(on_hand__gt=F("reserved")))),
        "backordered": Q(Exists(here.filter(reserved__gt=F("on_hand")))),
    }


def _matching(words: str) -> QuerySet[Product]:
    if not words:
        return Product.objects.all()
    return Product.objects.filter(
        Q(sku__icontains=words)
        | Q(name__icontains=words)
        | Q(barcode__startswith=words)
        | Q(family__name__icontains=words)
    )


def _page(matching: QuerySet[Product], wanted: Wanted) -> tuple[list[Product], bool, bool]:
    products = matching.select_related("family")
    if wanted.tab:
        products = products.filter(tab_conditions()[wanted.tab])
    if wanted.before:
        rows = list(products.filter(sku__lt=wanted.before).order_by("-sku")[: PAGE + 1])
        return rows[:PAGE][::-1], len(rows) > PAGE, True
    if wanted.after:
        products = products.filter(sku__gt=wanted.after)
    rows = list(products.order_by("sku")[: PAGE + 1])
    return rows[:PAGE], bool(wanted.after), len(rows) > PAGE


def _chips(matching: QuerySet[Product], wanted: Wanted) -> tuple[Chip, ...]:
    counts = matching.order_by().aggregate(
        **{name: Count("pk", filter=condition) for name, condition in tab_conditions().items()}
    )
    return tuple(
        Chip(label, counts.get(name), wanted.query(tab=name), wanted.tab == name) for name, label in TABS.items()
    )


def _rows(products: Sequence[Product]) -> tuple[Row, ...]:
    parts = parts_of(product.pk for product in products)
    ids = {product.pk for product in products} | {part.product_id for made in parts.values() for part in made}
    places, arrivals = places_of(ids), next_arrivals(ids)
    rows = [_row(product, parts.get(product.pk, ()), places, arrivals.get(product.pk, [])) for product in products]
    return tuple(_aligned(rows))


def _row(product: Product, parts: tuple[Part, ...], places: Places, arrivals: Sequence[Arrival]) -> Row:
    here = places.get(product.pk, ())
    free = made_of(parts, places) if parts else free_of(here)
    return Row(
        product=product,
        options=options_of(product),
        cells=tuple(Cell(place.stock.warehouse, place) for place in here),
        parts=parts,
        free=free,
        arrivals=tuple(arrivals),
        marks=product_marks(product, here, free=free, is_bundle=bool(parts)),
    )


def _aligned(rows: Sequence[Row]) -> Sequence[Row]:
    """The same warehouse below itself in every row, where there are so few that this leaves no desert."""
    columns = sorted({cell.warehouse for row in rows for cell in row.cells}, key=attrgetter("priority", "pk"))
    if len(columns) > MOST_COLUMNS:
        return rows
    found = [{cell.warehouse: cell for cell in row.cells} for row in rows]
    return [
        replace(row, cells=tuple(cells.get(warehouse, Cell(warehouse, None)) for warehouse in columns if cells))
        for row, cells in zip(rows, found, strict=True)
    ]
