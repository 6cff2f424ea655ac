"""What went wrong with parcels, as their customer reads it: what happened, and what can be done. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Mishap:
    """A headline and an advice."""

    headline: str
    advice: str


# Parcels that do not come any more, so that no day can be named for them.
GONE = frozenset({"lost", "returned_to_sender", "returning"})
# By the parcel's status, the gravest first: of the only parcel, of one and of more of several, and what to do.
MISHAPS = {
    "lost": (
        gettext_lazy("Your parcel was lost"),
        gettext_lazy("One of your parcels was lost"),
        gettext_lazy("Several of your parcels were lost"),
        gettext_lazy("We are sorry. You need not do anything: you get your goods or your money, and we write to you."),
    ),
    "returned_to_sender": (
        gettext_lazy("Your parcel came back to us"),
        gettext_lazy("One of your parcels came back to us"),
        gettext_lazy("Several of your parcels came back to us"),
        gettext_lazy("Still want it? Write to us with the right address, and we send it again. Else we pay it back."),
    ),
    "returning": (
        gettext_lazy("Your parcel is on its way back to us"),
        gettext_lazy("One of your parcels is on its way back to us"),
        gettext_lazy("Several of your parcels are on their way back to us"),
        gettext_lazy("The carrier could not hand it over. Still want it? Write to us with the right address."),
    ),
    "delivery_failed": (
        gettext_lazy("They could not hand over your parcel"),
        gettext_lazy("They could not hand over one of your parcels"),
        gettext_lazy("They could not hand over several of your parcels"),
        gettext_lazy("The carrier tries again, mostly on the next working day. Is the address wrong? Write to us."),
    ),
}


def mishap_of(statuses: Sequence[str], *, of: int) -> Mishap | None:
    """The gravest among parcels' statuses; None while all is well. `of` counts the parcels of the order."""
    for status, (only, one_of_them, several, advice) in MISHAPS.items():
        if count := statuses.count(status):
            return Mishap(str(several if count > 1 else only if of == 1 else one_of_them), str(advice))
    return None
