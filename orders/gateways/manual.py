"""Money that moves elsewhere: the storefront or the shop's people take it and give it back, the books only follow."""

from collections.abc import Mapping

from orders.errors import WebhookNotSigned
from orders.gateways.gateway import Ask, Notice


class Manual:
    """Nobody is asked, so everything is done at once."""

    is_instant = True

    def capture(self, ask: Ask) -> str:
        """Taken elsewhere."""
        return ""

    def refund(self, ask: Ask) -> str:
        """Given back elsewhere."""
        return ""

    def void(self, ask: Ask) -> str:
        """Let go elsewhere."""
        return ""

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """Nobody is there to send one."""
        raise WebhookNotSigned("Nobody sends webhooks for payments that are taken elsewhere")
