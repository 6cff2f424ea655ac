"""The languages that pages and mails speak, and which of them somebody reads.

What programs read (the API, CSV and JSON) is always in `settings.LANGUAGE_CODE`, which gettext calls English.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from orders.models import Channel

LONGEST_HEADER = 200


def named(request: HttpRequest) -> str:
    """The language that the browser asks for first of those there are; empty when it asks for none of them."""
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:LONGEST_HEADER]):
        if wanted == "*":
            break
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return ""


def of_page(request: HttpRequest) -> str:
    """What the browser asks for, else the shop's."""
    return named(request) or settings.LANGUAGE_CODE


def of_buyer(request: HttpRequest, channel: Channel) -> str:
    """What the browser asks for, else the channel's."""
    return named(request) or channel.speaks


def of_customer(request: HttpRequest, order_id: int) -> str:
    """What the browser asks for, else that of the order's channel. One statement, if the browser asks for none."""
    if wanted := named(request):
        return wanted
    language = Channel.objects.filter(orders=order_id).values_list("language", flat=True).first()
    return language or settings.LANGUAGE_CODE
