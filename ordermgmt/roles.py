"""Roles: groups that have the permissions of one kind of work. A migration makes them; a shop may change them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ordermgmt.access import (
    MAY_ACT,
    MAY_APPROVE,
    MAY_CANCEL,
    MAY_CHANGE_CUSTOMERS,
    MAY_EDIT,
    MAY_ERASE,
    MAY_LEAD,
    MAY_MOVE,
    MAY_PACK,
    MAY_PICK,
    MAY_REFUND,
    MAY_RETURN,
    MAY_SEE_CUSTOMERS,
    MAY_SEE_FIGURES,
    MAY_SEE_MAILS,
    MAY_SEE_PAYMENTS,
    MAY_SEE_TRUST,
    MAY_SEE_VOICES,
    MAY_SET_UP,
    MAY_SHIP,
    MAY_STEER,
    MAY_TELL,
    MAY_USERS,
)

SEES_ALL = (
    *(MAY_SEE_CUSTOMERS, MAY_SEE_FIGURES, MAY_SEE_MAILS),
    *(MAY_SEE_PAYMENTS, MAY_SEE_TRUST, MAY_SEE_VOICES),
)


@dataclass(frozen=True)
class Role:
    """What its group is called and what people call it, what its work is, and what that takes."""

    name: str
    title: str | Promise
    work: str | Promise
    permissions: tuple[str, ...]


MANAGES = (
    *SEES_ALL,
    *(MAY_ACT, MAY_APPROVE, MAY_CANCEL, MAY_EDIT, MAY_REFUND, MAY_CHANGE_CUSTOMERS, MAY_RETURN),
    *(MAY_PICK, MAY_LEAD, MAY_PACK, MAY_SHIP, MAY_MOVE, MAY_STEER, MAY_SET_UP, MAY_TELL),
)
ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        Role(
            "owner",
            pgettext_lazy("role", "Owner"),
            _("Runs the shop: everything, and who else may do what."),
            (*MANAGES, MAY_USERS, MAY_ERASE),
        ),
        Role(
            "manager",
            pgettext_lazy("role", "Manager"),
            _("Runs the day: everything but users and erasing people."),
            MANAGES,
        ),
        Role(
            "approver",
            pgettext_lazy("role", "Approver"),
            _("Decides whom the shop trusts: holds, approvals, the blocked list."),
            (
                *(MAY_SEE_CUSTOMERS, MAY_SEE_PAYMENTS, MAY_SEE_TRUST, MAY_SEE_MAILS),
                *(MAY_ACT, MAY_APPROVE, MAY_CANCEL, MAY_CHANGE_CUSTOMERS),
            ),
        ),
        Role("picker", pgettext_lazy("role", "Picker"), _("Gathers goods at the pick station."), (MAY_PICK,)),
        Role(
            "packer",
            pgettext_lazy("role", "Packer"),
            _("Packs at the pack station and prints what goes into the box."),
            (MAY_PACK,),
        ),
        Role(
            "shipper",
            pgettext_lazy("role", "Shipper"),
            _("Hands parcels to the carriers and takes goods in."),
            (MAY_SHIP, MAY_MOVE),
        ),
        Role(
            "support",
            pgettext_lazy("role", "Support"),
            _("Answers customers: holds, changes, cancels, gives money back, handles returns."),
            (
                *(MAY_SEE_CUSTOMERS, MAY_SEE_PAYMENTS, MAY_SEE_MAILS, MAY_SEE_VOICES),
                *(MAY_ACT, MAY_EDIT, MAY_CANCEL, MAY_REFUND, MAY_RETURN, MAY_CHANGE_CUSTOMERS),
            ),
        ),
        Role(
            "analyst",
            pgettext_lazy("role", "Analyst"),
            _("Reads everything, sets targets, changes no order."),
            (*SEES_ALL, MAY_STEER),
        ),
    )
}


def role_title(group: str) -> str:
    """What people call the role of this group; a group of the shop's own by its name."""
    return str(ROLES[group].title) if group in ROLES else group
