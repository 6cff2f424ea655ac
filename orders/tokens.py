"""Signed links for customers: for one order, for one purpose, for a while; nothing to guess, nothing to look up."""

from datetime import timedelta

from django.conf import settings
from django.core import signing

MAX_AGE = timedelta(days=180)


class BadToken(Exception):
    """Altered, made for another purpose, or too old."""


def sign(order_id: int, purpose: str) -> str:
    """A URL-safe token that proves its bearer was given access to one order for one purpose."""
    return signing.TimestampSigner(salt=f"order.{purpose}").sign(str(order_id)).replace(":", "~")


def read(token: str, purpose: str) -> int:
    """The order's id; raises BadToken."""
    try:
        value = signing.TimestampSigner(salt=f"order.{purpose}").unsign(token.replace("~", ":"), max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise BadToken from error
    return int(value)


def link(order_id: int, purpose: str) -> str:
    """The absolute address of the customer page for `purpose`."""
    return f"{settings.BASE_URL}/{purpose}/{sign(order_id, purpose)}/"
