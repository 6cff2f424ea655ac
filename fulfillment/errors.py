"""Refusals of the warehouse and of carriers."""

from typing import Any

from django.utils.translation import gettext as _

from inventory.errors import Refused


class FulfillmentError(Refused):
    """Something the warehouse refuses; `code` never changes once released."""

    code = "fulfillment_refused"


class CarrierError(FulfillmentError):
    """The carrier did not do what was asked; trying again is safe, the parcel's key makes it once."""

    code = "carrier_error"


class NothingToReturn(FulfillmentError):
    """More units would come back than were shipped and not returned yet."""

    code = "nothing_to_return"


class ClaimRefused(FulfillmentError):
    """The units cannot be claimed, or the claim cannot end like this."""

    code = "claim_refused"


class NothingToPick(FulfillmentError):
    """No list of the warehouse waits for a picker."""

    code = "nothing_to_pick"

    def __init__(self, warehouse: str) -> None:
        super().__init__(_("Nothing waits to be picked in {warehouse}").format(warehouse=warehouse))


class ListNotFree(FulfillmentError):
    """The pick list is somebody else's, or has ended."""

    code = "list_not_free"

    def __init__(self, pick_list: Any, picker: str) -> None:
        who = _(" with {picker}").format(picker=picker) if picker else ""
        super().__init__(
            _("{pick_list} is {get_state_display}{who}").format(
                pick_list=pick_list, get_state_display=pick_list.get_state_display().lower(), who=who
            )
        )


class ListInHand(FulfillmentError):
    """The picker walks another list; it is finished or paused first."""

    code = "list_in_hand"

    def __init__(self, picker: str) -> None:
        super().__init__(_("{picker} has another pick list in hand: finish or pause it first").format(picker=picker))


class ScanReused(FulfillmentError):
    """The id belongs to an act on another list."""

    code = "scan_id_reused"

    def __init__(self, scan_id: Any) -> None:
        super().__init__(_("The id {scan_id} belongs to a scan on another list").format(scan_id=scan_id))


class NotReturnable(FulfillmentError):
    """What is wished cannot come back like this: its window is over, it is not taken back, or it never came."""

    code = "not_returnable"


class NoSuchBin(FulfillmentError):
    """The warehouse has no bin of this code."""

    code = "no_such_bin"


class NoSuchHandOver(FulfillmentError):
    """The shipment was not handed to a third party."""

    code = "no_such_handover"


class OtherVersion(FulfillmentError):
    """The hand-over has changed since the third party looked at it."""

    code = "handover_changed"


class ConfirmationRefused(FulfillmentError):
    """What a third party says it sent cannot be; nothing of it was taken over."""

    code = "confirmation_refused"


class BadPhoto(FulfillmentError):
    """The file is too large, or no photo."""

    code = "bad_photo"


class CarrierRefused(CarrierError):
    """The carrier does not do this, however often it is asked."""

    code = "carrier_refused"


class WebhookRefused(FulfillmentError):
    """A message that is not the carrier's, or cannot be read."""

    code = "webhook_refused"


class InvoiceRefused(FulfillmentError):
    """A carrier's invoice that cannot be read, or was taken in before; `faults` are sentences."""

    code = "invoice_refused"

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


class NothingToBuy(FulfillmentError):
    """No shipment was chosen, or too many."""

    code = "nothing_to_buy"


class WorksElsewhere(FulfillmentError):
    """Who asked for it works in other warehouses than the one where it would be done."""

    code = "works_elsewhere"

    def __init__(self, who: str, warehouse: str) -> None:
        super().__init__(_("It is in {warehouse}, where {who} does not work").format(warehouse=warehouse, who=who))


class NoRightAnyMore(FulfillmentError):
    """Who asked for it has lost the right to it, or to sign in, before its turn came."""

    code = "no_right_any_more"

    def __init__(self, who: str, *, may_sign_in: bool) -> None:
        told = _("{who} may not do this any more") if may_sign_in else _("{who} may not sign in any more")
        super().__init__(told.format(who=who))


class NoPicker(FulfillmentError):
    """Somebody who is not of the staff, may not sign in, or has no right to pick."""

    code = "no_picker"

    def __init__(self, who: str) -> None:
        super().__init__(_("{who} may not pick").format(who=who))


class RowGone(FulfillmentError):
    """What was to be acted on is not there any more."""

    code = "row_gone"

    def __init__(self) -> None:
        super().__init__(_("It is not there any more"))


class ManifestRefused(FulfillmentError):
    """The manifest cannot be closed or changed now."""

    code = "manifest_refused"


class ArrivalRefused(FulfillmentError):
    """What somebody says arrived cannot be so."""

    code = "arrival_refused"


class ParcelNotEnded(FulfillmentError):
    """Only what was lost or came back can be settled."""

    code = "parcel_not_ended"


class NotPackedRight(FulfillmentError):
    """Something is not verified, does not fit, or weighs what it should not; `faults` are sentences."""

    code = "not_packed_right"

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


class NoSuchDocument(FulfillmentError):
    """Nothing is printed under this name."""

    code = "no_such_document"

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no document called {name}").format(name=name))


class NothingWentWrong(FulfillmentError):
    """Of a job that is still at work, or that did all it was asked for."""

    code = "nothing_went_wrong"


class CannotBeTakenBack(FulfillmentError):
    """What a job did has no way back, or was taken back already."""

    code = "cannot_be_taken_back"


class NothingToPrint(FulfillmentError):
    """What was asked for has nothing on it yet, or is gone."""

    code = "nothing_to_print"
