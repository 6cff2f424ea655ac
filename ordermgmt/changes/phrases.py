"""What the timeline says of changes; what they changed stands below, as before and after."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.wording import Words
from ordermgmt.phrases import counted
from orders.money import shown

Data = Mapping[str, Any]


def _saying(words: Words) -> Callable[[Data, str], str]:
    """A sentence with `{other}`, `{tracking}` and `{units}`, and the reason if the event says one."""

    def say(data: Data, currency: str) -> str:
        gone = sum(int(line.get("before", 0)) - int(line.get("after", 0)) for line in data.get("lines", []))
        told = {name: data.get(name, "") for name in ("other", "tracking")}
        said = str(words).format(**told, units=counted(gone, "unit"))
        return f"{said}: {data['reason']}" if data.get("reason") else said

    return say


def _moved(data: Data, currency: str) -> str:
    amount = Decimal(str(data.get("amount", 0)))
    way = (
        _("{amount} of the pledge came from the order's other part")
        if amount > 0
        else _("{amount} of the pledge went to the order's other part")
    )
    return way.format(amount=shown(abs(amount), currency))


CHANGE_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.change_proposed": _saying(gettext_lazy("A change was proposed")),
    "order.change_discarded": _saying(gettext_lazy("The proposed change was discarded")),
    "order.changed": _saying(gettext_lazy("Changed")),
    "order.units_cancelled": _saying(gettext_lazy("Called off in part")),
    "order.split": _saying(gettext_lazy("Split: {units} go on as order {other}")),
    "order.split_off": _saying(gettext_lazy("Split off from order {other}")),
    "order.merged": _saying(gettext_lazy("Order {other} was taken in")),
    "payment.moved": _moved,
    "label.dropped": _saying(gettext_lazy("Label {tracking} is not used: the order was changed while it was bought")),
}
