"""Which channel the storefront sells for, and the key with which a customer's browser calls the API."""

import base64

from django.conf import settings
from django.http import Http404
from django.utils.crypto import salted_hmac

from orders.keys import PREFIX, PREFIX_SHOWN, digest, is_valid
from orders.models import ApiKey, Channel

SCOPES = ("orders:place", "products:read")


def shop_channel() -> Channel:
    """The channel named by `STOREFRONT_CHANNEL`; raises Http404 when none is named, or none of that name is there."""
    channel = Channel.objects.filter(code=settings.STOREFRONT_CHANNEL).first() if settings.STOREFRONT_CHANNEL else None
    if channel is None:
        raise Http404("There is no storefront here.")
    return channel


def publishable_key(channel: Channel) -> str:
    """The key that every visitor gets, the same each time; its row is made when it is first asked for.

    Only digests of keys are stored, so this one is computed from the secret of the installation. Whoever revokes it
    closes the shop: Http404.
    """
    secret = salted_hmac("ordermgmt.storefront", channel.code, algorithm="sha256").digest()
    key = PREFIX + base64.urlsafe_b64encode(secret).decode().rstrip("=")
    known, _ = ApiKey.objects.get_or_create(
        digest=digest(key),
        defaults={
            "channel": channel,
            "name": "Storefront /shop/ (public)",
            "prefix": key[:PREFIX_SHOWN],
            "scopes": sorted(SCOPES),
        },
    )
    if not is_valid(known):
        raise Http404("The storefront is closed.")
    return key
