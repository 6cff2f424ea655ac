"""Which addresses webhooks are sent to."""

import pytest

from orders.webhooks.doors import door_of
from orders.webhooks.errors import AddressRefused


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "begins with https"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://localhost/", "not a public address"),
        ("https://10.1.2.3/", "not a public address"),
        ("https://169.254.169.254/latest/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://[::ffff:10.0.0.1]/", "not a public address"),
        ("https://[64:ff9b::7f00:1]/", "not a public address"),
        ("https://0x7f000001/", "not a public address"),
        ("https://bob@127.0.0.1/", "neither user nor fragment"),
        ("ftp://example.com/", "begins with https"),
        ("https://no.such.host.invalid/", "not known"),
        ("https://a:b:c/", "not an address"),
    ],
)
def test_nothing_inside_is_called(settings, url, why):
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = False
    with pytest.raises(AddressRefused, match=why):
        door_of(url)
