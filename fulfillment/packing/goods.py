"""What is packed into what, and the answer: items, cartons, rates and the plan. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations

Size = tuple[int, int, int]  # millimetres: width, length, and upwards the height


@dataclass(frozen=True)
class Item:
    """Units of one article: size in mm as it stands upright, weight in grams, each.

    `upright`: only turned about the vertical. `no_stack`: nothing above it. `alone`: each unit in a carton of its own.
    `padding_mm`: room to be kept free on all six sides.
    """

    sku: str
    quantity: int
    size: Size
    weight_g: int
    upright: bool = False
    no_stack: bool = False
    alone: bool = False
    padding_mm: int = 0

    @property
    def room(self) -> Size:
        """The size with its padding."""
        width, length, height = (side + 2 * self.padding_mm for side in self.size)
        return width, length, height

    @property
    def turns(self) -> list[Size]:
        """Every way to stand, padding included: six, or two for what has to stay upright; equal ones once."""
        width, length, height = self.room
        if self.upright:
            return sorted({(width, length, height), (length, width, height)})
        return sorted({(sides[0], sides[1], sides[2]) for sides in permutations(self.room)})


@dataclass(frozen=True)
class Carton:
    """One kind of box: sizes in mm, weights in grams; `stock` None means as many as are needed."""

    name: str
    inner: Size
    outer: Size
    tare_g: int
    max_gross_g: int
    price: Decimal
    stock: int | None = None


@dataclass(frozen=True)
class Rates:
    """What the carrier asks for one parcel: a price up to each billable weight, in grams, ascending.

    The billable weight is the gross weight or, if more, the dimensional weight: outer volume in mm³ / `dim_divisor`,
    which is the carriers' usual cm³ per kg. What is heavier than the last break is not carried.
    """

    breaks: tuple[tuple[int, Decimal], ...]
    dim_divisor: int | None = None

    def billable_g(self, carton: Carton, gross_g: int) -> int:
        """Grams that are charged for."""
        if self.dim_divisor is None:
            return gross_g
        width, length, height = carton.outer
        return max(gross_g, -(-width * length * height // self.dim_divisor))

    def freight(self, carton: Carton, gross_g: int) -> Decimal | None:
        """The price of one parcel; None where it is not carried."""
        billable = self.billable_g(carton, gross_g)
        return next((price for most, price in self.breaks if billable <= most), None)


@dataclass(frozen=True)
class Placed:
    """One unit where it lies: its corner nearest to the carton's origin, and its size as turned, without padding."""

    sku: str
    at: Size
    size: Size


@dataclass(frozen=True)
class Filled:
    """One carton with what is in it, lowest first, its gross weight in grams, and what it costs with its freight."""

    carton: Carton
    items: tuple[Placed, ...]
    gross_g: int
    cost: Decimal


@dataclass(frozen=True)
class Plan:
    """The cartons of one order; `unpacked` has the SKU of each unit that no carton takes."""

    cartons: tuple[Filled, ...]
    unpacked: tuple[str, ...] = field(default=())

    @property
    def cost(self) -> Decimal:
        """Material and freight of all cartons."""
        return sum((filled.cost for filled in self.cartons), Decimal(0))
