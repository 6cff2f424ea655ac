"""People who are called upon in notes by @name."""

import re
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from inventory import clock
from orders.models import OrderEvent

NAME = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")
SHOWN_FOR, SHOWN = timedelta(days=7), 10


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


def mentions_of(user: AbstractBaseUser | AnonymousUser) -> Sequence[OrderEvent]:
    """The notes of the last days that call upon this person, newest first."""
    name = user.get_username()
    notes = OrderEvent.objects.filter(name="order.noted", at__gte=clock.now() - SHOWN_FOR, data__text__icontains="@")
    rows = notes.select_related("order__customer").order_by("-at")
    called = (row for row in rows[:1000] if name in NAME.findall(str(row.data.get("text"))))
    return [row for _, row in zip(range(SHOWN), called, strict=False)]


def marked(text: str) -> SafeString:
    """The text with each name that is called upon made to stand out."""
    parts = NAME.split(text)
    pieces = [
        format_html('<b class="mention">@{}</b>', part) if place % 2 else conditional_escape(part)
        for place, part in enumerate(parts)
    ]
    return mark_safe("".join(pieces))  # noqa: S308 each piece is escaped above
