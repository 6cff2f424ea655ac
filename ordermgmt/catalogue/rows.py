"""A file of products, `docs/formats.md`: one row each, by the names in the header; or Shopify's export."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inventory.wording import grouped
from kpis.history_import.cells import MOST_UNITS, BadCell, amount, text, whole
from kpis.history_import.rows import IS_EMPTY, BadFile, wrong_width

MOST_ROWS = 20_000
MOST_MM, MOST_GRAMS = 100_000, 10_000_000
ON_HAND = "on_hand"
SIGNS = re.compile(r"[\s/()-]+")
YES, NO = ("yes", "true", "1", "active"), ("no", "false", "0", "draft", "archived")
CURRENCY = re.compile(r"[A-Z]{3}\Z")
FORMULA_GUARD = re.compile(r"'(?=[=+\-@])")

Read = Callable[[str], Any]


def _truth(cell: str) -> bool:
    if cell.lower() in (*YES, *NO):
        return cell.lower() in YES
    raise BadCell(gettext_noop("{cell} is neither yes nor no").format(cell=repr(cell)))


def _price(cell: str) -> str:
    return str(amount(cell))


def _currency(cell: str) -> str:
    if not CURRENCY.match(cell.upper()):
        raise BadCell(gettext_noop("{cell} is not a currency such as GBP").format(cell=repr(cell)))
    return cell.upper()


_mm = partial(whole, least=0, most=MOST_MM)
COLUMNS: Mapping[str, Read] = {
    "sku": partial(text, most=64),
    "name": partial(text, most=200),
    "price": _price,
    "currency": _currency,
    "tax_class": partial(text, most=32),
    "barcode": lambda cell: text(cell.removeprefix("'"), 14),
    "weight_g": partial(whole, least=0, most=MOST_GRAMS),
    "length_mm": _mm,
    "width_mm": _mm,
    "height_mm": _mm,
    "padding_mm": partial(whole, least=0, most=1_000),
    "upright": _truth,
    "no_stack": _truth,
    "ships_alone": _truth,
    "active": _truth,
    "hs_code": lambda cell: text(cell.replace(".", "").replace(" ", ""), 12),
    "origin": lambda cell: text(cell, 2).upper(),
    "customs_value": _price,
    ON_HAND: partial(whole, least=0, most=MOST_UNITS),
}
ALIASES: Mapping[str, str] = {
    "variant_sku": "sku",
    "title": "name",
    "variant_price": "price",
    "variant_grams": "weight_g",
    "variant_barcode": "barcode",
    "variant_inventory_qty": ON_HAND,
    "status": "active",
    "country_of_origin": "origin",
    "coo": "origin",
}
SHOPIFY = ("handle", "variant_sku")  # the columns by which its export is known
OPTIONS = ("option1_value", "option2_value", "option3_value")
NO_OPTION = "Default Title"


@dataclass(frozen=True)
class Row:
    """One product as the file has it: what its cells say by column, and what cannot be read of them."""

    line: int
    values: dict[str, Any]
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """A file that was read. `unread` are columns that say nothing here."""

    rows: Sequence[Row]
    unread: Sequence[str]


def read_products(data: bytes) -> Sheet:
    """All rows. Raises BadFile when it is no CSV in UTF-8, has no column `sku`, or names a column twice."""
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(_("The file is not in UTF-8.")) from None
    first = content.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(content), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        header = [_plain(name) for name in next(reader, [])]
        is_shopify = all(name in header for name in SHOPIFY)
        known = [None if is_shopify and name == "name" else _known(name) for name in header]
        _check(header, known)
        cells = ((reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells))
        said = ((line, dict(zip(header, row, strict=False)), row) for line, row in cells)
        rows = list(_shopify(said, known) if is_shopify else _rows(said, known))
    except csv.Error as error:
        raise BadFile(_("The CSV breaks in line {line}: {error}.").format(line=reader.line_num, error=error)) from None
    return Sheet(rows, [] if is_shopify else [name for name, to in zip(header, known, strict=True) if not to])


def _plain(name: str) -> str:
    return SIGNS.sub("_", name.strip().lower()).strip("_")


def _known(name: str) -> str | None:
    """The column that is meant; `on_hand:york` is what lies in one warehouse."""
    name = ALIASES.get(name, name)
    return name if name in COLUMNS or name.startswith(f"{ON_HAND}:") else None


def _check(header: Sequence[str], known: Sequence[str | None]) -> None:
    if "sku" not in known:
        told = _("The first line must name the columns, and one of them sku. Known are {columns}.")
        raise BadFile(told.format(columns=", ".join(COLUMNS)))
    named = [name for name in known if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise BadFile(_("Columns named twice: {columns}.").format(columns=", ".join(twice)))
    if len(header) > 200:
        raise BadFile(_("More than 200 columns."))


Said = Iterator[tuple[int, dict[str, str], list[str]]]


def _rows(said: Said, known: Sequence[str | None]) -> Iterator[Row]:
    for count, (line, _names, cells) in enumerate(said):
        if count >= MOST_ROWS:
            raise BadFile(_("More than {most} rows; send it in pieces.").format(most=grouped(MOST_ROWS)))
        yield _row(line, cells, known)


def _shopify(said: Said, known: Sequence[str | None]) -> Iterator[Row]:
    """The title stands on the first row of a product only; rows that only bring a picture have no SKU."""
    title, handle, status = "", "", ""
    for line, names, cells in said:
        if names["handle"] != handle:
            handle, title, status = names["handle"], names.get("title", ""), names.get("status", "")
        if not (names["variant_sku"].strip() or names.get("variant_price", "").strip()):
            continue
        options = [names.get(name, "").strip() for name in OPTIONS]
        name = " / ".join([title.strip(), *(word for word in options if word and word != NO_OPTION)])
        whole_row = [
            {"name": name, "active": status}.get(to or "", cell) for to, cell in zip(known, cells, strict=False)
        ]
        yield from _rows(iter([(line, names, whole_row)]), known)


def _row(line: int, cells: Sequence[str], known: Sequence[str | None]) -> Row:
    row = Row(line, {})
    if len(cells) != len(known):
        row.wrong.append(wrong_width(len(cells), len(known)))
    for name, given in zip(known, cells, strict=False):
        cell = FORMULA_GUARD.sub("", given.strip(), count=1) if given.startswith("'") else given.strip()
        if not name or not cell:
            continue
        try:
            row.values[name] = COLUMNS[name.partition(":")[0]](cell)
        except BadCell as bad:
            row.wrong.append(f"{name}: {bad}")
    if "sku" not in row.values:
        row.wrong.append(IS_EMPTY.format(column="sku"))
    return row


def template() -> Sequence[Sequence[str]]:
    """A file to begin with: the columns, and one product as an example."""
    example = {
        "sku": "MUG-1",
        "name": "Stoneware mug",
        "price": "12.50",
        "currency": "GBP",
        "tax_class": "",
        "barcode": "4006381333931",
        "weight_g": "380",
        "length_mm": "120",
        "width_mm": "90",
        "height_mm": "95",
        "padding_mm": "20",
        "upright": "no",
        "no_stack": "no",
        "ships_alone": "no",
        "active": "yes",
        "hs_code": "691200",
        "origin": "GB",
        "customs_value": "",
        ON_HAND: "24",
    }
    return [list(COLUMNS), [example[name] for name in COLUMNS]]
