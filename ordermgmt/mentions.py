"""People who are called upon in notes by @name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from inventory import clock
from orders.models import Hold, OrderEvent

NAME = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")
SHOWN_FOR, SHOWN, LOOKED_AT = timedelta(days=7), 10, 1000


def colleagues() -> list[dict[str, str]]:
    """Those of the staff whom an @ can name, with what they are called."""
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("username")
    rows = [{"name": user.username, "called": user.get_full_name()} for user in staff]
    return [row for row in rows if NAME.fullmatch(f"@{row['name']}")]


def unknown(text: str) -> list[str]:
    """The names in a note that are nobody's of the staff."""
    names = set(NAME.findall(text))
    known = User.objects.filter(is_staff=True, is_active=True, username__in=names).values_list("username", flat=True)
    return sorted(names - set(known)) if names else []


@dataclass(frozen=True)
class Mention:
    """Where somebody is called upon, by whom, and in which words."""

    number: int
    text: str
    by: str
    at: datetime


def mentions_of(user: AbstractBaseUser | AnonymousUser) -> Sequence[Mention]:
    """The notes of the last days that call upon this person, and those of holds that stand, newest first."""
    name = user.get_username()
    notes = OrderEvent.objects.filter(name="order.noted", at__gte=clock.now() - SHOWN_FOR, data__text__icontains="@")
    holds = Hold.objects.filter(released_at=None, note__contains="@")
    columns = ("order__number", "said", "by", "at")
    both = (
        notes.annotate(said=KT("data__text")).order_by().values_list(*columns),
        holds.annotate(said=Cast("note", TextField())).order_by().values_list(*columns),
    )
    found = (Mention(*row) for row in both[0].union(both[1], all=True).order_by("-at")[:LOOKED_AT])
    return list(islice((row for row in found if name in NAME.findall(row.text)), SHOWN))


def marked(text: str) -> SafeString:
    """The text with each name that is called upon made to stand out."""
    parts = NAME.split(text)
    pieces = [
        format_html('<b class="mention">@{}</b>', part) if place % 2 else conditional_escape(part)
        for place, part in enumerate(parts)
    ]
    return mark_safe("".join(pieces))  # noqa: S308 each piece is escaped above
