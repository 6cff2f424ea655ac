"""`manage.py issue_key` prints a key that works, and refuses what does not exist."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orders.keys import authenticate
from orders.models import ApiKey
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def test_the_printed_key_opens_what_was_asked_for():
    make_channel("web")
    out = StringIO()
    call_command("issue_key", "web", "My storefront", scopes=["orders:write"], stdout=out)
    key = authenticate(out.getvalue().strip())
    assert (key.channel.code, key.name, key.scopes) == ("web", "My storefront", ["orders:write"])


def test_an_unknown_channel_is_refused_with_the_known_ones():
    make_channel("web")
    with pytest.raises(CommandError, match="There is no channel shop. Channels: web."):
        call_command("issue_key", "shop", "x")
    assert ApiKey.objects.count() == 0
