"""The forms in which people are compared: by e-mail, domain, phone, address and name. Pure.

Each returns "" for what cannot be compared, so that two unknowns are never the same person.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from orders.models import Blocked

Kind = Blocked.Kind
PHONE_DIGITS = 9  # the end of a number is the same with and without the country's code
FEWEST_DIGITS = 6
DOMAIN = re.compile(r"[^\s@.]+(\.[^\s@.]+)+")


def email_mark(email: str) -> str:
    """In lower case, without what stands after a plus: ann+shop@x.org is ann@x.org."""
    local, at, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    return f"{local}@{domain}" if local and at and DOMAIN.fullmatch(domain) else ""


def domain_mark(domain: str) -> str:
    """What stands behind the @, or a domain itself, in lower case."""
    name = domain.strip().lower().rpartition("@")[2].rstrip(".")
    return name if DOMAIN.fullmatch(name) else ""


def phone_mark(phone: str) -> str:
    """The last nine digits, so that +44 7946 000123 is 07946 000123."""
    digits = re.sub(r"\D", "", phone)
    return digits[-PHONE_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""


def address_mark(address: Mapping[str, str]) -> str:
    """Country, postal code and first line, of each the letters and digits only."""
    parts = [_letters(str(address.get(name) or "")) for name in ("country", "postal_code", "line1")]
    return " ".join(parts) if parts[1] and parts[2] else ""


def name_mark(name: str) -> str:
    """In lower case, words apart by one blank; as `NAME_IN_SQL` in `merging`."""
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


def postcode_mark(address: Mapping[str, str]) -> str:
    """The postal code with its country."""
    postcode = _letters(str(address.get("postal_code") or ""))
    return f"{_letters(str(address.get('country') or ''))} {postcode}" if postcode else ""


def mark(kind: str, value: str) -> str:
    """`value` as orders are compared by it; an address is written as line, postal code, country.

    Raises ValueError with a sentence for people.
    """
    found = READERS[Kind(kind)](value)
    if not found:
        raise ValueError(UNREADABLE[Kind(kind)])
    return found


def _written(text: str) -> str:
    line, _, rest = text.rpartition(",")
    line, _, postcode = line.rpartition(",")
    return address_mark({"line1": line, "postal_code": postcode, "country": rest})


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if letter.isalnum()).lower()


READERS = {Kind.EMAIL: email_mark, Kind.DOMAIN: domain_mark, Kind.PHONE: phone_mark, Kind.ADDRESS: _written}
UNREADABLE = {
    Kind.EMAIL: _("This is no e-mail address."),
    Kind.DOMAIN: _("This is no domain: write example.org."),
    Kind.PHONE: _("A phone number has six digits or more."),
    Kind.ADDRESS: _("Write the first line, the postal code and the country, with commas: 1 High Street, N1 9GU, GB."),
}
