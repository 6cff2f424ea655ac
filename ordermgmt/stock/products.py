"""Products and units in words."""

from inventory.models import Product

MINUS = "\N{MINUS SIGN}"  # as wide as a plus


def options_of(product: Product) -> str:
    """What tells a variant apart: size M, colour red."""
    return ", ".join(f"{name} {value}" for name, value in sorted(product.options.items()))


def signed(units: int) -> str:
    """+1,284 or −3."""
    return f"{units:+,}".replace("-", MINUS)
