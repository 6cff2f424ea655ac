"""Doing what a person asks for on a page: it is done and told, or refused and told, and then nothing has changed."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from inventory.errors import Refused


def attempt(request: HttpRequest, act: Callable[[], object], *, told: str | Callable[[], str]) -> bool:
    """Act, and tell the person how it went; `told` says what was done, or is asked for it afterwards."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, unchanged(refusal))
        return False
    messages.success(request, told if isinstance(told, str) else told())
    return True


def unchanged(refusal: Exception) -> str:
    """What was refused, and that nothing of it was done."""
    return _("{rstrip}. Nothing was changed.").format(rstrip=str(refusal).rstrip("."))
