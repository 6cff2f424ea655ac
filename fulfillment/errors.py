"""Refusals of the warehouse and of carriers."""


class FulfillmentError(Exception):
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
