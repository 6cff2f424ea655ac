"""How often publishable keys may ask: so many times a minute from one client, and so many with one key.

Such a key is known to everybody, so its holders are strangers. The counts stand in the broker's Redis and nowhere
else: while it does not answer, nobody is refused.
"""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from typing import ClassVar

from django.conf import settings
from django.http import HttpRequest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from inventory import clock
from orders.authentication import Caller

log = logging.getLogger(__name__)
WINDOW = 60  # seconds
ANSWERS_WITHIN = 0.25  # seconds; a limit must not be slower than what it protects
AWAY_FOR = timedelta(seconds=5)  # not asked again for so long once it did not answer
ONE_HOME = 64  # bits of an IPv6 address: whoever has one has all that share them


class PublicLimit(BaseThrottle):
    """Counts the requests of publishable keys in windows of a minute; other keys are passed by unasked.

    The client is counted first: one that asks too often does not use up what is left of the key for the others.
    """

    away_until: ClassVar[datetime] = datetime.min.replace(tzinfo=UTC)

    def allow_request(self, request: Request, view: APIView) -> bool:
        """False when this is one too many; DRF answers 429, with `wait()` as `Retry-After`."""
        who = request.user
        if not isinstance(who, Caller) or not who.is_public:
            return True
        key = who.key.digest[:16]
        client = f"{key}:{_home(self.get_ident(request) or '')}"
        limits = {client: settings.PUBLIC_REQUESTS_PER_CLIENT, key: settings.PUBLIC_REQUESTS_PER_KEY}
        return all(_counted(name) <= most for name, most in limits.items() if most)

    def wait(self) -> float:
        """Seconds until the counts begin anew."""
        return WINDOW - clock.now().timestamp() % WINDOW


def allowed(request: HttpRequest, what: str, *, most: int) -> bool:
    """Whether the client of a public page may do this once more in this minute; it counts as done."""
    return _counted(_of_client(request, what)) <= most


def is_left(request: HttpRequest, what: str, *, most: int) -> bool:
    """The same, and nothing is counted."""
    return _counted(_of_client(request, what), 0) < most


def _of_client(request: HttpRequest, what: str) -> str:
    client = _home(BaseThrottle().get_ident(request) or "")  # type: ignore[arg-type]
    return f"{what}:{client}"


def _home(address: str) -> str:
    """What one client is told by: an IPv4 address, or the network of an IPv6 one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((ip, ONE_HOME), strict=False)) if ip.version == 6 else address


def _counted(name: str, more: int = 1) -> int:
    """How many there are in this window with those that are counted now; 0 while Redis is away."""
    now = clock.now()
    if now < PublicLimit.away_until:
        return 0
    window = f"limit:{name}:{int(now.timestamp()) // WINDOW}"
    try:
        with _redis(settings.REDIS_URL).pipeline(transaction=False) as pipe:
            pipe.incr(window, more)
            pipe.expire(window, 2 * WINDOW)
            count, _ = pipe.execute()
    except RedisError as error:
        PublicLimit.away_until = now + AWAY_FOR
        log.warning("Publishable keys are not limited now, Redis does not answer: %s", error)
        return 0
    return int(count)


@cache
def _redis(url: str) -> Redis:
    """One pool of connections for each process. Celery writes the address of a socket in its own way."""
    url = url.replace("redis+socket:", "unix:", 1)
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_connect_timeout=ANSWERS_WITHIN, socket_timeout=ANSWERS_WITHIN, retry=once)
