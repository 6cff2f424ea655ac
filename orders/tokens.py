"""Signed links for customers: for one order, for one purpose, for a while; nothing to guess, nothing to look up."""

from datetime import timedelta
from functools import cache

from django.conf import settings
from django.core import signing

MAX_AGE = timedelta(days=180)
CREDIT = "shop/credit"  # spending the store credit of an order's customer
PAY = "shop/pay"


class BadToken(Exception):
    """Altered, made for another purpose, or too old."""


def sign(order_id: int, purpose: str) -> str:
    """A URL-safe token that proves its bearer was given access to one order for one purpose."""
    return _signer(purpose, settings.SECRET_KEY).sign(str(order_id)).replace(":", "~")


def read(token: str, purpose: str) -> int:
    """The order's id; raises BadToken."""
    try:
        value = _signer(purpose, settings.SECRET_KEY).unsign(token.replace("~", ":"), max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise BadToken from error
    return int(value)


@cache
def _signer(purpose: str, key: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(key=key, salt=f"order.{purpose}")


def link(order_id: int, purpose: str) -> str:
    """The absolute address of the customer page for `purpose`."""
    return f"{settings.BASE_URL}/{purpose}/{sign(order_id, purpose)}/"
