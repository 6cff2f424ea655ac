"""Why things come back: the shop's tree of reasons, and the one the program brings.

The defaults follow the reasons that Shopify and Amazon publish for their returns; the codes that figures know
(`kpis.fold.statements`) are among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.errors import NotReturnable
from fulfillment.models import ReturnReason
from inventory.wording import Words

CUSTOMER, SHOP, CARRIER = ReturnReason.Fault.CUSTOMER, ReturnReason.Fault.SHOP, ReturnReason.Fault.CARRIER
# Group: (code, label, whose fault, needs a photo) of each reason in it.
DEFAULTS: dict[tuple[str, Words], tuple[tuple[str, Words, ReturnReason.Fault, bool], ...]] = {
    ("changed_mind", gettext_lazy("Changed my mind")): (
        ("unwanted", gettext_lazy("No longer wanted"), CUSTOMER, False),
        ("bought_by_mistake", gettext_lazy("Bought by mistake"), CUSTOMER, False),
        ("better_price", gettext_lazy("Found a better price"), CUSTOMER, False),
    ),
    ("fit", gettext_lazy("Size, colour or style")): (
        ("size_too_small", gettext_lazy("Too small"), CUSTOMER, False),
        ("size_too_large", gettext_lazy("Too large"), CUSTOMER, False),
        ("style", gettext_lazy("Colour or style is not what I hoped for"), CUSTOMER, False),
    ),
    ("fault", gettext_lazy("Something is wrong with it")): (
        ("damaged", gettext_lazy("Arrived damaged"), CARRIER, True),
        ("defective", gettext_lazy("Does not work"), SHOP, False),
        ("missing_parts", gettext_lazy("Parts are missing"), SHOP, False),
        ("poor_quality", gettext_lazy("Quality is not good enough"), SHOP, False),
    ),
    ("not_ordered", gettext_lazy("Not what I ordered")): (
        ("wrong_item", gettext_lazy("Wrong item"), SHOP, False),
        ("not_as_described", gettext_lazy("Not as described"), SHOP, False),
        ("too_late", gettext_lazy("Arrived too late"), CARRIER, False),
    ),
}


@dataclass(frozen=True)
class Reason:
    """One reason that can be chosen."""

    code: str
    label: str
    fault: str
    needs_photo: bool = False
    for_customers: bool = True

    @property
    def is_customers_wish(self) -> bool:
        """Whether nobody but the customer is the cause."""
        return self.fault == CUSTOMER


# Nobody chooses it: a parcel that could not be handed over came back by itself.
UNDELIVERABLE = Reason("undeliverable", "Could not be delivered", CARRIER, for_customers=False)


@dataclass(frozen=True)
class Group:
    """Reasons under one heading."""

    label: str
    reasons: tuple[Reason, ...]


def reason_groups(*, for_customers: bool = False) -> list[Group]:
    """The tree as it is offered: active reasons under their headings; the program's own while the shop has none."""
    rows = list(ReturnReason.objects.all()) or list(default_rows())
    children: dict[str, list[ReturnReason]] = {}
    for row in rows:
        if row.parent is not None:
            children.setdefault(row.parent.code, []).append(row)
    found = []
    for row in rows:
        if row.parent is None and row.active:
            here = [child for child in children.get(row.code, [row]) if child.active]
            shown = [_reason(child) for child in here if child.for_customers or not for_customers]
            if shown:
                found.append(Group(row.label, tuple(shown)))
    return found


def all_reasons() -> dict[str, Reason]:
    """Every reason by code, those no longer offered too: labels of what was returned for them."""
    rows = list(ReturnReason.objects.all()) or list(default_rows())
    return {UNDELIVERABLE.code: UNDELIVERABLE, **{row.code: _reason(row) for row in rows}}


def reason_named(code: str) -> Reason:
    """The offered reason of this code; raises NotReturnable."""
    for group in reason_groups():
        for reason in group.reasons:
            if reason.code == code:
                return reason
    raise NotReturnable(_("There is no reason {code}").format(code=code))


def default_rows() -> Iterator[ReturnReason]:
    """The program's own tree as rows that are not stored, groups before their reasons."""
    position = 0
    for (code, label), reasons in DEFAULTS.items():
        parent = ReturnReason(code=code, label=str(label), position=(position := position + 1))
        yield parent
        for name, words, fault, needs_photo in reasons:
            position += 1
            yield ReturnReason(
                parent=parent, code=name, label=str(words), position=position, fault=fault, needs_photo=needs_photo
            )


def _reason(row: ReturnReason) -> Reason:
    return Reason(row.code, row.label, row.fault, row.needs_photo, row.for_customers)
