"""What a person may do with an order in the queue: one form each, told apart by its prefix."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms

from ordermgmt.approvals.forms import RejectForm, ReleaseForm
from ordermgmt.approvals.queue import OpenHold, Waiting
from ordermgmt.forms import HoldForm


@dataclass(frozen=True)
class Acts:
    """An order in the queue with its forms; one of them may have come back with faults."""

    row: Waiting
    approve: forms.Form
    reject: forms.Form
    hold: forms.Form
    faulty: forms.Form | None

    def releases(self) -> Iterator[tuple[OpenHold, forms.Form]]:
        """Each open hold with the form that lets it go."""
        for hold in self.row.holds:
            yield hold, _fresh(ReleaseForm, f"release-{hold.hold.pk}", self.faulty)


def acts_of(row: Waiting, faulty: forms.Form | None) -> Acts:
    """The forms of one order; `faulty` stands in the place of the one that it is."""
    number = row.order.number
    return Acts(
        row=row,
        approve=_fresh(ReleaseForm, f"approve-{number}", faulty),
        reject=_fresh(RejectForm, f"reject-{number}", faulty),
        hold=_fresh(HoldForm, f"hold-{number}", faulty),
        faulty=faulty,
    )


def _fresh(kind: type[forms.Form], prefix: str, faulty: forms.Form | None) -> forms.Form:
    return faulty if faulty is not None and faulty.prefix == prefix else kind(prefix=prefix)
