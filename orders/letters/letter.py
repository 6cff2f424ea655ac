"""A mail's words: plain text with names in braces.

They are data and never evaluated: a name that is known gives way to its value, once, and HTML is escaped where the mail
is laid out.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orders.models import Order
from orders.money import shown

NAMED = re.compile(r"\{(\w+)\}")
BRACES = re.compile(r"\{[^{}]*\}|[{}]")
MESSAGE_NAME = re.compile(r"%\((\w+)\)s")
# What the program's messages call otherwise than the shop's people do.
NAMES = {"number": "order_number", "rma": "return_number", "count": "parcels"}
PEOPLE = ("name", "full_name")


@dataclass(frozen=True)
class Letter:
    """What is said in one kind of mail; `opening` stands before the facts and `closing` after, as paragraphs."""

    subject: str
    greeting: str
    opening: str
    closing: str = ""

    @property
    def opening_paragraphs(self) -> list[str]:
        """Parted by empty lines."""
        return _paragraphs(self.opening)

    @property
    def closing_paragraphs(self) -> list[str]:
        """Parted by empty lines."""
        return _paragraphs(self.closing)

    def filled(self, values: Mapping[str, str]) -> "Letter":
        """With values for the names; a greeting by name becomes a plain one where there is no name."""
        nameless = any(f"{{{name}}}" in self.greeting and not values.get(name) for name in PEOPLE)
        greeting = _("Hello,") if nameless else _filled(self.greeting, values)
        subject = " ".join(_filled(self.subject, values).split())
        return Letter(subject, greeting, _filled(self.opening, values), _filled(self.closing, values))

    def unknown(self, known: Collection[str]) -> dict[str, list[str]]:
        """By field, what stands in braces and is no name of `known`, and braces that stand alone."""
        found = {field.name: BRACES.findall(getattr(self, field.name)) for field in fields(self)}
        wrong = {field: [one for one in braces if one[1:-1] not in known] for field, braces in found.items()}
        return {field: braces for field, braces in wrong.items() if braces}


def standard(subject: str, opening: str, closing: str = "", *, greeted: str = "name") -> Letter:
    """The program's own words, as messages of gettext, with the names that people write."""
    greeting = _("Dear %(name)s,") % {"name": f"{{{greeted}}}"}
    return Letter(_named(subject), greeting, _named(opening), _named(closing))


def values_of(order: Order, *, shop: str, **told: object) -> dict[str, str]:
    """What every mail about an order may say, and what this one knows besides, under people's names."""
    own = {NAMES.get(name, name): str(value) for name, value in told.items()}
    return {
        "name": next(iter(order.customer.name.split()), ""),
        "full_name": order.customer.name,
        "order_number": str(order.number),
        "order_date": day_of(order.placed_at),
        "expected_by": day_of(order.promised_at),
        "total": shown(order.total, order.currency),
        "shop": shop or settings.SHOP_NAME,
        **own,
    }


def day_of(moment: object) -> str:
    """As a mail writes it, in the time zone that is active."""
    return written(timezone.localtime(moment), pgettext("date", "l, j F"))  # type: ignore[arg-type]


def _filled(text: str, values: Mapping[str, str]) -> str:
    return NAMED.sub(lambda found: values.get(found[1], found[0]), text)


def _named(message: str) -> str:
    return MESSAGE_NAME.sub(lambda found: f"{{{NAMES.get(found[1], found[1])}}}", message)


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [part.strip() for part in parts if part.strip()]
