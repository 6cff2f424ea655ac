"""The index of all settings: what each does, in a sentence, and where it is set."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ordermgmt.access import MAY_SET_UP, MAY_USERS
from ordermgmt.setup.subjects import SUBJECTS, Subject, Words


@dataclass(frozen=True)
class Entry:
    """One setting: its name, what it does, and its page."""

    title: Words
    sentence: Words
    address: str


@dataclass(frozen=True)
class Variable:
    """Something that is set where the system is started, and what it is now."""

    name: str
    value: object
    sentence: Words


def sections(request: HttpRequest) -> Sequence[tuple[Words, Sequence[Entry]]]:
    """By the part of the work that it is about; what the reader may not set is left out."""
    may = request.user.has_perm
    found: list[tuple[Words, list[Entry]]] = []
    if may(MAY_SET_UP):
        found += [
            (_("Selling"), _selling()),
            (
                _("Warehouse"),
                [*_of("warehouses", "layouts"), _named("cartons", *CARTONS), _named("warehouse-setup", *WORK)],
            ),
            (_("Shipping"), _of("carriers", "services", "rates", "weight-breaks")),
            (_("After the delivery"), [*_of("return-reasons", "return-policies"), *_named_all()]),
        ]
    people = [_named("settings-users", *USERS)] if may(MAY_USERS) else []
    shop = (
        [_named("settings-shop", *SHOP), _named("settings-bounds", *LIMITS), _named("settings-start", *START)]
        if may(MAY_SET_UP)
        else []
    )
    return [*([(_("Shop and people"), [*shop, *people])] if shop or people else []), *found]


POLICY = (_("Approval policy"), _("Which orders go through by themselves and which wait for a person."))
WORK = (_("Picking, trolleys and inserts"), _("How work is shared among pickers, and what small things go into a box."))
WEBHOOKS = (_("Webhooks"), _("Which programs are told of events, and whether they heard it."))
CARTONS = (_("Cartons"), _("What goods are packed in: measures, prices, and how many are left."))
SURVEY = (_("Survey"), _("What customers are asked after the delivery, when, and who gets back to the unhappy."))
MAILS = (_("E-mails"), _("What customers are written at each step, in each language: change the words."))
USERS = (_("Users"), _("Who may sign in, in which role, and in which warehouses they work."))
SHOP = (_("Shop"), _("Its name, time zone and limits that are set at the start."))
LIMITS = (_("Time limits"), _("How long an order may stay in each stage before it is late, and others be silent."))
START = (_("First steps"), _("The checklist of a new shop, and the demo data."))


def variables() -> Sequence[Variable]:
    """What the operator of the system sets, as it is now."""
    return [
        Variable("SHOP_NAME", settings.SHOP_NAME, _("What customers read at the head of pages and mails.")),
        Variable("SHOP_TIME_ZONE", settings.SHOP_TIME_ZONE, _("Whose days and hours are shown everywhere.")),
        Variable("BASE_URL", settings.BASE_URL, _("Where links in mails lead.")),
        Variable("DEFAULT_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL, _("Who the mails come from.")),
        Variable("RETURN_WINDOW_DAYS", settings.RETURN_WINDOW_DAYS, _("Days to send back, where no policy says.")),
        Variable(
            "DUNNING_DAYS",
            ", ".join(map(str, settings.DUNNING_DAYS)),
            _("Days after which an unpaid invoice is reminded of."),
        ),
        Variable(
            "MFA_REQUIRED",
            _("yes") if settings.MFA_REQUIRED else _("no"),
            _("Whether those who approve or refund need a second factor."),
        ),
    ]


def _selling() -> list[Entry]:
    shops = _of("products", "tax-classes", "channels", "shipping-methods")
    return [*shops, _keys(), _named("webhooks", *WEBHOOKS), _named("approval-policies", *POLICY)]


def _of(*slugs: str) -> list[Entry]:
    return [_entry(SUBJECTS[slug]) for slug in slugs]


def _entry(subject: Subject) -> Entry:
    return Entry(subject.title, subject.sentence, reverse("settings-list", args=[subject.slug]))


def _keys() -> Entry:
    return Entry(_("API keys"), _("What lets a channel's programs in; each is shown once."), reverse("settings-keys"))


def _named(name: str, title: Words, sentence: Words) -> Entry:
    return Entry(title, sentence, reverse(name))


def _named_all() -> list[Entry]:
    return [_named("question-sets", *SURVEY), _named("settings-mail-texts", *MAILS)]
