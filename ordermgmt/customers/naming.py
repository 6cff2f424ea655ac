"""Customers by what people call them, so that the time does not grow with their number: by indexes alone."""

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet

from orders.customers.marks import PHONE_DIGITS
from orders.models import Customer
from orders.models.customers import PHONE_TAIL

FEWEST_DIGITS = 4  # of the end of a phone number
PHONE = re.compile(r"[\d\s+()./-]+", re.ASCII)


def named(words: str) -> QuerySet[Customer]:
    """By the beginnings of the words of their names, of their e-mail address, or the end of their phone number.

    Who was merged or erased is not found.
    """
    people = Customer.objects.filter(merged_into=None, erased_at=None)
    if PHONE.fullmatch(words):
        tail = re.sub(r"\D", "", words)[-PHONE_DIGITS:][::-1]
        few = len(tail) < FEWEST_DIGITS
        return people.none() if few else people.alias(tail=PHONE_TAIL).filter(tail__startswith=tail)
    parts = re.findall(r"\w+", words)
    if not parts:
        return people.none()
    asked = SearchQuery(" & ".join(f"{part}:*" for part in parts), search_type="raw", config="simple")
    known = people.alias(words=SearchVector("name", config="simple"))
    return known.filter(Q(words=asked) | Q(email__startswith=words.lower()))
