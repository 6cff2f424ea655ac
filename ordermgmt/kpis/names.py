"""What the values of a cut are called: a product by its name too, anything else by itself."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from inventory.models import Product
from kpis.figures import Scope
from kpis.models import LineFact

NOBODY_SAID = _("(not said)")


def called(cut: str, values: Sequence[str], scope: Scope) -> dict[str, str]:
    """By value. Of a product that the shop does not have, as the imported lines of the window call it."""
    if cut != "product":
        return {value: value or str(NOBODY_SAID) for value in values}
    names = dict(Product.objects.filter(sku__in=values).values_list("sku", "name"))
    if missing := [value for value in values if value not in names]:
        inside = {"delivered_at__gte": scope.window.since, "delivered_at__lt": scope.window.until}
        lines = LineFact.objects.filter(sku__in=missing, **inside).values("sku")
        names |= dict(lines.annotate(called=Max("name")).values_list("sku", "called"))
    return {value: f"{value} {names.get(value, '')}".strip() or str(NOBODY_SAID) for value in values}
