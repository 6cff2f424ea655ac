"""API keys: what they open, how they are made, known again and taken back.

A key is shown once, when it is made. Only its SHA-256 is stored: the key has 256 random bits, so nothing slower is
needed, and looking a digest up tells an attacker who measures time nothing about the key.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext_noop

from inventory import clock
from inventory.models import Warehouse
from orders.models import ApiKey, Channel
from orders.models.channels import OF_A_WAREHOUSE

SCOPES = {
    "orders:read": gettext_noop("See the channel's own orders."),
    "orders:write": gettext_noop("Place, cancel and send back the channel's own orders."),
    "orders:place": gettext_noop(
        "Price baskets, hold their stock and place unpaid orders; see nothing. Safe in a browser."
    ),
    "orders:approve": gettext_noop("Release the channel's own orders from their holds."),
    "orders:price": gettext_noop("Name prices, discounts and shipping that differ from the shop's own."),
    "orders:edit": gettext_noop("Change, split and merge the channel's own orders."),
    "orders:refund": gettext_noop("Book payments of the channel's own orders and give money back."),
    "customers:read": gettext_noop("See the channel's customers, what they bought, paid and sent back."),
    "customers:write": gettext_noop("Merge customers, set their tier, export and erase their data."),
    "products:read": gettext_noop("See the catalogue and what can be promised now."),
    "stock:write": gettext_noop("Announce and take in deliveries, and correct what is on hand, in every warehouse."),
    "feedback:read": gettext_noop(
        "See the channel's surveys with their answers, and what stands out in the whole shop."
    ),
    "kpis:read": gettext_noop("See the figures of the whole shop, every channel."),
    "kpis:own": gettext_noop("See the figures of the channel's own orders."),
    "kpis:write": gettext_noop("Enter campaigns and incidents."),
    "fulfillment:write": gettext_noop(
        "See shipments and hand-overs, answer them, confirm picking, packing and shipping: of every "
        "warehouse, or of the key's own."
    ),
    "webhooks:write": gettext_noop(
        "Have events sent to an address: the channel's own, or those of the key's warehouse."
    ),
}
PREFIX = "omk_"
PREFIX_SHOWN = len(PREFIX) + 8
USE_NOTED_EVERY = timedelta(minutes=1)
KEY_FIELDS = ApiKey._meta.concrete_fields
# Asked by every request: put together once here, not by the ORM each time, which takes longer than the answer.
COLUMNS = [f"k.{row.column}" for row in KEY_FIELDS] + [f"c.{row.column}" for row in Channel._meta.concrete_fields]
FIND = (
    f"SELECT {', '.join(COLUMNS)} FROM orders_apikey k JOIN orders_channel c ON c.id = k.channel_id"  # noqa: S608
    " WHERE k.digest = %s"
)
KNOWN_SECONDS, MOST_KNOWN = 1.0, 1000
_known: dict[str, tuple[ApiKey, float]] = {}
Row = TypeVar("Row", bound=Model)


def issue_key(*, channel: Channel, name: str, scopes: Iterable[str], warehouse: Warehouse | None = None) -> str:
    """Make a key for `channel`, or for one `warehouse`, and return it; nobody can read it again.

    Raises ValueError for an unknown scope, and for one that a key of a warehouse may not have.
    """
    granted = sorted(set(scopes))
    unknown = [scope for scope in granted if scope not in SCOPES]
    if unknown:
        raise ValueError(f"Unknown scopes: {', '.join(unknown)}")
    if warehouse and (foreign := [scope for scope in granted if scope not in OF_A_WAREHOUSE]):
        raise ValueError(f"A key of one warehouse does not open {', '.join(foreign)}")
    key = PREFIX + secrets.token_urlsafe(32)
    known = {"prefix": key[:PREFIX_SHOWN], "digest": digest(key), "scopes": granted}
    ApiKey.objects.create(channel=channel, warehouse=warehouse, name=name, **known)
    return key


def revoke_key(key_id: int) -> None:
    """Take the key back: at once in this process, within a second in others. Twice keeps the first moment."""
    ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=clock.now())
    forget_known()


def authenticate(raw: str) -> ApiKey | None:
    """The key that `raw` is, with its channel; None when it is unknown, revoked or expired.

    A valid key is looked up once in `KNOWN_SECONDS` by each process: so long may one that was taken back elsewhere
    still open. Its use is noted at most once a minute, so that a busy key is not a busy row.
    """
    hashed, now = digest(raw), monotonic()
    key, until = _known.get(hashed, (None, 0.0))
    if key is None or until <= now or not is_valid(key):
        key = find_key(raw)
        if key is None or not is_valid(key):
            _known.pop(hashed, None)
            return None
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[hashed] = key, now + KNOWN_SECONDS
        note_use(key)
    return key


def forget_known() -> None:
    """Look every key up again."""
    _known.clear()


def find_key(raw: str) -> ApiKey | None:
    """The key that `raw` is, valid or not, with its channel."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [digest(raw)])
        row = cursor.fetchone()
    if row is None:
        return None
    key, channel = _made(ApiKey, row[: len(KEY_FIELDS)]), _made(Channel, row[len(KEY_FIELDS) :])
    key.channel = channel
    return key


def _made(model: type[Row], values: Sequence[Any]) -> Row:
    """A row of a table as its model."""
    fields: Any = model._meta.concrete_fields
    converted = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], converted)


def is_valid(key: ApiKey) -> bool:
    """Neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > clock.now())


def note_use(key: ApiKey) -> None:
    """Write down that the key is in use, unless that was done within the last minute."""
    now = clock.now()
    if key.last_used_at is not None and key.last_used_at > now - USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def digest(raw: str) -> str:
    """The SHA-256 under which a key is stored."""
    return hashlib.sha256(raw.encode()).hexdigest()
