"""What a scan at the dock finds: which parcel a code means, and whether it may go with this carrier."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from fulfillment.models import Label, Manifest, Parcel
from orders.flow import State

BOX = re.compile(r"(\d{1,18})-(\d{1,4})-(\d{1,4})", re.ASCII)
SHORTEST, LONGEST = 8, 40  # of tracking numbers


class Verdict(StrEnum):
    """What is to be done with the parcel in hand."""

    TAKEN = "taken"
    AGAIN = "again"
    WRONG_CARRIER = "wrong_carrier"
    WRONG_WAREHOUSE = "wrong_warehouse"
    NOT_LABELLED = "not_labelled"
    ON_OTHER = "on_other_manifest"
    STOPPED = "stopped"
    LEFT = "left"
    UNKNOWN = "unknown"


RIGHT = {Verdict.TAKEN, Verdict.AGAIN}


@dataclass(frozen=True)
class Judged:
    """The verdict on one scan, in words for people; without a parcel where the code means none."""

    code: str
    verdict: Verdict
    words: str
    parcel: Parcel | None = None

    @property
    def is_right(self) -> bool:
        """Whether it lies on the manifest now."""
        return self.verdict in RIGHT


def parcel_of(code: str) -> Parcel | None:
    """By its tracking number or the code of its box label (order, shipment, parcel).

    Carriers put routing before the number in their barcodes, so a code that ends in a number means it.
    """
    parcels = Parcel.objects.select_related(
        "shipment__order", "shipment__warehouse", "label__account", "label__manifest"
    )
    if parts := BOX.fullmatch(code):
        order, shipment, number = map(int, parts.groups())
        return parcels.filter(shipment__order__number=order, shipment__number=shipment, number=number).first()
    ends = [code[start:] for start in range(max(0, len(code) - LONGEST), len(code) - SHORTEST + 1)]
    found = list(parcels.filter(label__tracking_number__in=ends))
    return max(found, key=lambda parcel: len(parcel.label.tracking_number), default=None)


def judged(code: str, parcel: Parcel, manifest: Manifest) -> Judged:
    """Whether a parcel may go onto an open manifest; of what may, `taken`."""
    shipment, label = parcel.shipment, _label(parcel)
    named = f"{shipment.code}-{parcel.number}"
    is_held = bool(shipment.open_holds or shipment.order.open_holds)

    def say(verdict: Verdict, words: str) -> Judged:
        return Judged(code, verdict, f"{named}: {words}", parcel)

    if shipment.state == State.CANCELLED or shipment.order.state == State.CANCELLED:
        return say(Verdict.STOPPED, _("it was cancelled, keep it here"))
    if shipment.warehouse_id != manifest.warehouse_id:
        return say(Verdict.WRONG_WAREHOUSE, _("it is sent from {name}").format(name=shipment.warehouse.name))
    if label is None:
        return say(Verdict.NOT_LABELLED, _("no label was bought for it"))
    if label.account_id != manifest.account_id:
        return say(Verdict.WRONG_CARRIER, _("it goes with {carrier}").format(carrier=label.carrier))
    if label.manifest_id and label.manifest_id == manifest.pk:
        return say(Verdict.AGAIN, _("it was scanned before"))
    if label.manifest:
        return say(Verdict.ON_OTHER, _("it is on manifest {code}").format(code=label.manifest.code))
    if parcel.status not in (Parcel.Status.PACKED, Parcel.Status.LABELLED):
        return say(
            Verdict.LEFT,
            _("the carrier has it: {get_status_display}").format(
                get_status_display=parcel.get_status_display().lower()
            ),
        )
    if is_held and shipment.state == State.PACKED:
        return say(Verdict.STOPPED, _("it is held, keep it here"))
    return say(Verdict.TAKEN, _("goes with {carrier}").format(carrier=label.carrier))


def _label(parcel: Parcel) -> Label | None:
    return getattr(parcel, "label", None)
