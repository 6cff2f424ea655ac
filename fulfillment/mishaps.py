"""What went wrong with a parcel, as its customer reads it: what happened, and what can be done. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Mishap:
    """A headline and an advice; `is_final` where no day can be named any more."""

    headline: str
    advice: str
    is_final: bool


# By the parcel's status, the gravest first: of the only parcel, of one of several, and what to do.
MISHAPS = {
    "lost": (
        gettext_lazy("Your parcel was lost"),
        gettext_lazy("One of your parcels was lost"),
        gettext_lazy("We are sorry. You need not do anything: you get your goods or your money, and we write to you."),
    ),
    "returned_to_sender": (
        gettext_lazy("Your parcel came back to us"),
        gettext_lazy("One of your parcels came back to us"),
        gettext_lazy("Still want it? Write to us with the right address, and we send it again. Else we pay it back."),
    ),
    "returning": (
        gettext_lazy("Your parcel is on its way back to us"),
        gettext_lazy("One of your parcels is on its way back to us"),
        gettext_lazy("The carrier could not hand it over. Still want it? Write to us with the right address."),
    ),
    "delivery_failed": (
        gettext_lazy("They could not hand over your parcel"),
        gettext_lazy("They could not hand over one of your parcels"),
        gettext_lazy("The carrier tries again, mostly on the next working day. Is the address wrong? Write to us."),
    ),
}


def mishap_of(statuses: Collection[str], *, of: int) -> Mishap | None:
    """The gravest among parcels' statuses; None while all is well. `of` counts the parcels of the order."""
    for status, (only, one_of_them, advice) in MISHAPS.items():
        if status in statuses:
            return Mishap(str(only if of == 1 else one_of_them), str(advice), of == 1 and status != "delivery_failed")
    return None
