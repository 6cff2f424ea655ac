"""The frame around every page: its navigation, and what the person chose."""

from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ordermgmt import counts
from ordermgmt.access import needs_of
from ordermgmt.people import preference
from ordermgmt.templatetags.shop import icon
from orders.flow import FINAL

register = template.Library()
register.filter("preference", preference)


@register.simple_tag(takes_context=True)
def nav_link(
    context: dict[str, Any], to: str, symbol: str, label: str, within: str = "", count: str = ""
) -> SafeString:
    """A link of the navigation. `within` names pages below it, or begins of their names with a star.

    `count` names a number of `/counts/` that the page's script keeps true. Whom the page would refuse gets no link.
    """
    if not _may_open(context, to):
        return SafeString("")
    current = "page" if _here(context) == to else "true" if is_within(context, within) else ""
    return _link(_address(to), icon(symbol), label, current, count)


@register.simple_tag(takes_context=True)
def stage_link(context: dict[str, Any], stage: Any) -> SafeString:
    """A link to the board of one of the nine stages, with how many orders are there."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    chosen = match is not None and match.url_name == "stage" and match.kwargs.get("state") == stage.state
    number = format_html("<b>{}</b>", stage.number)
    most = counts.MANY if stage.state in FINAL else None
    return _link(_address("stage", stage.state), number, stage.state.label, "page" if chosen else "", stage.state, most)


@register.simple_tag(takes_context=True)
def is_within(context: dict[str, Any], names: str) -> bool:
    """Whether this page is one of a group of the navigation, which is open then."""
    here = _here(context)
    return any(here == name or (name[-1:] == "*" and here.startswith(name[:-1])) for name in names.split())


def _may_open(context: dict[str, Any], to: str) -> bool:
    user = getattr(context.get("request"), "user", None)
    needs = _needs(to)
    return user is None or not needs or any(map(user.has_perm, needs))


@cache
def _address(to: str, *names: str) -> str:
    return reverse(to, args=names)


@cache
def _needs(to: str) -> tuple[str, ...]:
    return needs_of(resolve(_address(to)).func)


def _here(context: dict[str, Any]) -> str:
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    return (match.url_name or "") if match else ""


def _link(address: str, mark: SafeString, label: str, current: str, count: str, most: int | None = None) -> SafeString:
    """`count` names a number; it is known up to `most`."""
    bound = format_html(' data-most="{}"', most) if most else ""
    number = format_html(' <span class="much" data-count="{}"{}></span>', count, bound) if count else ""
    state = format_html(' aria-current="{}"', current) if current else ""
    return format_html('<a href="{}"{}>{}<span>{}</span>{}</a>', address, state, mark, label, number)
