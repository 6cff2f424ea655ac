"""What charts say: their labels, their values, and each chart in a sentence."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from inventory.wording import grouped, localized
from ordermgmt.kpis.words import shown

LONGEST_LABEL = 30


def axis_percent(value: float) -> str:
    """A share on an axis: 12.5 %."""
    return f"{localized(f'{value * 100:.10g}')} %"


def axis_number(value: float) -> str:
    """A number on an axis: 1,250."""
    return localized(f"{value:,.10g}")


def value_of(value: float, unit: str) -> str:
    """A value of the figure with its unit: 3.0 %, 2 d, 1,250."""
    if unit in ("percent", "days"):
        return shown(value, unit)
    return grouped(value, 0 if value == int(value) else 2)


def short(label: str, most: int = LONGEST_LABEL) -> str:
    """A label, cut off where it is too long for its place."""
    return label if len(label) <= max(most, 4) else f"{label[: max(most, 4) - 1]}…"


def said(title: str, series: Sequence[tuple[str, Sequence[float | None]]], unit: str) -> str:
    """The chart in a sentence: its first and last value, the lowest and the highest; or each of few bars."""
    told = []
    for label, values in series[:12]:
        known = [value for value in values if value is not None]
        if len(known) == 1:
            told.append(f"{label} {value_of(known[0], unit)}")
        elif known:
            first, last, low, high = (value_of(one, unit) for one in (known[0], known[-1], min(known), max(known)))
            told.append(
                _("{label} from {first} to {last}, between {low} and {high}").format(
                    label=label, first=first, last=last, low=low, high=high
                )
            )
    return f"{title}: {'; '.join(told)}." if told else _("{title}: no data.").format(title=title)
