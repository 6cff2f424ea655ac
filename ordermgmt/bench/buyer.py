"""The requests of the bench: orders of three lines, each by another customer, spread over the whole catalogue."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.plan import CURRENCY

LINES = 3
BULK = 100
PREFIX = "bench-"
ORDER = json.dumps(
    {
        "external_id": f"{PREFIX}%(number)08d",
        "currency": CURRENCY,
        "customer": {"email": "buyer-%(number)08d@example.com", "name": "Jane Austen %(number)d"},
        "shipping_address": {
            "name": "Jane Austen %(number)d",
            "line1": "8 College Street",
            "city": "Winchester",
            "postal_code": "SO23 9LZ",
            "country": "GB",
        },
        "lines": [{"sku": f"%(sku{place})s", "quantity": 1} for place in range(LINES)],
        "payment": {"method": "card", "reference": "pay-%(number)08d"},
    },
    separators=(",", ":"),
)
REQUEST = (
    "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
    "Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
)


@dataclass(frozen=True)
class Buyer:
    """Buys with one API key, and never the same order twice. The last of `skus` is the hot one."""

    key: str
    skus: Sequence[str]
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _dice: Dice = Dice(1)

    def orders(self, *, hot: bool = False) -> Iterator[bytes]:
        """One order in each request."""
        for number in self._numbers:
            yield self._request("/api/v1/orders/", number, self._order(number, hot=hot))

    def bulks(self) -> Iterator[bytes]:
        """A hundred orders in each request."""
        for number in self._numbers:
            orders = (self._order(one) for one in (number, *islice(self._numbers, BULK - 1)))
            yield self._request("/api/v1/orders/bulk/", number, f'{{"orders":[{",".join(orders)}]}}')

    def _request(self, path: str, number: int, body: str) -> bytes:
        return (REQUEST % (path, self.key, f"{PREFIX}{number:08d}", len(body), body)).encode("ascii")

    def _order(self, number: int, *, hot: bool = False) -> str:
        """Each line draws from a third of the catalogue, so that no order names a SKU twice."""
        shares = [(place + self._dice.share(number, place)) / LINES for place in range(LINES)]
        skus = {f"sku{place}": self.skus[int(share * len(self.skus))] for place, share in enumerate(shares)}
        if hot:
            skus[f"sku{LINES - 1}"] = self.skus[-1]
        return ORDER % {"number": number, **skus}
