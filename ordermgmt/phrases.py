"""How times, people and amounts are said on every page, in as few words as are clear, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.translation import get_language, ngettext_lazy, pgettext
from django.utils.translation import gettext as _

from inventory import clock
from inventory.retelling import retold
from inventory.wording import grouped

ADDRESS_PARTS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")
NOUNS = {
    "action": ngettext_lazy("%(count)s action", "%(count)s actions", "many"),
    "answer": ngettext_lazy("%(count)s answer", "%(count)s answers", "many"),
    "attempt": ngettext_lazy("%(count)s attempt", "%(count)s attempts", "many"),
    "bin": ngettext_lazy("%(count)s bin", "%(count)s bins", "many"),
    "check": ngettext_lazy("%(count)s check", "%(count)s checks", "many"),
    "channel": ngettext_lazy("%(count)s channel", "%(count)s channels", "many"),
    "customer": ngettext_lazy("%(count)s customer", "%(count)s customers", "many"),
    "damaged unit": ngettext_lazy("%(count)s damaged unit", "%(count)s damaged units", "many"),
    "day": ngettext_lazy("%(count)s day", "%(count)s days", "many"),
    "decision": ngettext_lazy("%(count)s decision", "%(count)s decisions", "many"),
    "delivered order": ngettext_lazy("%(count)s delivered order", "%(count)s delivered orders", "many"),
    "document": ngettext_lazy("%(count)s document", "%(count)s documents", "many"),
    "charge-back": ngettext_lazy("%(count)s charge-back", "%(count)s charge-backs", "many"),
    "earlier order": ngettext_lazy("%(count)s earlier order", "%(count)s earlier orders", "many"),
    "hour": ngettext_lazy("%(count)s hour", "%(count)s hours", "many"),
    "minute": ngettext_lazy("%(count)s minute", "%(count)s minutes", "many"),
    "payment": ngettext_lazy("%(count)s payment", "%(count)s payments", "many"),
    "earlier decision": ngettext_lazy("%(count)s earlier decision", "%(count)s earlier decisions", "many"),
    "failed step": ngettext_lazy("%(count)s failed step", "%(count)s failed steps", "many"),
    "finding": ngettext_lazy("%(count)s finding", "%(count)s findings", "many"),
    "letter": ngettext_lazy("%(count)s letter", "%(count)s letters", "many"),
    "line": ngettext_lazy("%(count)s line", "%(count)s lines", "many"),
    "more order": ngettext_lazy("%(count)s more order", "%(count)s more orders", "many"),
    "number": ngettext_lazy("%(count)s number", "%(count)s numbers", "many"),
    "order": ngettext_lazy("%(count)s order", "%(count)s orders", "many"),
    "page": ngettext_lazy("%(count)s page", "%(count)s pages", "many"),
    "parcel": ngettext_lazy("%(count)s parcel", "%(count)s parcels", "many"),
    "place": ngettext_lazy("%(count)s place", "%(count)s places", "many"),
    "product": ngettext_lazy("%(count)s product", "%(count)s products", "many"),
    "row": ngettext_lazy("%(count)s row", "%(count)s rows", "many"),
    "shipment": ngettext_lazy("%(count)s shipment", "%(count)s shipments", "many"),
    "ticked shipment": ngettext_lazy("%(count)s ticked shipment", "%(count)s ticked shipments", "many"),
    "unit": ngettext_lazy("%(count)s unit", "%(count)s units", "many"),
    "warehouse": ngettext_lazy("%(count)s warehouse", "%(count)s warehouses", "many"),
    "way": ngettext_lazy("%(count)s way", "%(count)s ways", "many"),
}
KNOWN_DAYS = 4_000  # as they are written
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age(span: timedelta) -> str:
    """20 s, 38 min, 2 h, 2 h 10, 4 d."""
    if span < MINUTE:
        return f"{max(0, int(span.total_seconds()))} s"
    if span < HOUR:
        return f"{span // MINUTE} min"
    if span < DAY:
        minutes = span % HOUR // MINUTE
        return f"{span // HOUR} h {minutes:02}" if minutes else f"{span // HOUR} h"
    return f"{span // DAY} d"


def ago(moment: datetime) -> str:
    """The age of something that happened at `moment`."""
    return age(clock.now() - moment)


def day(moment: date) -> str:
    """Mon 23 Nov, of a moment in the shop's zone; with the year when it is not this one."""
    local = _day(moment)
    this_year = local.year == timezone.localtime(clock.now()).year
    return _written(local, pgettext("date", "D j M")) if this_year else short_date(local)


def short_date(moment: date) -> str:
    """23 Nov 2026."""
    return _written(_day(moment), pgettext("date", "j M Y"))


def day_and_time(moment: datetime) -> str:
    """Mon 23 Nov, 14:05."""
    return formatted(timezone.localtime(moment), pgettext("date", "D j M, H:i"))


def long_day(moment: date) -> str:
    """Monday, 23 November."""
    return _written(_day(moment), pgettext("date", "l, j F"))


def day_and_long_month(moment: date) -> str:
    """23 November."""
    return _written(_day(moment), pgettext("date", "j F"))


def day_and_month(moment: date) -> str:
    """23 Nov."""
    return _written(moment, pgettext("date", "j M"))


def month_and_year(moment: date) -> str:
    """Nov 2026."""
    return _written(moment, pgettext("date", "M Y"))


def long_month(moment: date) -> str:
    """November 2026."""
    return _written(moment, pgettext("date", "F Y"))


def month_of_axis(moment: date) -> str:
    """Nov ’26."""
    return _written(moment, pgettext("date", "M ’y"))


def _day(moment: date) -> date:
    """Of a moment the day on the shop's clock; a day is a day."""
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def _written(moment: date, form: str) -> str:
    """The day of a moment as it stands; a page says few days many times."""
    on = moment.date() if isinstance(moment, datetime) else moment
    return _in_language(on, form, get_language())


@lru_cache(KNOWN_DAYS)
def _in_language(on: date, form: str, language: str | None) -> str:
    return formatted(on, form)


def time_of_day(moment: datetime) -> str:
    """09:14, in the shop's zone."""
    return f"{timezone.localtime(moment):%H:%M}"


def moment_or_day(moment: datetime) -> str:
    """09:14 for today, Mon 23 Nov 09:14 for any other day."""
    today = timezone.localtime(clock.now()).date()
    at = time_of_day(moment)
    return at if timezone.localtime(moment).date() == today else f"{day(moment)} {at}"


def in_one_line(address: Mapping[str, str]) -> str:
    """In the order it is written on a parcel, without the phone; the database keeps the parts without an order."""
    known = [address.get(name) for name in ADDRESS_PARTS]
    others = [part for name, part in sorted(address.items()) if name not in (*ADDRESS_PARTS, "phone")]
    return ", ".join(str(part) for part in [*known, *others] if part)


def until(moment: datetime) -> str:
    """Mon 23 Nov for the day's beginning, Mon 23 Nov 09:14 for any other moment."""
    at = time_of_day(moment)
    return day(moment) if at == "00:00" else f"{day(moment)} {at}"


def who(by: str) -> str:
    """The people's name for what history keeps: `system:receive` is the system, `channel:web` a channel."""
    kind, __, name = by.partition(":")
    if kind == "system":
        return _("system")
    if kind == "channel" and name:
        return _("{name} channel").format(name=name)
    return name or {"carrier": _("carrier"), "customer": _("customer")}.get(kind, kind)


def of_program(text: str, by: str) -> str:
    """What the program wrote, in the reader's language; what a person wrote as it is."""
    return text if is_person(by) else retold(text)


def is_person(by: str) -> bool:
    """A user of the dashboard, not a program, a channel, the carrier or the customer."""
    return ":" not in by and by not in ("system", "carrier", "customer")


def percent(share: float, digits: int = 1) -> str:
    """99.4 %, with a space that does not break."""
    return f"{grouped(share * 100, digits)}\N{NO-BREAK SPACE}%"


def counted(count: int, noun: str) -> str:
    """1 unit, 2 units, 1,284 units."""
    return str(NOUNS[noun] % {"many": count, "count": grouped(count)})


def listed(words: list[str]) -> str:
    """A, B and C."""
    if len(words) < 2:
        return "".join(words)
    return _("{some} and {last}").format(some=", ".join(words[:-1]), last=words[-1])


def titled(slug: str) -> str:
    """First order value, from first-order-value; in the reader's language where the program knows the word."""
    words = slug.replace("-", " ").replace("_", " ").capitalize()
    return _(words) if words else ""


def inside(words: str) -> str:
    """The same within a sentence: where nouns are written large, they stay so."""
    return words.lower() if (get_language() or "en").startswith("en") else words
