"""What people type about an endpoint: whose events, where they are sent, and which."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Warehouse
from orders.models import Channel


class EndpointForm(forms.Form):
    """A new one."""

    owner = forms.ChoiceField(label=gettext_lazy("Whose events?"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")
    events = forms.CharField(
        label=gettext_lazy("Events, one in a line"),
        initial="order.*",
        widget=forms.Textarea(attrs={"rows": 4, "class": "sheet"}),
    )

    def __init__(self, data: dict[str, str] | None = None) -> None:
        super().__init__(data)
        self.owners: dict[str, Channel | Warehouse] = {f"channel-{row.pk}": row for row in Channel.objects.all()}
        places = Warehouse.objects.filter(mode=Warehouse.Mode.THIRD_PARTY)
        self.owners |= {f"warehouse-{row.pk}": row for row in places}
        self.fields["owner"].choices = [(key, _in_words(row)) for key, row in self.owners.items()]  # type: ignore[attr-defined]

    def clean_owner(self) -> Channel | Warehouse:
        """The channel or the warehouse."""
        return self.owners[self.cleaned_data["owner"]]

    def clean_events(self) -> list[str]:
        """Names and patterns."""
        text: str = self.cleaned_data["events"]
        return list(dict.fromkeys(text.replace(",", " ").split()))


def _in_words(row: Channel | Warehouse) -> str:
    return (
        _("Orders of {name}").format(name=row.name)
        if isinstance(row, Channel)
        else _("Hand-overs to {name}").format(name=row.name)
    )
