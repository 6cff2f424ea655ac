"""The mail that asks a customer: its words, and how it is laid out."""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from feedback.questions import SCORES
from orders.letters.letter import Letter, standard, values_of
from orders.models import Order

PLAIN, AFTER_RETURN, REMINDER = "survey", "survey_returned", "survey_reminder"
FULL_NAME = "full_name"


def survey_words(kind: str) -> Letter:
    """What the program says, in the language that is active, with names in braces."""
    opening = {
        PLAIN: _("your order %(number)s has arrived. Was everything as you expected?\nIt takes a minute:"),
        AFTER_RETURN: _(
            "something of your order %(number)s came back to us, and that is settled now.\n"
            "We would like to know how we did all the same. It takes a minute:"
        ),
        REMINDER: _(
            "some days ago we asked how order %(number)s was. We would still like to know, and will not ask again.\n"
            "It takes a minute:"
        ),
    }[kind]
    subject = _("%(shop)s: how was order %(number)s?")
    return standard(subject, opening, _("Thank you,") + "\n{shop}", greeted=FULL_NAME)


def survey_values(order: Order) -> dict[str, str]:
    """For the names."""
    return values_of(order, shop=settings.SHOP_NAME)


def survey_mail(letter: Letter, values: Mapping[str, str], address: str) -> tuple[str, str, str]:
    """Subject, text and HTML. Each score is a link that opens the form with it chosen, and stores nothing."""
    filled = letter.filled(values)
    scores = [(score, words, f"{address}?csat={score}") for score, words in SCORES]
    context = {"letter": filled, "link": address, "scores": scores}
    html = render_to_string("feedback/survey_mail.html", context)
    return filled.subject, render_to_string("feedback/survey_mail.txt", context), html
