"""Fields for what the tables keep in a form that no person types: fractions, codes of currencies, times by method."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HUNDRED = 100
GATEWAYS = (
    ("manual", gettext_lazy("By hand: as the storefront or a person books them")),
    ("fake", gettext_lazy("Played: for trying out, no money moves")),
    ("stripe", gettext_lazy("Stripe: with the key that the system was started with")),
)


class PercentField(forms.DecimalField):
    """A fraction of one as people say it: 20 stands for 0.2."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = gettext_lazy("As in 20 for 20 %.")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """0.2000 as 20; what was typed stays as it is."""
        return f"{(value * HUNDRED).normalize():f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        """20 as 0.2; below 0 and from 100 on is none that a share of a price can be."""
        typed = super().to_python(value)
        if typed is None:
            return None
        if not (typed.is_finite() and 0 <= typed < HUNDRED):
            raise ValidationError(_("A share from 0 to less than 100 %."))
        return typed / HUNDRED

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Steps of what is typed, not of what is kept."""
        return {**super().widget_attrs(widget), "step": "0.01"}


class CurrencyField(forms.CharField):
    """Three letters, in capitals whatever was typed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = gettext_lazy("Three letters, as in GBP.")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """GBP, also of gbp."""
        code: str = super().clean(value).upper()
        if not re.fullmatch("[A-Z]{3}", code):
            raise ValidationError(_("Three letters, as in GBP."))
        return code


class CardMinutesField(forms.IntegerField):
    """How long an order may stay unpaid; the table keeps it by payment method, and only cards run out of time."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        kwargs["help_text"] = gettext_lazy("Then it is cancelled. Empty: never, as with transfers and invoices.")
        super().__init__(**kwargs, min_value=1)

    def prepare_value(self, value: Any) -> Any:
        """60 of {"card": 60}."""
        return value.get("card", "") if isinstance(value, dict) else value

    def clean(self, value: Any) -> Any:
        """{"card": 60} of 60."""
        minutes = super().clean(value)
        return {} if minutes is None else {"card": minutes}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as minutes."""
        return super().has_changed(self.prepare_value(initial), data)


class AmountInput(forms.NumberInput):
    """An amount without the places that its table has to spare: 12.50 of 12.500."""

    def format_value(self, value: Any) -> str | None:
        """Two places where two are enough."""
        shown: str | None = super().format_value(amount(value) if isinstance(value, Decimal) else value)
        return shown


def amount(value: Decimal) -> str:
    """With two places where two are enough."""
    brief = value.quantize(Decimal("0.01"))
    return f"{brief if brief == value else value.normalize():f}"


def widgets(model: type[Model], names: Iterable[str]) -> dict[str, type[forms.Widget] | forms.Widget]:
    """By field, where what the table would get is not what people choose from."""
    amounts: dict[str, type[forms.Widget] | forms.Widget] = {
        name: AmountInput() for name in names if isinstance(model._meta.get_field(name), DecimalField)
    }
    return amounts | {
        "gateway": forms.Select(choices=GATEWAYS),
        "cut_off": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    }


FIELD_CLASSES = {"currency": CurrencyField, "unpaid_minutes": CardMinutesField}
