"""Lists of goods as people type, paste or scan them: one product per line, by SKU or barcode."""

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from inventory.models import Product
from inventory.wording import grouped

MOST_LINES = 300
MOST_UNITS = 1_000_000
NAME_AND_UNITS = re.compile(r"(?P<name>.+?)[\s,;]+(?P<units>\d{1,9})")


def units_by_product(text: str) -> dict[int, int]:
    """Lines of name and units as units by product id; raises ValidationError with a sentence per faulty line."""
    lines = _lines(text)
    found = {place: NAME_AND_UNITS.fullmatch(line) for place, line in lines.items()}
    products = named_products(match["name"] for match in found.values() if match)
    units: dict[int, int] = {}
    faults = []
    for place, match in found.items():
        product = products.get(match["name"].upper()) if match else None
        if match is None:
            faults.append(
                _("Line {place}: “{lines}” does not end with a number of units.").format(
                    place=place, lines=lines[place]
                )
            )
        elif product is None:
            faults.append(_("Line {place}: “{name}” is no SKU or barcode.").format(place=place, name=match["name"]))
        elif not 1 <= int(match["units"]) <= MOST_UNITS:
            faults.append(
                _("Line {place}: units go from 1 to {most_units}.").format(place=place, most_units=grouped(MOST_UNITS))
            )
        elif product.pk in units:
            faults.append(_("Line {place}: {sku} stands above already.").format(place=place, sku=product.sku))
        else:
            units[product.pk] = int(match["units"])
    if faults:
        raise ValidationError(faults)
    return units


def products_in(text: str) -> list[Product]:
    """The products that lines name, each once; raises ValidationError with a sentence per faulty line."""
    lines = _lines(text)
    products = named_products(lines.values())
    if faults := [
        _("Line {place}: “{line}” is no SKU or barcode.").format(place=place, line=line)
        for place, line in lines.items()
        if line.upper() not in products
    ]:
        raise ValidationError(faults)
    return list({products[line.upper()].pk: products[line.upper()] for line in lines.values()}.values())


def named_products(names: Iterable[str]) -> Mapping[str, Product]:
    """Products by their SKU and by their barcode, in capitals, in one query; a SKU goes before a barcode."""
    wanted = {name.upper() for name in names}
    rows = list(Product.objects.annotate(upper=Upper("sku")).filter(Q(upper__in=wanted) | Q(barcode__in=wanted)))
    return {row.barcode: row for row in rows if row.barcode} | {row.sku.upper(): row for row in rows}


def _lines(text: str) -> dict[int, str]:
    """What stands in each line that is not empty, by the line's number."""
    lines = {place: line.strip() for place, line in enumerate(text.splitlines(), 1) if line.strip()}
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("{lines} lines are too many for one sheet: make it {most_lines} at most.").format(
                lines=len(lines), most_lines=MOST_LINES
            )
        )
    return lines
