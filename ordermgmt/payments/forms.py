"""What people type about an order's money."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ordermgmt.stock.forms import KeyField
from orders.models import Payment
from orders.money import rounded, unit
from orders.services.receipts import SEEN

METHODS = [(method.value, method.label) for method in Payment.Method if method in SEEN]


class AmountField(forms.DecimalField):
    """An amount above 0 in the steps of a currency, as the reader's language writes it."""

    def __init__(
        self, label: str, *, currency: str, most: Decimal | None = None, suggested: Decimal = Decimal(0)
    ) -> None:
        digits = -int(unit(currency).as_tuple().exponent)
        super().__init__(
            label=_("{label}, in {currency}").format(label=label, currency=currency),
            min_value=unit(currency),
            max_value=None if most is None else rounded(most, currency),
            max_digits=14,
            decimal_places=digits,
            initial=rounded(suggested, currency) if suggested else None,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            localize=True,
        )


class BookForm(forms.Form):
    """Money that was seen."""

    method = forms.ChoiceField(label=gettext_lazy("How it came"), choices=METHODS)
    reference = forms.CharField(label=gettext_lazy("What the bank or till calls it"), max_length=120)

    def __init__(self, data: Any = None, *, currency: str, owed: Decimal) -> None:
        super().__init__(data, auto_id="book_%s")
        self.fields["amount"] = AmountField(_("Amount"), currency=currency, suggested=owed)
        self.order_fields(["amount", "method", "reference"])


class RefundForm(forms.Form):
    """Money that goes back."""

    key = KeyField()
    reason = forms.CharField(label=gettext_lazy("Why does it go back?"), max_length=120)

    def __init__(self, data: Any = None, *, currency: str, most: Decimal) -> None:
        super().__init__(data, auto_id="refund_%s")
        self.fields["amount"] = AmountField(_("Amount"), currency=currency, most=most)
        self.order_fields(["amount", "reason"])


class ChargeBackForm(forms.Form):
    """Money that the customer's bank has taken back."""

    reference = forms.CharField(label=gettext_lazy("The bank's reference"), max_length=120)

    def __init__(self, data: Any = None, *, currency: str, most: Decimal, auto_id: str = "back_%s") -> None:
        super().__init__(data, auto_id=auto_id)
        self.fields["amount"] = AmountField(_("Amount"), currency=currency, most=most, suggested=most)
        self.order_fields(["amount", "reference"])


class ReasonForm(forms.Form):
    """Why something that failed is given up, or how it was done elsewhere."""

    reason = forms.CharField(max_length=120)
