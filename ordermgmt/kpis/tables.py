"""Tables beside the charts, for those who read numbers, and as CSV for those who count on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inventory.wording import Words, grouped
from ordermgmt.kpis.drawing import Drawing
from ordermgmt.sheets import csv_line

MOST_SHOWN = 100
Value = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True)
class Cell:
    """What is shown, and the value behind it; `address` leads to its orders."""

    shown: Words
    value: Value = None
    address: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Table:
    """`heads` of columns; all but the first are numbers, as long as `words` does not say otherwise.

    `total` is how many rows there would be, where not all were made.
    """

    heads: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    words: frozenset[int] = frozenset({0})
    total: int = 0

    @property
    def headed(self) -> Sequence[Sequence[tuple[Words, Cell]]]:
        """The rows on the page, each cell with its heading."""
        return [list(zip(self.heads, row, strict=True)) for row in self.shown]

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        """As many rows as a page bears."""
        return self.rows[:MOST_SHOWN]

    @property
    def left_out(self) -> int:
        """How many more there are."""
        return max(self.total, len(self.rows)) - len(self.shown)


@dataclass(frozen=True)
class Section:
    """A part of a figure's page. `is_grid`: the table is the chart.

    `is_headed`: with little room its rows fold, and each cell shows its heading.
    """

    slug: str
    title: str
    note: str
    drawing: Drawing | None
    table: Table
    is_grid: bool = False
    is_open: bool = False
    is_headed: bool = False
    nothing: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing to show; `nothing` says so in its own words."""
        return not self.table.rows or (self.drawing is not None and self.drawing.is_blank)


def number(count: int | None, address: str = "") -> Cell:
    """A count that leads to its orders, unless there is none."""
    if count is None:
        return Cell("–")
    return Cell(grouped(count), count, address if count else "")


def as_csv(table: Table) -> Iterator[str]:
    """Line by line. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    for row in (tuple(table.heads), *(tuple(map(_plain, cells)) for cells in table.rows)):
        yield csv_line(row)


def _plain(cell: Cell) -> Value:
    return str(cell.shown) if cell.value is None else cell.value
