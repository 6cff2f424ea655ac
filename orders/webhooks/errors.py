"""Refusals of the shop's own webhooks."""

from orders.errors import OrderError


class AddressRefused(OrderError):
    """Nobody is called at this address: it is not public, not https, or nowhere."""

    code = "address_refused"


class EndpointUnfit(OrderError):
    """The endpoint would be told of nothing, or of something that is no event."""

    code = "endpoint_unfit"
