"""Products and units in words, and bundles in parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.models import BundleComponent, Product

MINUS = "\N{MINUS SIGN}"  # as wide as a plus


@dataclass(frozen=True)
class Part:
    """Units of one product in one bundle."""

    quantity: int
    product: Product


def parts_of(bundle_ids: Iterable[int]) -> Mapping[int, tuple[Part, ...]]:
    """What bundles are made of, by the bundle's id, in one query."""
    found: defaultdict[int, list[Part]] = defaultdict(list)
    for row in BundleComponent.objects.filter(bundle__in=list(bundle_ids)).select_related("component"):
        found[row.bundle_id].append(Part(row.quantity, row.component))
    return {bundle_id: tuple(parts) for bundle_id, parts in found.items()}


def options_of(product: Product) -> str:
    """What tells a variant apart: size M, colour red."""
    return ", ".join(f"{name} {value}" for name, value in sorted(product.options.items()))


def signed(units: int) -> str:
    """+1,284 or −3."""
    return f"{units:+,}".replace("-", MINUS)
