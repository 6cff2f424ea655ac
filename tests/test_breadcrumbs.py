"""Every page of the dashboard below the top level says where it stands, in one way."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR, "templates")
# What the navigation leads to by itself.
TOP = {
    *("ordermgmt/today", "ordermgmt/search", "radar/radar_list", "approvals/approval_list", "kpis/overview"),
    *("picking/pick_list_list", "shipping/desk", "dock/dock", "documents/print", "handovers/hand_over_list"),
    *("returns/return_list", "stock/product_list", "stock/delivery_list", "stock/count_list", "cartons/carton_list"),
    *("payments/payment_list", "mails/mail_list", "improve/assessment"),
    *("setup/index", "warehousing/setup", "webhooks/endpoint_list"),
}
CRUMBS = re.compile(
    r"""<nav class="crumbs" aria-label="(?:Breadcrumb|{% translate 'Breadcrumb' %})"><ol>"""
    r"""(?:<li><a href="[^"]+">(?:(?!</a>).)+</a></li>)+<li aria-current="page">(?:(?!</?li).)+</li></ol></nav>"""
)
INCLUDED = re.compile(r'{% include "([^"]+)"')


def page_of(path: Path) -> str:
    """Its text with that of the parts it includes."""
    text = path.read_text()
    return text + "".join((TEMPLATES / name).read_text() for name in INCLUDED.findall(text))


PAGES = {
    str(path.relative_to(TEMPLATES).with_suffix("")): page_of(path)
    for path in sorted(TEMPLATES.rglob("*.html"))
    if '{% extends "base.html" %}' in path.read_text()
}


@pytest.mark.parametrize("name", sorted(PAGES.keys() - TOP))
def test_a_page_below_the_top_says_where_it_stands(name: str) -> None:
    assert len(CRUMBS.findall(PAGES[name])) == 1


def test_what_needs_no_breadcrumbs_is_there_and_has_none() -> None:
    assert {name for name in TOP if "crumbs" not in PAGES[name]} == TOP


def test_breadcrumbs_are_made_in_no_other_way() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert text.count("crumbs") == len(CRUMBS.findall(text)), path.name
