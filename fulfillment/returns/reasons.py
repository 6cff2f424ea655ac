"""Why things come back: the shop's tree of reasons, and the one the program brings.

The defaults follow the reasons that Shopify and Amazon publish for their returns; the codes that figures know
(`kpis.fold.statements`) are among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fulfillment.errors import NotReturnable
from fulfillment.models import Return, ReturnLine, ReturnReason

CUSTOMER, SHOP, CARRIER = ReturnReason.Fault.CUSTOMER, ReturnReason.Fault.SHOP, ReturnReason.Fault.CARRIER
# Group: (code, label, whose fault, needs a photo) of each reason in it.
DEFAULTS: dict[tuple[str, str], tuple[tuple[str, str, ReturnReason.Fault, bool], ...]] = {
    ("changed_mind", gettext_noop("Changed my mind")): (
        ("unwanted", gettext_noop("No longer wanted"), CUSTOMER, False),
        ("bought_by_mistake", gettext_noop("Bought by mistake"), CUSTOMER, False),
        ("better_price", gettext_noop("Found a better price"), CUSTOMER, False),
    ),
    ("fit", gettext_noop("Size, colour or style")): (
        ("size_too_small", gettext_noop("Too small"), CUSTOMER, False),
        ("size_too_large", gettext_noop("Too large"), CUSTOMER, False),
        ("style", gettext_noop("Colour or style is not what I hoped for"), CUSTOMER, False),
    ),
    ("fault", gettext_noop("Something is wrong with it")): (
        ("damaged", gettext_noop("Arrived damaged"), CARRIER, True),
        ("defective", gettext_noop("Does not work"), SHOP, False),
        ("missing_parts", gettext_noop("Parts are missing"), SHOP, False),
        ("poor_quality", gettext_noop("Quality is not good enough"), SHOP, False),
    ),
    ("not_ordered", gettext_noop("Not what I ordered")): (
        ("wrong_item", gettext_noop("Wrong item"), SHOP, False),
        ("not_as_described", gettext_noop("Not as described"), SHOP, False),
        ("too_late", gettext_noop("Arrived too late"), CARRIER, False),
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
UNDELIVERABLE = Reason("undeliverable", gettext_noop("Could not be delivered"), CARRIER, for_customers=False)
OWN = {UNDELIVERABLE.code: UNDELIVERABLE.label} | {
    code: label
    for (group, heading), reasons in DEFAULTS.items()
    for code, label in [(group, heading), *((reason[0], reason[1]) for reason in reasons)]
}
# To annotate returns and their lines with as `reason_label`, for `words_of`.
REASON_LABEL = Subquery(ReturnReason.objects.filter(code=OuterRef("reason")).values("label"))


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
                found.append(Group(_label(row), tuple(shown)))
    return found


def all_reasons() -> dict[str, Reason]:
    """Every reason by code, those no longer offered too: labels of what was returned for them."""
    rows = list(ReturnReason.objects.all()) or list(default_rows())
    undeliverable = replace(UNDELIVERABLE, label=_(UNDELIVERABLE.label))
    return {UNDELIVERABLE.code: undeliverable, **{row.code: _reason(row) for row in rows}}


def words_of(row: Return | ReturnLine) -> str:
    """Why it comes back, a return as its first line says it; read with its `reason_label`."""
    label = vars(row)["reason_label"] or OWN.get(row.reason)
    return _in_words(row.reason, label or row.reason.replace("_", " ").capitalize())


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
        parent = ReturnReason(code=code, label=label, position=(position := position + 1))
        yield parent
        for name, words, fault, needs_photo in reasons:
            position += 1
            yield ReturnReason(
                parent=parent, code=name, label=words, position=position, fault=fault, needs_photo=needs_photo
            )


def _label(row: ReturnReason) -> str:
    return _in_words(row.code, row.label)


def _in_words(code: str, label: str) -> str:
    """The program's own words in the reader's language; the shop's as they were written."""
    return _(label) if label == OWN.get(code) else label


def _reason(row: ReturnReason) -> Reason:
    return Reason(row.code, _label(row), row.fault, row.needs_photo, row.for_customers)
