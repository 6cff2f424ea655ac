"""The form of a mail's words."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.letters.letter import Letter

LONGEST = 4_000


class LetterForm(forms.Form):
    """Subject, greeting and paragraphs; what stands in braces must be a name that the mail knows."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150)
    greeting = forms.CharField(label=gettext_lazy("Greeting"), max_length=100, required=False)
    opening = forms.CharField(
        label=gettext_lazy("Opening"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Before what the mail lists. An empty line begins a new paragraph."),
    )
    closing = forms.CharField(
        label=gettext_lazy("Closing"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("After what the mail lists."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, names: Collection[str], **options: Any) -> None:
        self.names = names
        super().__init__(data, **options)

    def clean(self) -> dict[str, Any]:
        """Names that do not exist are named, with those that do."""
        for field, wrong in self.letter.unknown(self.names).items():
            for one in wrong:
                self.add_error(field, self._fault(one))
        return self.cleaned_data

    @property
    def letter(self) -> Letter:
        """As typed."""
        typed = {name: self.cleaned_data.get(name, "") for name in ("subject", "greeting", "opening", "closing")}
        return Letter(**{name: text.replace("\r\n", "\n") for name, text in typed.items()})

    def _fault(self, wrong: str) -> str:
        if len(wrong) == 1:
            return _("A brace stands alone: {brace}").format(brace=wrong)
        known = ", ".join(f"{{{name}}}" for name in self.names)
        return _("{wrong} is no placeholder here. There are: {known}").format(wrong=wrong, known=known)
