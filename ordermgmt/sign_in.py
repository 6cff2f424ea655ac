"""The first sign-in and the first API key, which are shown once and stored as hashes only."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_noop

from orders.keys import issue_key
from orders.models import Channel

FIRST_USER = "alice"
SCOPES = ("orders:read", "orders:write", "products:read")


@dataclass(frozen=True)
class FirstSignIn:
    """What a person needs to get in."""

    password: str
    api_key: str | None  # none without a channel to issue it for


@transaction.atomic
def make_first_sign_in() -> FirstSignIn | None:
    """Alice, who runs the shop, and a key for its first channel; None when she is there already."""
    users = get_user_model().objects
    if users.filter(username=FIRST_USER).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser(FIRST_USER, password=password)
    channel = Channel.objects.order_by("pk").first()
    key = issue_key(channel=channel, name=gettext_noop("First run"), scopes=SCOPES) if channel else None
    return FirstSignIn(password, key)
