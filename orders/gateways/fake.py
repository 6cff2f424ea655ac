"""A payment gateway that is played: what it does follows from its key, so every process plays the same one.

`settings.FAKE_GATEWAY` makes it misbehave: `declines` and `timeouts` are shares from 0 to 1, `slow_seconds` is how
long each answer takes, and `seed` chooses whom it hits. A timeout comes after the money has moved, once for each
key; asking again then tells the truth. `moved` counts what really happened, for tests.
"""

import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_noop

from orders.errors import GatewayRefused, GatewayUnreachable, WebhookNotSigned
from orders.gateways.gateway import Ask, News, Notice

SIGNATURE = "Fake-Signature"


class Fake:
    """The playing of it."""

    is_instant = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.moved: Counter[tuple[str, str]] = Counter()

    def capture(self, ask: Ask) -> str:
        """Take it, unless the dice decline."""
        return self._do("capture", ask)

    def refund(self, ask: Ask) -> str:
        """Give it back, unless the dice decline."""
        return self._do("refund", ask)

    def void(self, ask: Ask) -> str:
        """Let it go."""
        return self._do("void", ask)

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> Notice | None:
        """What `webhook()` has written, if its signature is ours."""
        if not hmac.compare_digest(headers.get(SIGNATURE, ""), _signature(body)):
            raise WebhookNotSigned("The signature of this webhook is not ours")
        said = json.loads(body)
        return Notice(**{**said, "news": News(said["news"]), "amount": Decimal(said["amount"])})

    def _do(self, act: str, ask: Ask) -> str:
        faults = settings.FAKE_GATEWAY
        time.sleep(faults["slow_seconds"])
        if _chance("decline", ask.key) < faults["declines"]:
            raise GatewayRefused(gettext_noop("The played bank declined"))
        with self._lock:
            is_first = not self.moved[act, ask.key]
            self.moved[act, ask.key] = 1  # the same key again moves nothing
        if is_first and _chance("timeout", ask.key) < faults["timeouts"]:
            raise GatewayUnreachable("The played bank did not answer in time")
        return f"fake_{_digest(f'{act}:{ask.key}')[:16]}"


def webhook(notice: Notice, *, times: int = 1) -> Iterator[tuple[bytes, dict[str, str]]]:
    """The notice as the gateway sends it, body and headers, as many times as it likes."""
    body = json.dumps({**vars(notice), "amount": str(notice.amount)}).encode()
    for _ in range(times):
        yield body, {SIGNATURE: _signature(body)}


def _signature(body: bytes) -> str:
    return hmac.new(f"fake:{settings.SECRET_KEY}".encode(), body, hashlib.sha256).hexdigest()


def _chance(of: str, key: str) -> float:
    """From 0 up to 1, always the same for a key and a seed."""
    return int(_digest(f"{settings.FAKE_GATEWAY['seed']}:{of}:{key}")[:8], 16) / 2**32


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
