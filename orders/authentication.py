"""Who calls the API: `Authorization: Bearer <key>`."""

from dataclasses import dataclass
from typing import ClassVar

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from orders import keys
from orders.models import ApiKey, Channel

LONGEST_NAME = 80


@dataclass(frozen=True)
class Caller:
    """The program behind a key, in the place where DRF expects a user."""

    key: ApiKey
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @property
    def channel(self) -> Channel:
        """Whose orders it may see."""
        return self.key.channel

    @property
    def warehouse_id(self) -> int | None:
        """Whose work alone it may see; None: every warehouse's."""
        return self.key.warehouse_id

    @property
    def name(self) -> str:
        """How the history names it."""
        return f"API: {self.key.name}"[:LONGEST_NAME]

    @property
    def is_public(self) -> bool:
        """Whether the key may buy, but not act for the channel: it is in everybody's browser."""
        return self.may("orders:place") and not self.may("orders:write")

    def may(self, scope: str) -> bool:
        """Whether the key opens `scope`, one of `orders.keys.SCOPES`."""
        return scope in self.key.scopes


def caller(request: Request) -> Caller:
    """Who sent the request; 401 when nobody known did."""
    user = request.user  # DRF looks it up at each asking
    if not isinstance(user, Caller):
        raise NotAuthenticated
    return user


class ApiKeyAuthentication(BaseAuthentication):
    """Reads the bearer key. A request without one stays anonymous and is refused by the endpoint."""

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey] | None:
        """The caller; None without a bearer header; 401 when the key is not, or no longer, valid."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Send exactly one key: Authorization: Bearer <key>.", "key_malformed")
        raw = words[1].decode("latin-1")
        key = keys.authenticate(raw)
        if key is not None:
            return Caller(key), key
        if keys.find_key(raw) is not None:
            raise AuthenticationFailed("This key was revoked or has expired.", "key_revoked")
        raise AuthenticationFailed("This key does not exist.", "key_unknown")

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with every 401."""
        return 'Bearer realm="api"'
