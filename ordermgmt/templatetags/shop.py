"""The shop's name, icons, money and times in templates."""

from datetime import datetime
from decimal import Decimal
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fulfillment.returns.reasons import words_of
from inventory.retelling import retold
from inventory.wording import grouped, localized
from ordermgmt import counts, phrases
from ordermgmt.feedback import finding
from ordermgmt.mentions import marked
from ordermgmt.roles import role_title
from ordermgmt.setup import fields
from ordermgmt.views.words import address_of_words
from orders.money import shown

register = template.Library()
register.filter("who", phrases.who)
register.filter("address", phrases.in_one_line)
register.filter("day", phrases.day)
register.filter("short_date", phrases.short_date)
register.filter("day_and_time", phrases.day_and_time)
register.filter("long_day", phrases.long_day)
register.filter("day_and_long_month", phrases.day_and_long_month)
register.filter("clock", phrases.time_of_day)
register.filter("moment", phrases.moment_or_day)
register.filter("titled", phrases.titled)
register.filter("retold", retold)
register.filter("return_reason", words_of)
register.filter("counted", phrases.counted)
register.filter("span", phrases.age)
register.filter("role", role_title)
register.filter("share", phrases.percent)
register.filter("marked", marked)
register.filter("finding", finding.told)
register.filter("others", finding.compared_with)


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that is broken behind its @ before it is broken anywhere."""
    name, at, place = address.partition("@")
    return format_html("{}{}<wbr>{}", name, at, place)


@register.simple_tag
def shop_name() -> str:
    """As the shop calls itself to its customers."""
    return str(settings.SHOP_NAME)


@register.filter
def amount(value: Decimal) -> str:
    """An amount without a currency: 0.22 of 0.220, in the reader's language."""
    return localized(fields.amount(value))


@register.simple_tag
def has_storefront() -> bool:
    """Whether customers can buy at /shop/."""
    return bool(settings.STOREFRONT_CHANNEL)


@register.simple_tag
def language_here() -> SafeString:
    """Of the page, and which way it is read, as attributes of its outermost element."""
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    return format_html('lang="{}" dir="{}"', translation.get_language(), direction)


@register.simple_tag
def script_words() -> SafeString | str:
    """What scripts say in the page's language, before the scripts; they speak English by themselves."""
    address = address_of_words(translation.get_language())
    return format_html('<script src="{}" defer></script>', address) if address else ""


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One symbol of the sprite, for the eye only: the words beside it carry the meaning."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def age(moment: datetime) -> SafeString:
    """How long ago, kept true by the page's script; the exact moment is in the tooltip."""
    exact = f"{phrases.day(moment)} {phrases.time_of_day(moment)}"
    return format_html(
        '<time datetime="{}" title="{}" data-age>{}</time>', moment.isoformat(), exact, phrases.ago(moment)
    )


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """£1,234.50"""
    return shown(amount, currency)


@register.filter
def many(count: int) -> str:
    """1,284, and 10,000+ beyond, of what is counted no further."""
    return grouped(count) if count <= counts.MANY else f"{grouped(counts.MANY)}+"


@register.filter
def commas(count: int) -> str:
    """1,284"""
    return grouped(count)
