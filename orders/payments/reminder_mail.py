"""The letters to those who have not paid: their words, and how they are laid out."""

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orders.letters.letter import Letter, standard, values_of
from orders.models import Order

FIRST, AGAIN, LAST = "reminder", "reminder_again", "reminder_last"


def reminder_kind(level: int, last: int) -> str:
    """The text of a level, of which the `last` ends it."""
    return FIRST if level == 1 else LAST if level >= last else AGAIN


def reminder_words(kind: str) -> Letter:
    """What the program says, in the language that is active, with names in braces."""
    openings = {
        FIRST: _("you may have overlooked our invoice for order %(number)s, which was due on %(due_on)s."),
        AGAIN: _("we have reminded you of our invoice for order %(number)s, which was due on %(due_on)s."),
        LAST: _(
            "our invoice for order %(number)s was due on %(due_on)s, and we have reminded you before. "
            "This is our last reminder: until it is paid, new orders wait."
        ),
    }
    last, usual = _("%(shop)s: last reminder, order %(number)s"), _("%(shop)s: reminder, order %(number)s")
    closing = _("If your payment is on its way, thank you, and forget this letter.")
    return standard(last if kind == LAST else usual, openings[kind], closing, greeted="full_name")


def reminder_values(order: Order, *, owed: str, due_on: date) -> dict[str, str]:
    """For the names."""
    return values_of(order, shop=settings.SHOP_NAME, due_on=date_format(due_on), amount=owed)


def reminder_mail(letter: Letter, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text; there is no HTML of it."""
    filled = letter.filled(values)
    context = {"letter": filled, "owed": values["amount"], "number": values["order_number"], "shop": values["shop"]}
    return filled.subject, render_to_string("payments/reminder_mail.txt", context)
