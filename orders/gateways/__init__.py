"""Who moves money for the shop, by name; there is nothing else to register."""

from collections.abc import Mapping

from orders.errors import NoSuchGateway
from orders.gateways.fake import Fake
from orders.gateways.gateway import Gateway
from orders.gateways.manual import Manual
from orders.gateways.stripe import Stripe

MANUAL = "manual"
GATEWAYS: Mapping[str, Gateway] = {MANUAL: Manual(), "fake": Fake(), "stripe": Stripe()}


def gateway_named(name: str) -> Gateway:
    """The gateway; raises NoSuchGateway."""
    try:
        return GATEWAYS[name]
    except KeyError as error:
        raise NoSuchGateway(f"There is no payment gateway {name}; known are {', '.join(GATEWAYS)}") from error
