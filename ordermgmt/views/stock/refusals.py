"""How the stock room's refusals are told, so that nothing that was typed is lost."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from inventory.errors import InventoryError, KeyReused
from ordermgmt.acting import attempt, unchanged
from ordermgmt.stock.forms import fresh_key

UNFIT = 422
BOOKED_BEFORE = _("This form was booked before with other numbers. Look at the ledger first, then send it again.")


def refuse(form: forms.Form, refusal: InventoryError) -> None:
    """Make it a fault of the form, which keeps what was typed; a used key is renewed, so that it can be sent again."""
    if isinstance(refusal, KeyReused):
        typed = QueryDict(mutable=True)
        typed.update({**dict(form.data.items()), "key": fresh_key()})
        form.data = typed
        form.add_error(None, BOOKED_BEFORE)
    else:
        form.add_error(None, unchanged(refusal))


def tried(request: HttpRequest, act: Callable[..., object], *, done: str) -> None:
    """Act on a button without a form, and say how it went."""
    attempt(request, partial(act, by=request.user.get_username()), told=done)
